"""Pictures of the demo company's products, drawn rather than taken: a motor, a sensor, a cylinder, a machine."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

SIZE = 640
_GROUNDS = ("#eef2f5", "#f4f1ea", "#eaf1ee", "#f1eef4")
_METALS = ("#59656f", "#6d7781", "#48545c")
_ACCENTS = ("#2563a8", "#c2571f", "#2f7d4f", "#9a2f3a")

Draw = Callable[[ImageDraw.ImageDraw, str, str], None]


def picture(random: Random, category: str) -> io.BytesIO:
    """A PNG of something of that category."""
    image = Image.new("RGB", (SIZE, SIZE), random.choice(_GROUNDS))
    draw = ImageDraw.Draw(image)
    draw.ellipse((110, 500, 530, 560), fill="#d5dade")
    _SHAPES.get(category, _box)(draw, random.choice(_METALS), random.choice(_ACCENTS))
    made = io.BytesIO()
    image.save(made, "PNG")
    made.seek(0)
    return made


def _motor(draw: ImageDraw.ImageDraw, metal: str, accent: str) -> None:
    draw.rounded_rectangle((150, 210, 430, 520), 24, fill=metal)
    for x in range(180, 410, 34):
        draw.rectangle((x, 230, x + 10, 500), fill="#8b959d")
    draw.rectangle((430, 240, 470, 490), fill="#aab2b8")
    draw.rectangle((470, 340, 560, 390), fill="#c9cfd4")
    draw.rounded_rectangle((200, 150, 330, 215), 10, fill=accent)


def _sensor(draw: ImageDraw.ImageDraw, metal: str, accent: str) -> None:
    draw.rounded_rectangle((240, 130, 400, 470), 20, fill=metal)
    for y in range(300, 460, 26):
        draw.line((240, y, 400, y), fill="#aab2b8", width=8)
    draw.ellipse((270, 160, 370, 260), fill=accent)
    draw.ellipse((296, 186, 344, 234), fill="#f6d9cf")
    draw.line((320, 470, 320, 540), fill="#2b3035", width=22)


def _cylinder(draw: ImageDraw.ImageDraw, metal: str, accent: str) -> None:
    draw.rounded_rectangle((120, 250, 420, 450), 18, fill=metal)
    draw.rectangle((105, 235, 150, 465), fill=accent)
    draw.rectangle((395, 235, 440, 465), fill=accent)
    draw.rectangle((440, 325, 570, 375), fill="#cfd5d9")
    draw.rectangle((552, 305, 584, 395), fill="#8b959d")


def _rail(draw: ImageDraw.ImageDraw, metal: str, accent: str) -> None:
    draw.rectangle((70, 400, 570, 460), fill="#aab2b8")
    for x in range(100, 560, 70):
        draw.ellipse((x, 418, x + 24, 442), fill="#6d7781")
    draw.rounded_rectangle((230, 290, 410, 420), 12, fill=metal)
    draw.rectangle((230, 330, 410, 352), fill=accent)


def _box(draw: ImageDraw.ImageDraw, metal: str, accent: str) -> None:
    draw.rounded_rectangle((150, 130, 490, 530), 18, fill=metal)
    draw.rounded_rectangle((190, 170, 450, 330), 10, fill="#dfe9f2")
    draw.rectangle((215, 250, 330, 262), fill=accent)
    draw.rectangle((215, 280, 400, 292), fill="#9fb0be")
    for x, colour in ((220, "#35c46a"), (300, "#f2b632"), (380, "#e0483e")):
        draw.ellipse((x, 390, x + 44, 434), fill=colour)


_SHAPES: dict[str, Draw] = {
    "伺服與馬達": _motor,
    "感測器": _sensor,
    "氣動元件": _cylinder,
    "線性傳動": _rail,
}
