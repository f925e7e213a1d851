"""The keys of `addon.toml`, from what checks them."""

from __future__ import annotations

import json

from core.addons.manifest import KEYS
from core.addons.registry import Registry
from core.reference.markdown import block, code, table

INTRODUCTION = """
Every addon has an `addon.toml` in its folder. It is read and checked before anything of the addon is imported. A key
that does not exist, or a value that cannot be, keeps the addon out, with all mistakes named at once.
"""

EXAMPLE = """
name = "warranty"
title = "Warranties"
version = "1.2.0"
api = ">=0.1,<0.3"
depends = ["base", "product>=1.0"]
optional = ["sales"]
category = "Service"
summary = "How long what was sold is under warranty, and what came back."
"""


def build(_registry: Registry) -> str:
    """An example, then a table of all keys."""
    rows = [
        (code(name), "required" if key.default is None else code(json.dumps(key.default)), key.meaning)
        for name, key in KEYS.items()
    ]
    return f"{INTRODUCTION.strip()}\n\n{block(EXAMPLE.strip(), 'toml')}\n{table(('Key', 'Default', 'Meaning'), rows)}"
