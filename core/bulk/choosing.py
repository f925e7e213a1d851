"""Which records an action on many is about, and which actions there are."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from werkzeug.datastructures import CombinedMultiDict, MultiDict

from core.bulk.editing import EDIT_MANY, EditForm, edit_action
from core.errors import NotFound
from core.orm.listing import iterate
from core.orm.model import Model
from core.pages.actions import action_of
from core.pages.dialogs import Dialog
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.nodes import Action

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.catalogue import ModelPages

MOST = 10_000
"""How many records one action takes at most."""

Values = MultiDict[str, str] | CombinedMultiDict[str, str]


def ids_of(env: Env, pages: ModelPages, values: Values) -> list[int]:
    """The records chosen: repeated `ids`, or one with all of them between bars; or `all` that the address shows."""
    if values.get("all") and pages.listing is not None:
        given = ListArgs.read(MultiDict(parse_qsl(urlsplit(values["all"]).query)))
        wanted = ListBuilder(env, pages.listing, given.but(bin=given.bin)).request
        return [row[0] for row in islice(iterate(env, wanted), MOST)]
    parts = [part for text in values.getlist("ids") for part in text.split("|")]
    return list(dict.fromkeys(int(part) for part in parts if part.isdecimal() and len(part) < 19))[:MOST]


def bulk_action(env: Env, model: type[Model], key: str) -> Action:
    """The action on many records of the model. Raises `NotFound` where the actor has none."""
    action = edit_action(model) if key == EDIT_MANY else action_of(env, model, key)
    if not action.bulk or not env.actor.may(model.key(), action.grant):
        raise NotFound()
    return action


def arguments_of(env: Env, action: Action, sent: MultiDict[str, str]) -> dict[str, Any] | None:
    """What was typed into the action's dialog, clean; None if something is wrong with it."""
    if action.key != EDIT_MANY:
        return Dialog(env, action, sent=sent).arguments()
    edits = EditForm(env, action.model, sent).edits()
    return None if edits is None else {"edits": edits}
