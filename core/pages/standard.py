"""The actions that every record has without any addon: edit, delete, and for owned ones assign and share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from core.access.actor import ASSIGN, CREATE, DELETE, EDIT, READ
from core.access.models import ShareLevel
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.orm.rules import Owned
from core.pages.nodes import Action, Changed

if TYPE_CHECKING:
    from core.env import Env

SHARE, UNSHARE, COPY = "share", "unshare", "copy"
SHARE_LEVELS = {ShareLevel.READ.value: _("may see"), ShareLevel.EDIT.value: _("may see and edit")}


@cache
def standard_actions(model: type[Model]) -> Sequence[Action]:
    """The actions that every record of the model has."""
    found = [_delete_action(model)]
    if isinstance(describe(model).rule, Owned):
        found = [_assign_action(model), _share_action(model), _unshare_action(model), *found]
    return tuple(found)


@cache
def edit_action(model: type[Model]) -> Action:
    """What leads to the form of a record. Pages alone have it, and only where the model has a form."""
    return Action(
        key=EDIT,
        model=model,
        label=_("Edit"),
        icon="pencil",
        grant=EDIT,
        is_primary=True,
        run=lambda env, record: f"/{model.key()}/{record.id}/edit",
    )


@cache
def copy_action(model: type[Model]) -> Action:
    """What leads to the form of a new record that begins as a copy. Pages alone have it, where one says so."""
    return Action(
        key=COPY,
        model=model,
        label=_("Copy"),
        icon="copy",
        grant=READ,
        when=lambda env, record: env.actor.may(model.key(), CREATE),
        run=lambda env, record: copy_url(record),
    )


def copy_url(record: Model) -> str:
    """The address of the form that begins as a copy of the record."""
    return f"/{record.key()}/new?{COPY}={record.id}"


def opens_form(action: Action) -> bool:
    """Whether it is core's own editing or copying, by whatever name an addon calls it."""
    return action.run is edit_action(action.model).run or is_copying(action)


def is_copying(action: Action) -> bool:
    """Whether it is core's own copying."""
    return action.run is copy_action(action.model).run


def _delete_action(model: type[Model]) -> Action:
    return Action(
        key=DELETE,
        model=model,
        label=_("Delete"),
        icon="trash",
        grant=DELETE,
        tone="negative",
        bulk=True,
        confirm=_("Delete this? It goes to the recycle bin, together with what belongs to it."),
        run=lambda env, record: None,
    )


def _assign_action(model: type[Model]) -> Action:
    return Action(
        key=ASSIGN,
        model=model,
        label=_("Assign"),
        icon="user-share",
        grant=ASSIGN,
        bulk=True,
        arguments=_ASSIGN_ARGUMENTS,
        run=_assign,
        done=_("Assigned"),
    )


_ASSIGN_ARGUMENTS = (
    Field(Kind.LINK, _("New owner"), name="to", target="user", required=True),
    Field(Kind.TEXT, _("Reason"), name="reason", max_length=500),
)


def _assign(env: Env, record: Model, *, to: int, reason: str | None) -> Changed:
    owner = describe(type(record)).owner
    before = getattr(record, owner)
    env.records(type(record)).assign(record, to=to, reason=reason or "")
    return Changed({owner: [before, to]} if before != to else {})


def _share_action(model: type[Model]) -> Action:
    return Action(
        key=SHARE,
        model=model,
        label=_("Add a collaborator"),
        icon="user-plus",
        grant=ASSIGN,
        arguments=_SHARE_ARGUMENTS,
        run=_share,
        done=_("Collaborator added"),
    )


_SHARE_ARGUMENTS = (
    Field(Kind.LINK, _("User"), name="user_id", target="user", required=True),
    Field(
        Kind.CHOICE,
        _("Access"),
        name="level",
        options=SHARE_LEVELS,
        required=True,
        default=ShareLevel.READ.value,
    ),
    Field(Kind.DATE, _("Until"), name="until", help=_("The last day. Empty: without an end.")),
)


def _share(env: Env, record: Model, *, user_id: int, level: str, until: date | None) -> str:
    end = None if until is None else datetime.combine(until + timedelta(days=1), time(), env.timezone)
    env.records(type(record)).share(record, user=user_id, level=ShareLevel(level), until=end)
    return f"/{record.key()}/{record.id}/tab/collaborators"


def _unshare_action(model: type[Model]) -> Action:
    return Action(
        key=UNSHARE,
        model=model,
        label=_("Remove the collaborator"),
        grant=ASSIGN,
        arguments=(Field(Kind.LINK, _("User"), name="user_id", target="user", required=True),),
        run=_unshare,
        done=_("Collaborator removed"),
    )


def _unshare(env: Env, record: Model, *, user_id: int) -> str:
    env.records(type(record)).unshare(record, user=user_id)
    return f"/{record.key()}/{record.id}/tab/collaborators"
