"""The cards and figures of a dashboard."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from core.pages.views.listing import ListView
from core.pages.views.tones import NO_HTML, Tone


@dataclass(frozen=True, slots=True)
class FigureView:
    """One number with what it counts, and how it has changed."""

    value: str
    text: str
    change: str = ""
    compared: str = ""
    tone: Tone = "neutral"
    is_up: bool = False


@dataclass(frozen=True, slots=True)
class CardView:
    """A card of a dashboard: a short list, a figure, or HTML; nothing of them where there is nothing to say."""

    title: str
    url: str = ""
    listing: ListView | None = None
    figure: FigureView | None = None
    html: Markup = NO_HTML
