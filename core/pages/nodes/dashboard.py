"""Dashboards, their cards, figures and charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from core.i18n import Text
from core.orm.model import Model
from core.pages.nodes.contribution import Contribution

if TYPE_CHECKING:
    from markupsafe import Markup

    from core.env import Env


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardPage:
    """A page of cards at `/dashboard/<key>`, which each reader arranges for themselves. Its place is its `key`.

    `grant` (model, action) is what one needs to open it. The start page is the one with the key `home`.
    """

    key: str
    label: Text
    grant: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a card: `value`, what it counts, what it was `before` as `compared` says, and where it leads.

    `is_good` says whether growing is good news; None that it is neither.
    """

    value: Decimal | int
    text: Text
    before: Decimal | int | None = None
    compared: Text | None = None
    is_good: bool | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A bar or line chart of a card: (label, value) from left to right; `text` says what is measured."""

    kind: Literal["bar", "line"]
    points: Sequence[tuple[str, Decimal | int]]
    text: Text
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Contribution):
    """A card of a dashboard page; `place` is the page's key. One of four kinds:

    a short list of `model` with `filters`, a `figure`, a `chart`, or what `render` returns; what they are made by gets
    the env, and may return None for a card that has nothing to say to this reader. `width` is 1 to 4 quarters of the
    page, `height` 1 to 3 rows; each reader may choose others, another order, and which cards to see. Cards load by
    themselves: one that is slow or fails costs only itself. `grant` (model, action) is what one needs to see it.
    """

    place: str = "home"
    key: str
    label: Text
    model: type[Model] | None = None
    filters: Sequence[str] = ()
    sort: str = ""
    columns: Sequence[str] = ()
    figure: Callable[[Env], Figure | None] | None = None
    chart: Callable[[Env], Chart | None] | None = None
    render: Callable[[Env], Markup | None] | None = None
    grant: tuple[str, str] | None = None
    position: int = 100
    width: int = 2
    height: int = 2
