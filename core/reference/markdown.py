"""The few parts of Markdown that reference pages are made of."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

NOTE = "<!-- Written by `9kcrm reference` from the code. Change the code, not this file. -->"


def document(title: str, about: str, body: str) -> str:
    """A whole page."""
    return f"# {title}\n\n{NOTE}\n\n{about}\n\n{body.strip()}\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar within a cell is escaped, a line break becomes a space."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def code(text: str) -> str:
    """Text as code; nothing for nothing."""
    return f"`{text}`" if text else ""


def block(text: str, language: str = "") -> str:
    """Lines of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def docstring(thing: object) -> str:
    """What the code says of `thing`; empty where it only inherits that."""
    return inspect.cleandoc(getattr(thing, "__doc__", None) or "")


def first_line(thing: object) -> str:
    """The first paragraph of the docstring, on one line."""
    return " ".join(docstring(thing).partition("\n\n")[0].split())


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")
