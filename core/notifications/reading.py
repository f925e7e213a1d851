"""A user's notifications as they read them: in their language, with what they may see at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Row, func, select, update

from core import clock
from core.errors import NotFound
from core.i18n import Text, _, ngettext
from core.notifications.sending import NOTIFICATIONS
from core.orm.labels import Label
from core.orm.model import Model, describe, models
from core.pages.links import Links

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from core.env import Env

CAP = 99
"""Beyond so many the bell says "99+": counting on would help nobody."""

SOMETHING = Label("—", is_masked=True)
"""Stands for a record whose kind is gone, with its addon."""


@dataclass(frozen=True, slots=True)
class Told:
    """One notification for its reader. `url` is empty where there is nothing that they may open."""

    id: int
    kind: str
    text: str
    url: str
    at: datetime
    is_read: bool


def unread(env: Env) -> int:
    """How many the actor has not read, counted up to one more than `CAP`."""
    if env.user_id is None:
        return 0
    one = select(NOTIFICATIONS.c.id).where(*_unread_of(env)).limit(CAP + 1).subquery()
    return env.connection_of_core.scalar(select(func.count()).select_from(one)) or 0


def latest(env: Env, limit: int, *, before: int | None = None) -> list[Told]:
    """The actor's newest notifications, older than the one with the id `before`."""
    wanted: list[ColumnElement[bool]] = [NOTIFICATIONS.c.user_id == env.user_id]
    if before is not None:
        wanted.append(NOTIFICATIONS.c.id < before)
    statement = select(NOTIFICATIONS).where(*wanted).order_by(NOTIFICATIONS.c.id.desc()).limit(limit)
    return _told(env, env.connection_of_core.execute(statement).all())


def one(env: Env, id: int) -> Told:
    """One of the actor's own. Raises `NotFound` for everybody else's."""
    wanted = (NOTIFICATIONS.c.id == id, NOTIFICATIONS.c.user_id == env.user_id)
    found = env.connection_of_core.execute(select(NOTIFICATIONS).where(*wanted)).first()
    if found is None:
        raise NotFound()
    return _told(env, [found])[0]


def mark_read(env: Env, ids: Iterable[int] | None = None) -> None:
    """Marks those of the actor's own as read; without `ids` all of them."""
    wanted = _unread_of(env)
    if ids is not None:
        wanted.append(NOTIFICATIONS.c.id.in_(list(ids)))
    env.connection_of_core.execute(update(NOTIFICATIONS).where(*wanted).values(read_at=clock.now()))


def mark_read_at(env: Env, url: str) -> None:
    """Marks as read what the actor was told of a page that they are looking at."""
    wanted = [*_unread_of(env), NOTIFICATIONS.c.url == url]
    env.connection_of_core.execute(update(NOTIFICATIONS).where(*wanted).values(read_at=clock.now()))


def shown(number: int) -> str:
    """What stands on the bell: nothing, 3, or 99+."""
    return "" if not number else str(number) if number <= CAP else f"{CAP}+"


def spoken(number: int) -> str:
    """What the bell is called."""
    if not number:
        return str(_("Notifications"))
    return str(ngettext("Notifications, {count} unread", "Notifications, {count} unread", number))


def _unread_of(env: Env) -> list[ColumnElement[bool]]:
    return [NOTIFICATIONS.c.user_id == env.user_id, NOTIFICATIONS.c.read_at.is_(None)]


def _told(env: Env, rows: Sequence[Row[int, str]]) -> list[Told]:
    links, known = Links(env), _open_models(env)
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.record_id is not None and row.model in known:
            wanted.setdefault(row.model, set()).add(row.record_id)
    links.know(wanted)
    return [_one(row, links, known) for row in rows]


def _open_models(env: Env) -> dict[str, type[Model]]:
    """Those whose addons are enabled: of what an addon holds that is off, nothing shows."""
    enabled = {"core", *env.enabled}
    return {key: model for key, model in models().items() if describe(model).addon in enabled}


def _one(row: Row[int, str], links: Links, known: dict[str, type[Model]]) -> Told:
    text, url = Text.from_json(row.text), row.url
    if row.record_id is not None:
        label = links.label(row.model, row.record_id) if row.model in known else SOMETHING
        text = text.filled(record=label.text)
        if not label.has_link:
            url = ""
        elif not url and (start := links.url(row.model)):
            url = f"{start}{row.record_id}"
    return Told(row.id, row.kind, str(text), url, row.created_at, row.read_at is not None)
