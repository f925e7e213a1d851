"""Bar and line charts as SVG, drawn on the server: no script and no style of their own, and a table for those who
cannot see them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from core.i18n import _
from core.pages.amounts import number_formatter
from core.pages.nodes import Chart

WIDTH, HEIGHT = 480, 180
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 18, 24
STEPS = (1, 2, 5, 10)
MOST_VALUES = 8
"""Up to so many points carry their value in the picture."""


def drawn(chart: Chart, locale: str) -> Markup:
    """The chart with its caption and a table of its values, which only screen readers find."""
    shown = number_formatter(locale, 0, 2)
    values = [Decimal(value) for _label, value in chart.points]
    top = _round_up(max(values, default=Decimal(0)))
    parts = [_grid(top, shown(top), shown(top / 2))]
    parts += _bars(chart, values, top) if chart.kind == "bar" else _line(values, top)
    parts += _labels([label for label, _value in chart.points])
    if len(values) <= MOST_VALUES:
        parts += [_number(n, len(values), value, top, shown(value)) for n, value in enumerate(values)]
    svg = Markup('<svg class="chart" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>').format(
        WIDTH, HEIGHT, Markup("").join(parts)
    )
    rows = [Markup("<tr><th scope=row>{}</th><td>{}</td></tr>").format(name, shown(v)) for name, v in chart.points]
    table = Markup('<table class="visually-hidden"><caption>{}</caption><tbody>{}</tbody></table>')
    if not chart.points:
        return Markup('<p class="muted">{}</p>').format(_("Nothing to show yet"))
    caption = Markup('<figcaption class="chart-caption">{}</figcaption>').format(chart.text)
    return Markup('<figure class="chart-box">{}{}{}</figure>').format(
        caption, svg, table.format(chart.text, Markup("").join(rows))
    )


def _round_up(value: Decimal) -> Decimal:
    """The next round number: 1, 2, 5, 10, 20, 50 …, at least 1."""
    if value <= 1:
        return Decimal(1)
    unit = Decimal(10) ** value.adjusted()
    return next(step * unit for step in STEPS if step * unit >= value)


def _grid(top: Decimal, most: str, half: str) -> Markup:
    lines = []
    for value, text in ((top, most), (top / 2, half), (Decimal(0), "0")):
        y = _y(value, top)
        line = '<line class="chart-grid" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/><text class="chart-text" x="{}" '
        line += 'y="{:.1f}" text-anchor="end">{}</text>'
        lines.append(Markup(line).format(LEFT, y, WIDTH - RIGHT, y, LEFT - 6, y + 4, text))
    return Markup("").join(lines)


def _bars(chart: Chart, values: Sequence[Decimal], top: Decimal) -> list[Markup]:
    step = _step(len(values))
    bar = Markup('<rect class="chart-bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"/>')
    return [
        bar.format(LEFT + step * n + step * 0.18, _y(value, top), step * 0.64, HEIGHT - BOTTOM - _y(value, top))
        for n, value in enumerate(values)
    ]


def _line(values: Sequence[Decimal], top: Decimal) -> list[Markup]:
    points = [(_x(n, len(values)), _y(value, top)) for n, value in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [Markup('<circle class="chart-dot" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(x, y) for x, y in points]
    return [Markup('<polyline class="chart-line" points="{}"/>').format(path), *dots]


def _labels(labels: Sequence[str]) -> list[Markup]:
    """Under the points; where they would touch, only some of them."""
    every = max(1, -(-len(labels) // 8))
    text = Markup('<text class="chart-text" x="{:.1f}" y="{}" text-anchor="middle">{}</text>')
    return [text.format(_x(n, len(labels)), HEIGHT - 7, label) for n, label in enumerate(labels) if n % every == 0]


def _number(place: int, count: int, value: Decimal, top: Decimal, text: str) -> Markup:
    shown = '<text class="chart-value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
    return Markup(shown).format(_x(place, count), _y(value, top) - 5, text)


def _step(count: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(count, 1)


def _x(place: int, count: int) -> float:
    return LEFT + _step(count) * (place + 0.5)


def _y(value: Decimal, top: Decimal) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - float(max(value, Decimal(0)) / top))
