"""Photos of the demo company's visits, drawn rather than taken: a hall, a machine, its panel and its lamp."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 720)
_WALLS = ("#c9cfd3", "#d8d2c4", "#bfcac4", "#cfc8d2")
_BODIES = ("#2f6f8f", "#4a7c59", "#8a5a44", "#5b5f97", "#6b7280")
_LAMPS = ("#35c46a", "#f2b632", "#e0483e")


def photo(random: Random) -> io.BytesIO:
    """A JPEG of one machine in its hall."""
    picture = Image.new("RGB", SIZE, random.choice(_WALLS))
    draw = ImageDraw.Draw(picture)
    _hall(random, draw)
    left = random.randint(140, 300)
    _machine(random, draw, left, random.randint(210, 270), left + random.randint(380, 500))
    made = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1)).save(made, "JPEG", quality=80)
    made.seek(0)
    return made


def _hall(random: Random, draw: ImageDraw.ImageDraw) -> None:
    width, height = SIZE
    floor = random.randint(500, 560)
    for y in range(floor, height, 4):
        shade = 96 + (y - floor) // 4
        draw.rectangle((0, y, width, y + 4), fill=(shade, shade, shade - 6))
    draw.line((0, height - 60, width, floor + 30), fill="#e3c341", width=12)
    for x in range(random.randint(-60, 0), width, 260):
        draw.rectangle((x, 40, x + 190, 150), fill="#eef4f7", outline="#8b949a", width=6)
        draw.line((x + 95, 40, x + 95, 150), fill="#8b949a", width=4)


def _machine(random: Random, draw: ImageDraw.ImageDraw, left: int, top: int, right: int) -> None:
    body, bottom = random.choice(_BODIES), 610
    draw.ellipse((left - 20, bottom - 14, right + 30, bottom + 26), fill="#5c5d5a")
    draw.rounded_rectangle((left, top, right, bottom), 18, fill=body, outline="#22303a", width=5)
    draw.rounded_rectangle(
        (left + 40, top + 50, right - 150, bottom - 90), 10, fill="#10202a", outline="#9fb2bd", width=5
    )
    for _spark in range(random.randint(5, 12)):
        x, y = random.randint(left + 60, right - 170), random.randint(top + 90, bottom - 120)
        draw.line((x, y, x + random.randint(10, 60), y + random.randint(-14, 14)), fill="#8fa8b5", width=4)
    draw.rounded_rectangle(
        (right - 125, top + 50, right - 25, top + 150), 6, fill="#0d1a22", outline="#cfd8dc", width=4
    )
    for place in range(6):
        x, y = right - 112 + place % 3 * 30, top + 180 + place // 3 * 34
        draw.ellipse((x, y, x + 20, y + 20), fill=random.choice(_LAMPS))
    draw.rectangle((right - 70, top - 70, right - 58, top), fill="#30383d")
    draw.rounded_rectangle((right - 78, top - 110, right - 50, top - 60), 6, fill=random.choice(_LAMPS))
