"""The hooks of core and of addons, with their implementations."""

from __future__ import annotations

import inspect

from core.addons.implementations import Hook
from core.addons.registry import Registry
from core.reference.markdown import block, code, docstring

INTRODUCTION = """
An addon implements a hook as a function of the same name in its `hooks.py`, marked with `@hookimpl`. It may leave
out arguments that it does not need. Only the addons that are enabled on the site are called. A function whose name
is no hook keeps the addon from being loaded.
"""


def build(registry: Registry) -> str:
    """Core's hooks, then those of each addon that has any."""
    return "\n".join([INTRODUCTION.strip() + "\n", *map(_section, registry.hooks.hooks.values())])


def _section(hook: Hook) -> str:
    signature = str(inspect.signature(hook.specification)).replace("'", "")
    users = dict.fromkeys(implementation.addon for implementation in hook.implementations)
    told = ", ".join(map(code, users)) or "no addon in this repository"
    call = block(f"@hookimpl\ndef {hook.name}{signature}: ...", "python")
    policy = f"Policy: {hook.policy.value}. Declared by `{hook.addon}`. Implemented by {told}.\n"
    return f"## {hook.name}\n\n{call}\n{docstring(hook.specification)}\n\n{policy}"
