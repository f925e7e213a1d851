"""Messages after an action: kept for the next page by Flask's flash."""

from __future__ import annotations

from typing import cast

from flask import flash, get_flashed_messages

from core.i18n import Text
from core.pages.views import Toast, Tone


def toast(text: Text | str, tone: Tone = "positive", *, undo_url: str = "") -> None:
    """Shows `text` on the next page; with `undo_url` it offers to undo."""
    flash(str(text), f"{tone} {undo_url}".strip())


def pending_toasts() -> list[Toast]:
    """The messages that wait for this page; they are shown once."""
    found = []
    for category, text in cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True)):
        parts = [*category.split(" "), ""]
        tone, undo_url = parts[0], parts[1]
        tone = tone if tone in ("neutral", "accent", "positive", "warning", "negative") else "neutral"
        found.append(Toast(text, cast("Tone", tone), undo_url))
    return found
