"""What people see around records: menu, cards, hits of a search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.addons.answers import DuplicateHit, SearchHit
from core.addons.policy import Policy, hook
from core.pages.nodes import Card, Menu

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model


@hook(policy=Policy.COLLECTED, gives=Menu)
def menu(env: Env) -> list[Menu] | None:
    """The menu of somebody is put together.

    Returns entries for this actor beside those in `PAGES`; they are shown under the same conditions. The result is
    kept for as long as the actor is: until the organisation or the set of enabled addons changes.
    """


@hook(policy=Policy.COLLECTED, gives=Card)
def dashboard_cards(env: Env) -> list[Card] | None:
    """The start page of somebody is put together.

    Returns cards for this actor beside those in `PAGES`; they are shown under the same conditions.
    """


@hook(policy=Policy.COLLECTED, gives=SearchHit)
def search_sources(env: Env, q: str) -> list[SearchHit] | None:
    """Somebody has typed `q` into the palette.

    Returns hits from elsewhere, which stand after the records. It is for the addon to give only what the actor may
    see. Called with each pause in typing, so answer fast.
    """


@hook(policy=Policy.COLLECTED, gives=DuplicateHit)
def duplicates(
    env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None
) -> list[DuplicateHit] | None:
    """Somebody fills in a form, and is told which records resemble what they type; `record` is None for a new one.

    `values` are those typed so far by which the model's records are recognised, unchecked and as text. Returns
    candidates from elsewhere, which stand after the records. It is for the addon to give only what the actor may
    know. Called with each pause in typing, so answer fast.
    """
