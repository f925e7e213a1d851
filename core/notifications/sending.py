"""Telling users something, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, insert, select, update

from core import clock
from core.access.users import administrators
from core.i18n import Text
from core.notifications.models import Notification
from core.orm.model import Model, describe
from core.orm.preferences import PREFERENCES

if TYPE_CHECKING:
    from core.env import Env

NOTIFICATIONS: Table = Notification.__table__  # type: ignore[assignment]
BY_MAIL = "notifications.mail"
"""The preference of users who want a copy by e-mail."""

Told = dict[tuple[int, str, str], tuple[int, int]]
"""What a transaction has told so far: (user, kind, model) → (id of the notification, how many records)."""


def notify(
    env: Env,
    users: Iterable[int],
    text: Text,
    *,
    url: str = "",
    kind: str = "",
    about: Model | None = None,
    many: Callable[[int], Text] | None = None,
) -> None:
    """Tells the users; see `Env.notify`."""
    members = env.actor.organisation.members
    reached = [id for id in dict.fromkeys(users) if id in members and members[id].is_active]
    model = describe(type(about)).key if about is not None else ""
    fresh = [id for id in reached if many is None or not _counted_on(env, (id, kind, model), many)]
    if not fresh:
        return
    row = {
        "kind": kind,
        "text": text.as_json(),
        "url": url,
        "model": model,
        "record_id": about.id if about is not None else None,
        "created_at": clock.now(),
    }
    for id in fresh:
        made = env.connection_of_core.execute(insert(NOTIFICATIONS).values(user_id=id, **row))
        assert made.inserted_primary_key is not None
        env.told[id, kind, model] = (int(made.inserted_primary_key[0]), 1)
    for id in _wanting_mail(env, fresh):
        env.enqueue("notifications.mail", notification_id=env.told[id, kind, model][0])


def tell_administrators(connection: Connection, text: Text, *, kind: str, url: str) -> None:
    """Tells those who administer the site, where there is no env. Without copies by e-mail."""
    row = {"kind": kind, "text": text.as_json(), "url": url, "model": "", "created_at": clock.now()}
    for id in sorted(administrators(connection)):
        connection.execute(insert(NOTIFICATIONS).values(user_id=id, **row))


def _counted_on(env: Env, key: tuple[int, str, str], many: Callable[[int], Text]) -> bool:
    """Whether the same transaction has told this user of a record like this one: then both become one sentence."""
    if key not in env.told:
        return False
    id, count = env.told[key]
    env.told[key] = (id, count + 1)
    values: dict[str, Any] = {"text": many(count + 1).as_json(), "record_id": None, "read_at": None}
    # The address was that of the first record; the list of the model shows them all.
    values["url"] = f"/{key[2]}" if key[2] else ""
    env.connection_of_core.execute(update(NOTIFICATIONS).where(NOTIFICATIONS.c.id == id).values(**values))
    return True


def _wanting_mail(env: Env, users: list[int]) -> list[int]:
    wanted = (PREFERENCES.c.key == BY_MAIL, PREFERENCES.c.user_id.in_(users))
    rows = env.connection_of_core.execute(select(PREFERENCES.c.user_id, PREFERENCES.c.value).where(*wanted))
    return [id for id, value in rows if value is True]
