"""The hooks of core and of addons, with their implementations."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from core.addons.implementations import Hook
from core.addons.registry import Registry
from core.reference.markdown import block, code, docstring

INTRODUCTION = """
An addon implements a hook as a function of the same name in its `hooks.py`, marked with `@hookimpl`. It may leave
out arguments that it does not need. Only the addons that are enabled on the site are called. A function whose name
is no hook keeps the addon from being loaded. What the policies mean is in the
[guide](../guide/partners.md#what-an-answer-and-an-error-come-to).
"""

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def build(registry: Registry) -> str:
    """Core's hooks, then those of each addon that has any, those of the examples included."""
    return "\n".join([INTRODUCTION.strip() + "\n", *map(_section, registry.hooks.hooks.values()), *_of_examples()])


def shown_by(name: str) -> list[str]:
    """The examples that implement the hook. Read, not imported: what they add to models could not be taken back."""
    return [path.parent.name for path in sorted(EXAMPLES.glob("*/hooks.py")) if name in _functions(path, "hookimpl")]


def _of_examples() -> Iterator[str]:
    for path in sorted(EXAMPLES.glob("*/hookspecs.py")):
        for name, function in _functions(path, "hook").items():
            call = block(f"@hookimpl\ndef {name}({ast.unparse(function.args)}): ...", "python")
            told = inspect.cleandoc(ast.get_docstring(function) or "")
            policy = next(ast.unparse(k.value) for d in function.decorator_list for k in _keywords(d))
            declared = f"Policy: {policy.rpartition('.')[2].lower()}. Declared by the example `{path.parent.name}`.\n"
            yield f"## {name}\n\n{call}\n{told}\n\n{declared}"


def _functions(path: Path, mark: str) -> dict[str, ast.FunctionDef]:
    found = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    return {node.name: node for node in found if mark in {_name(each) for each in node.decorator_list}}


def _name(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)


def _keywords(decorator: ast.expr) -> list[ast.keyword]:
    return [k for k in decorator.keywords if k.arg == "policy"] if isinstance(decorator, ast.Call) else []


def _section(hook: Hook) -> str:
    signature = str(inspect.signature(hook.specification)).replace("'", "")
    users = dict.fromkeys(implementation.addon for implementation in hook.implementations)
    told = ", ".join([*map(code, users), *(f"the example {code(name)}" for name in shown_by(hook.name))])
    told = told or "no addon in this repository"
    call = block(f"@hookimpl\ndef {hook.name}{signature}: ...", "python")
    policy = f"Policy: {hook.policy.value}. Declared by `{hook.addon}`. Implemented by {told}.\n"
    return f"## {hook.name}\n\n{call}\n{docstring(hook.specification)}\n\n{policy}"
