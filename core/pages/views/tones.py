"""Words that every view uses."""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup

Tone = Literal["neutral", "accent", "positive", "warning", "negative"]
Align = Literal["start", "end", "center"]
NO_HTML = Markup("")
