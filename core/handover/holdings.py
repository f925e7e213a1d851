"""What somebody owns and looks after, of every addon, also of those that are off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from core.access.models import ApiToken, Department, Share
from core.access.organisation import Member
from core.addons.origin import CORE
from core.i18n import Text
from core.orm.model import ModelInfo, describe, models
from core.orm.parts import is_part
from core.orm.rules import Owned
from core.saved_views.known import PRIVATE
from core.saved_views.models import SavedView

if TYPE_CHECKING:
    from core.env import Env


@dataclass(frozen=True, slots=True)
class Holding:
    """The records of one model that somebody owns. `due`: (label, number) of what is planned for them.

    Not `is_root`: the record goes with another one, and its own owner tells who did something. Not `is_on`: its addon
    is switched off.
    """

    info: ModelInfo
    count: int
    due: Sequence[tuple[Text, int]]
    is_root: bool
    is_on: bool


@dataclass(frozen=True, slots=True)
class Posts:
    """What else somebody has: departments, people, records to collaborate on, views that others use, tokens."""

    departments: Sequence[tuple[int, str]]
    reports: Sequence[Member]
    shares: int
    views: int
    tokens: int


def holdings(env: Env, user_id: int) -> list[Holding]:
    """What the user owns, the most first. Whether the actor may know is for the caller to ask."""
    found = [_holding(env, info, user_id) for info in owned_models()]
    return sorted((each for each in found if each.count), key=lambda each: (not each.is_root, -each.count))


def owned_models() -> Iterator[ModelInfo]:
    """Every model whose records people own."""
    for model in models().values():
        info = describe(model)
        # What only the product itself writes, such as a log of owners, tells what was. Parts go with their whole.
        if info.owner and not info.fields[info.owner].readonly and not is_part(model):
            yield info


def of(info: ModelInfo, user_id: int) -> list[ColumnElement[bool]]:
    """The conditions for the user's records; those in the recycle bin stay theirs."""
    return [info.table.c[info.owner] == user_id, info.table.c.deleted_at.is_(None)]


def _holding(env: Env, info: ModelInfo, user_id: int) -> Holding:
    due = [spec for spec in info.fields.values() if spec.due]
    counted = [func.count(info.table.c[spec.name]) for spec in due]
    row = env.connection_of_core.execute(select(func.count(), *counted).where(*of(info, user_id))).one()
    planned = [(spec.label, number) for spec, number in zip(due, row[1:], strict=True) if number]
    is_on = info.addon == CORE or info.addon in env.enabled
    return Holding(info, row[0], planned, isinstance(info.rule, Owned), is_on)


def posts_of(env: Env, user_id: int) -> Posts:
    """The user's place in the company."""
    connection = env.connection_of_core
    managed = (Department.manager_id == user_id, Department.deleted_at.is_(None))
    departments = connection.execute(select(Department.id, Department.name).where(*managed).order_by(Department.name))
    shares = select(func.count()).select_from(Share).where(Share.user_id == user_id)
    views = select(func.count()).select_from(SavedView)
    views = views.where(SavedView.owner_id == user_id, SavedView.audience != PRIVATE)
    tokens = select(func.count()).select_from(ApiToken)
    tokens = tokens.where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    members = env.actor.organisation.members.values()
    return Posts(
        departments=[(row.id, row.name) for row in departments],
        reports=[member for member in members if member.supervisor_id == user_id and member.is_active],
        shares=connection.scalar(shares) or 0,
        views=connection.scalar(views) or 0,
        tokens=connection.scalar(tokens) or 0,
    )
