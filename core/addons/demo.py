"""Demo data: a company to try the product with, loaded in one transaction and removed in one.

Each addon brings its own in a `demo.py` with `load(env)`. Whatever its session makes is remembered; what users add
to it later is found by following the links. Real people and records stay. An addon whose demo changes something that
was there before puts it back in `unload(env)`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, event, insert, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.access.actor import SystemActor
from core.access.models import Share, ShareLevel
from core.access.organisation import Organisation
from core.addons.demo_removal import remove_records
from core.errors import Conflict
from core.i18n import _
from core.orm import numbers, search
from core.orm.model import Model, describe
from core.orm.parts import part_model, parts_of
from core.orm.settings import write_settings
from core.orm.tables import Change
from core.parts.writing import writing

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

PASSWORD = "demo"
SIGN_INS = (
    ("sales", "salesperson, North"),
    ("manager", "department manager, North"),
    ("sales2", "salesperson, South"),
    ("gm", "general manager"),
    ("accountant", "accountant"),
    ("admin", "administrator"),
)
"""(sign-in name, who that is) of those to try; all have the password above."""

RECORDS, REPLACED = "demo.records", "demo.settings"
"""Settings: model → ids of what was made; setting → [before, in the demo]."""


class DemoLoaded(Conflict):
    """The demo data is there already."""

    code = "demo_loaded"
    default = _("The demo data is loaded already.")


def is_loaded(site: Site) -> bool:
    """Whether the demo data is present."""
    with site.system("is there demo data", write=False) as env:
        return env.setting(RECORDS) is not None


def load(site: Site) -> None:
    """Loads the demo data of all enabled addons. Raises `DemoLoaded`."""
    with site.system("load demo data") as env:
        if env.setting(RECORDS) is not None:
            raise DemoLoaded()
        made: dict[str, list[int]] = defaultdict(list)
        with _remembering(env.session, made):
            for addon in site.registry.addons:
                if addon.name in env.enabled and "demo" in addon.modules:
                    addon.modules["demo"].load(env)
                    # The next ones find the people that this one has brought.
                    env.actor = SystemActor(Organisation.load(env.connection_of_core), env.enabled)
        write_settings(env.connection_of_core, {RECORDS: dict(made)})


def remove(site: Site) -> None:
    """Removes the demo data for good, with all that users added to it. Nothing else changes."""
    with site.system("remove demo data") as env:
        for addon in site.registry.addons:
            if hasattr(addon.modules.get("demo"), "unload"):
                addon.modules["demo"].unload(env)
        made: Mapping[str, list[int]] = env.setting(RECORDS) or {}
        remove_records(env, {key: set(ids) for key, ids in made.items()})
        replaced: Mapping[str, list[Any]] = env.setting(REPLACED) or {}
        # A setting that somebody has changed since is theirs.
        back = {key: before for key, (before, demo) in replaced.items() if env.setting(key) == demo}
        write_settings(env.connection_of_core, back | {RECORDS: None, REPLACED: None})


# For the loaders of addons.


def replace_settings(env: Env, values: Mapping[str, Any]) -> None:
    """Stores settings of the demo company; removing it brings back those that were there before."""
    replaced = {key: [env.setting(key), value] for key, value in values.items()}
    write_settings(env.connection_of_core, {**values, REPLACED: replaced})


@contextmanager
def acting_as(env: Env, user_id: int | None, action: str = "", reason: str = "") -> Iterator[Session]:
    """What is written inside the block appears as that user's doing; it is flushed at the end of the block.

    `action` and `reason` stand in the history where it is not plain creating or changing.
    """
    session = env.session
    before = session.info.get("user_id")
    session.flush()
    session.info["user_id"] = user_id
    if action:
        session.info["history"] = (action, reason)
    try:
        yield session
        session.flush()
    finally:
        session.info["user_id"] = before
        session.info.pop("history", None)


def backdate(env: Env, records: Collection[tuple[Model, datetime]], action: str = "create") -> None:
    """Moves the making of flushed records, or another entry of their history, to a moment in the past."""
    env.session.flush()
    by_model: dict[type[Model], list[dict[str, Any]]] = defaultdict(list)
    names = ("updated_at", "created_at") if action == "create" else ("updated_at",)
    for record, at in records:
        by_model[type(record)].append({"record": record.id, "moment": at})
        for name in names:
            set_committed_value(record, name, at)
    for model, rows in by_model.items():
        table: Any = model.__table__
        moved: dict[str, Any] = {name: bindparam("moment") for name in names}
        connection = env.connection_of_core
        connection.execute(update(table).where(table.c.id == bindparam("record")).values(moved), rows)
        entries: Any = Change.__table__
        mine = (entries.c.model == model.key(), entries.c.record_id == bindparam("record"))
        connection.execute(
            update(entries).where(*mine, entries.c.action == action).values(at=bindparam("moment")), rows
        )


def add_collaborator(
    env: Env, record: Model, user_id: int, *, level: ShareLevel, by: int, since: datetime, until: datetime | None
) -> None:
    """Makes the user a collaborator of a flushed record as of a moment in the past, without a word in its history."""
    info = describe(type(record))
    row = {"root_model": info.key, "root_id": record.id, "user_id": user_id, "level": level.value, "until": until}
    env.connection_of_core.execute(insert(Share).values(**row, created_at=since, created_by=by))
    search.index_roots(env.connection_of_core, info, [record.id])


def take_numbers(env: Env, model: type[Model], name: str, count: int, *, on: date | None = None) -> list[str]:
    """The next `count` serial numbers of the field, of today or another day, for what is written past its service."""
    return numbers.next_numbers(env, describe(model).fields[name], model, count, on=on)


def add_parts(env: Env, whole: Model, name: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Adds parts to a flushed record, as if it had been written together with them."""
    part = parts_of(type(whole))[name]
    model = part_model(part)
    made = [model(**row, **{part.via: whole.id, part.order: place}) for place, row in enumerate(rows, 1)]
    with writing(env.session, whole):
        env.session.add_all(made)
        env.session.flush()
    return made


@contextmanager
def _remembering(session: Session, made: dict[str, list[int]]) -> Iterator[None]:
    def remember(session: Session, _context: Any) -> None:
        for record in session.new:
            if isinstance(record, Model):
                made[record.key()].append(record.id)

    event.listen(session, "after_flush", remember)
    try:
        yield
        session.flush()
    finally:
        event.remove(session, "after_flush", remember)
