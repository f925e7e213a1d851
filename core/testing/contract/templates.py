"""What templates may not hold: the Content-Security-Policy refuses scripts and styles inside the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from core.testing.contract.problems import Problem

_RULES = (
    (
        re.compile(r"<script(?![^>]*\bsrc\s*=)[^>]*>", re.IGNORECASE),
        "holds a script, which browsers refuse to run.",
        "Move it into a file below static/ and load that with asset().",
    ),
    (
        re.compile(r"<style\b", re.IGNORECASE),
        "holds a style sheet, which browsers refuse to apply.",
        "Move it into a file below static/, or use classes that are there: see /dev/patterns.",
    ),
    (
        re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
        "has a style attribute, which browsers refuse to apply.",
        "Use a class.",
    ),
    (
        re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
        "has an event handler in an attribute, which browsers refuse to run.",
        "Register a controller in a script below static/.",
    ),
    (
        re.compile(r"\bhx-on|\b(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
        "has a script in an attribute, which browsers refuse to run.",
        "Register a controller in a script below static/.",
    ),
)
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def inline_code(folder: Path) -> Iterator[Problem]:
    """Scripts, styles and event handlers inside the templates below `folder`."""
    for path in sorted(folder.rglob("templates/**/*.html")):
        text = _EXPRESSION.sub(_blank, _COMMENT.sub(_blank, path.read_text("utf-8")))
        for pattern, what, remedy in _RULES:
            for match in pattern.finditer(text):
                yield Problem(f"{path}:{text.count(chr(10), 0, match.start()) + 1}", what, remedy)


def _blank(match: re.Match[str]) -> str:
    """Nothing, in as many lines."""
    return "\n" * match.group().count("\n")
