"""The start page: cards of the enabled addons, each with its few most important rows."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from core import clock
from core.errors import BadRequest
from core.i18n import Text, _
from core.pages.catalogue import catalogue_of
from core.pages.cells import Cells
from core.pages.isolation import isolated
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.nodes import Card, ListPage
from core.pages.views import Empty, ListView

if TYPE_CHECKING:
    from core.env import Env

log = logging.getLogger(__name__)
ROWS = 6


@dataclass(frozen=True, slots=True)
class CardView:
    """A card of the start page: a short list, figures, or free HTML of its addon."""

    title: str
    url: str = ""
    listing: ListView | None = None
    facts: Sequence[tuple[str, str]] = ()
    html: Markup = Markup("")  # noqa: RUF009  (immutable)


def greeting(env: Env) -> Text:
    """What the start page says to its reader, by the time of day."""
    hour = clock.now().astimezone(env.timezone).hour
    name = env.actor.member.name
    if 5 <= hour < 12:
        return _("Good morning, {name}", name=name)
    return _("Good afternoon, {name}", name=name) if 12 <= hour < 18 else _("Good evening, {name}", name=name)


def cards(env: Env) -> list[CardView]:
    """The cards that the actor may see."""
    cells = Cells(env)
    found = (_card(env, node, cells) for node in catalogue_of(env).cards)
    return [card for card in found if card is not None]


def _card(env: Env, node: Card, cells: Cells) -> CardView | None:
    if node.model is None:
        html = _rendered(env, node)
        return CardView(str(node.label), html=Markup(html)) if html else None
    if not env.actor.may(node.model.key(), "read"):
        return None
    page = ListPage(model=node.model, columns=node.columns, sort=node.sort)
    args = ListArgs(filters=tuple(node.filters), sort=node.sort)
    try:
        view = ListBuilder(env, page, args, cells=cells, limit=ROWS).build()
    except BadRequest as error:
        # A field that this reader's roles hide, or that its addon has dropped, costs the card alone.
        log.warning("The card %s is left out: %s", node.key, error)
        return None
    if view.empty is not None:
        view.empty = Empty("nothing", str(_("Nothing to do here")), "")
    known = catalogue_of(env).models.get(node.model.key())
    url = args.url(f"/{node.model.key()}") if known and known.listing else ""
    return CardView(str(node.label), url if view.rows else "", view)


def _rendered(env: Env, node: Card) -> Markup:
    if node.render is None:
        return Markup("")
    return isolated(env, f"The card {node.key}", partial(node.render, env), Markup(""))
