"""Saving, sharing and deleting views, and choosing the one to begin with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, delete, func, insert, select, update

from core import clock
from core.errors import BadRequest, Forbidden, Invalid, Stale
from core.i18n import _
from core.orm.preferences import write_preference
from core.orm.versions import bump
from core.saved_views.known import (
    AUDIENCES,
    CHOICES,
    DEPARTMENT,
    EVERYBODY,
    GRANT,
    PRIVATE,
    PUBLISH,
    ROLE,
    SET_DEFAULT,
    VERSION,
    Choice,
    Query,
    View,
    saved_views,
)
from core.saved_views.models import SavedView

if TYPE_CHECKING:
    from core.env import Env

VIEWS: Table = SavedView.__table__  # type: ignore[assignment]
LONGEST_NAME = 100
MOST_OWN = 100
"""So many views of one list are kept per user."""


def may_publish(env: Env) -> bool:
    """Whether the actor may share views with others, and change those that are shared."""
    return env.actor.may(GRANT, PUBLISH)


def may_set_default(env: Env) -> bool:
    """Whether the actor chooses what everybody begins with."""
    return env.actor.may(GRANT, SET_DEFAULT)


def may_change(env: Env, view: View) -> bool:
    """Whether the actor may change the view: a private one of theirs, or a shared one if they may share."""
    return may_publish(env) if view.is_shared else view.owner_id == env.actor.id


def may_delete(env: Env, view: View) -> bool:
    """Whether the actor may delete the view: their own in any case."""
    return view.owner_id == env.actor.id or may_change(env, view)


def create(
    env: Env, model: str, name: str, query: Query, *, audience: str = PRIVATE, audience_id: int | None = None
) -> int:
    """Keeps a new view of the actor; returns its id. Raises `Invalid` for a name, `Forbidden` for an audience."""
    values = _checked(env, name, audience, audience_id)
    mine = select(func.count(), func.max(VIEWS.c.position)).where(
        VIEWS.c.model == model, VIEWS.c.owner_id == env.actor.id
    )
    number, last = env.connection_of_core.execute(mine).one()
    if number >= MOST_OWN:
        raise Invalid({"name": _("You have {number} views of this list; delete one first.", number=MOST_OWN)})
    row = values | _stamps(env) | {"query": query.as_json(), "version": 1, "is_default": False}
    statement = insert(VIEWS).values(model=model, owner_id=env.actor.id, position=(last or 0) + 1, **row)
    created: Any = env.connection_of_core.execute(statement)
    bump(env.connection_of_core, VERSION)
    return int(created.inserted_primary_key[0])


def describe(env: Env, view: View, *, version: int, name: str, audience: str, audience_id: int | None = None) -> None:
    """Renames and shares the view. Raises `Stale` if somebody else saved it since `version`."""
    if not may_change(env, view):
        raise Forbidden()
    values = _checked(env, name, audience, audience_id)
    if audience == PRIVATE:
        # What its owner alone sees is nobody else's start.
        values |= {"is_default": False}
    _update(env, view, version, values)


def save(env: Env, view: View, query: Query, *, version: int) -> None:
    """Keeps what the view shows now. Raises `Stale` if somebody else saved it since `version`."""
    if not may_change(env, view):
        raise Forbidden()
    _update(env, view, version, {"query": query.as_json()})


def remove(env: Env, view: View) -> None:
    """Deletes the view. Whoever began with it begins with the whole list."""
    if not may_delete(env, view):
        raise Forbidden()
    env.connection_of_core.execute(delete(VIEWS).where(VIEWS.c.id == view.id))
    bump(env.connection_of_core, VERSION)


def begin_with(env: Env, model: str, view: View | None) -> None:
    """The actor's own start into the list; None for the whole list, whatever is set for everybody."""
    _choose(env, model, replace(saved_views(env).choice(env, model), default=view.id if view else 0))


def choose_columns(env: Env, model: str, columns: tuple[str, ...]) -> None:
    """The actor's own columns of the list; none goes back to what everybody has."""
    _choose(env, model, replace(saved_views(env).choice(env, model), columns=columns))


def set_default(env: Env, model: str, view: View | None) -> None:
    """What everybody begins with who may use it, unless they have chosen otherwise; None for the whole list."""
    if not may_set_default(env):
        raise Forbidden()
    if view is not None and not view.is_shared:
        raise BadRequest(_("Share the view first; nobody else can begin with it."))
    others = update(VIEWS).where(VIEWS.c.model == model, VIEWS.c.is_default).values(is_default=False)
    env.connection_of_core.execute(others)
    if view is not None:
        env.connection_of_core.execute(update(VIEWS).where(VIEWS.c.id == view.id).values(is_default=True))
    bump(env.connection_of_core, VERSION)


def _choose(env: Env, model: str, choice: Choice) -> None:
    write_preference(env.connection_of_core, env.actor.id, CHOICES + model, choice.as_json())
    bump(env.connection_of_core, VERSION)


def _checked(env: Env, name: str, audience: str, audience_id: int | None) -> dict[str, Any]:
    if not name.strip():
        raise Invalid({"name": _("Please give the view a name.")})
    if len(name.strip()) > LONGEST_NAME:
        raise Invalid({"name": _("At most {number} characters.", number=LONGEST_NAME)})
    if audience not in AUDIENCES or ((audience in (ROLE, DEPARTMENT)) is (audience_id is None)):
        raise Invalid({"audience": _("Please choose who may use the view.")})
    if audience != PRIVATE and not may_publish(env):
        raise Forbidden(_("You may not share views with others."))
    named = audience_id if audience not in (PRIVATE, EVERYBODY) else None
    return {"name": name.strip(), "audience": audience, "audience_id": named}


def _update(env: Env, view: View, version: int, values: dict[str, Any]) -> None:
    wanted = (VIEWS.c.id == view.id, VIEWS.c.version == version)
    statement = update(VIEWS).where(*wanted).values(version=version + 1, **values, **_stamps(env))
    if env.connection_of_core.execute(statement).rowcount == 0:
        raise Stale(model=GRANT, id=view.id, version=view.version)
    bump(env.connection_of_core, VERSION)


def _stamps(env: Env) -> dict[str, Any]:
    return {"updated_at": clock.now(), "updated_by": env.user_id}
