"""Pages of cards: which cards a reader sees, in which order and size, and what is in each."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from core.errors import AppError, BadRequest, NotFound
from core.i18n import _
from core.orm.preferences import read_preference, write_preference
from core.pages.amounts import number_formatter
from core.pages.catalogue import catalogue_of
from core.pages.cells import Cells
from core.pages.charts import drawn
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.nodes import Card, DashboardPage, Figure, ListPage
from core.pages.views import CardView, Empty, FigureView, Tone

if TYPE_CHECKING:
    from core.env import Env

log = logging.getLogger(__name__)

WIDEST, HIGHEST = 4, 3
ROWS = {1: 2, 2: 6, 3: 10}
"""Height of a card → how many rows of a list it shows."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A card where its reader has it."""

    node: Card
    width: int
    height: int
    is_shown: bool = True

    @property
    def key(self) -> str:
        return self.node.key

    @property
    def label(self) -> str:
        return str(self.node.label)

    @property
    def url(self) -> str:
        """What fetches the content."""
        return f"/dashboard/{self.node.place}/card/{self.node.key}"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a reader has arranged a page; nothing said means as the addons have it."""

    order: Sequence[str] = ()
    hidden: Sequence[str] = ()
    sizes: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, env: Env, key: str) -> Arrangement:
        """The actor's own."""
        kept = read_preference(env.connection_of_core, env.actor.id, _preference(key), {})
        return cls(kept.get("order", ()), kept.get("hidden", ()), kept.get("sizes", {}))

    def write(self, env: Env, key: str) -> None:
        """Keeps it for the actor."""
        kept = {"order": list(self.order), "hidden": list(self.hidden), "sizes": dict(self.sizes)}
        write_preference(env.connection_of_core, env.actor.id, _preference(key), kept)


def forget(env: Env, key: str) -> None:
    """Goes back to what everybody has."""
    write_preference(env.connection_of_core, env.actor.id, _preference(key), None)


def page_of(env: Env, key: str) -> DashboardPage:
    """The page of that key. Raises `NotFound` where there is none, or none for the actor."""
    found = catalogue_of(env).dashboards.get(key)
    if found is None or (found.grant is not None and not env.actor.may(*found.grant)):
        raise NotFound()
    return found


def placed(env: Env, key: str) -> list[Placed]:
    """The cards of a page that the actor may see, hidden ones too, in the actor's order and sizes.

    Cards that the actor has not placed yet come where their addon puts them, after the one before them.
    """
    mine = Arrangement.read(env, key)
    every = [*catalogue_of(env).cards, *env.hooks.dashboard_cards()]
    cards = [card for card in every if card.place == key and _may_see(env, card)]
    order = list(mine.order)
    for before, card in zip([None, *cards], cards, strict=False):
        if card.key not in order:
            order.insert(order.index(before.key) + 1 if before is not None else 0, card.key)
    cards.sort(key=lambda card: order.index(card.key))
    return [_placed(card, mine) for card in cards]


def content(env: Env, key: str, card: str) -> CardView:
    """What is in one card. Raises `NotFound` for a card that is not there for the actor."""
    page_of(env, key)
    found = next((each for each in placed(env, key) if each.key == card), None)
    if found is None:
        raise NotFound()
    return _content(env, found)


def _preference(key: str) -> str:
    return f"dashboard.{key}"


def _may_see(env: Env, card: Card) -> bool:
    if card.grant is not None and not env.actor.may(*card.grant):
        return False
    return card.model is None or env.actor.may(card.model.key(), "read")


def _placed(card: Card, mine: Arrangement) -> Placed:
    width, height = mine.sizes.get(card.key, (card.width, card.height))
    return Placed(card, _within(width, WIDEST), _within(height, HIGHEST), card.key not in mine.hidden)


def _within(size: Any, most: int) -> int:
    return min(max(size if isinstance(size, int) else 1, 1), most)


def _content(env: Env, card: Placed) -> CardView:
    node = card.node
    if node.model is not None:
        return _list(env, card)
    if node.figure is not None:
        figure = node.figure(env)
        return CardView(card.label, url=figure.url, figure=_figure(env, figure)) if figure else CardView(card.label)
    if node.chart is not None:
        chart = node.chart(env)
        return CardView(card.label, url=chart.url, html=drawn(chart, env.locale)) if chart else CardView(card.label)
    html = node.render(env) if node.render is not None else None
    return CardView(card.label, html=Markup(html or ""))


def _list(env: Env, card: Placed) -> CardView:
    node = card.node
    assert node.model is not None
    page = ListPage(model=node.model, columns=tuple(node.columns), sort=node.sort)
    args = ListArgs(filters=tuple(node.filters), sort=node.sort)
    try:
        view = ListBuilder(env, page, args, cells=Cells(env), limit=ROWS[card.height]).build()
    except BadRequest as error:
        # A field that this reader's roles hide, or that its addon has dropped.
        log.warning("The card %s is empty: %s", node.key, error)
        raise CardWithoutField() from error
    if view.empty is not None:
        view.empty = Empty("nothing", str(_("Nothing to do here")), "")
    known = catalogue_of(env).models.get(node.model.key())
    url = args.url(f"/{node.model.key()}") if known and known.listing else ""
    return CardView(card.label, url if view.rows else "", view)


class CardWithoutField(AppError):
    """The card is made by a field that its reader may not see."""

    code = "card_without_field"
    default = _("This card needs a field that you may not see.")


def _figure(env: Env, figure: Figure) -> FigureView:
    shown = number_formatter(env.locale, 0, 4)
    change = ""
    if figure.before is not None:
        difference = figure.value - figure.before
        change = f"{'+' if difference > 0 else ''}{shown(difference)}"
    return FigureView(
        value=shown(figure.value),
        text=str(figure.text),
        change=change,
        compared=str(figure.compared or ""),
        tone=_tone(figure),
        is_up=figure.before is not None and figure.value > figure.before,
    )


def _tone(figure: Figure) -> Tone:
    if figure.before in (None, figure.value) or figure.is_good is None:
        return "neutral"
    return "positive" if (figure.value > (figure.before or 0)) is figure.is_good else "negative"


def moved(keys: Sequence[str], key: str, by: int) -> list[str]:
    """The keys with one of them further up or down."""
    order = list(keys)
    if key in order:
        place = order.index(key)
        order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
    return order
