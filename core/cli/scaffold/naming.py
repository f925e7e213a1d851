"""What a new addon is called, and what it may not be called."""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass

from core.addons.registry import Registry
from core.orm.model import models

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 24
"""Characters. Tables, columns and indexes begin with the name, and PostgreSQL keeps 63."""

TAKEN = frozenset(
    {"addons", "api", "core", "export", "file", "files", "lookup", "new", "print", "settings", "static", "test"}
)
"""Words that stand at the beginning of addresses, or name something else."""


class BadName(ValueError):
    """The name cannot be used. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Names:
    """The name in the forms that code needs: `price_list`, `PriceList`, "Price list", "Price lists"."""

    name: str
    cls: str
    title: str
    plural: str


def names_of(name: str, title: str = "") -> Names:
    """Raises `BadName`."""
    if not _NAME.fullmatch(name):
        tip = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_").lstrip("0123456789_")
        suggestion = f" Perhaps {tip}?" if _NAME.fullmatch(tip) else ""
        raise BadName(f"{name!r} is no name for an addon: small letters, digits and _ between them.{suggestion}")
    if len(name) > LONGEST:
        raise BadName(f"{name} is {len(name)} characters long; at most {LONGEST}, as tables are called after it.")
    if keyword.iskeyword(name) or hasattr(builtins, name) or name in TAKEN:
        raise BadName(f"{name} means something else already. Choose another name.")
    said = title or name.replace("_", " ").capitalize()
    return Names(name, "".join(part.capitalize() for part in name.split("_")), said, plural_of(said))


def check_free(name: str, registry: Registry) -> None:
    """Raises `BadName` if an installed addon, or a model, is called so."""
    places = {addon.name: addon.manifest.path for addon in registry.addons}
    places |= {addon.name: addon.path for addon in registry.quarantined}
    if name in places:
        raise BadName(f"There is an addon {name} already, in {places[name]}. Choose another name.")
    if name in models() or name in {model.__tablename__ for model in models().values()}:
        raise BadName(f"There are records called {name} already. Choose another name.")


def plural_of(word: str) -> str:
    """The plural of an English word, as good as rules give it."""
    if not word.isascii():
        return word
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) else f"{word}s"
