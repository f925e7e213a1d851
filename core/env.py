"""Who acts, on which site, in which language: the one object that services, pages and jobs are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, bindparam, insert, select
from sqlalchemy.orm import Session

from core import clock
from core.access.actor import READ, Actor
from core.access.guard import predicate
from core.addons.answers import Saved
from core.addons.calling import Hooks
from core.errors import NotFound
from core.orm.bulk import insert_records
from core.orm.lists import Lists
from core.orm.model import Model, describe, model_of
from core.orm.parts import parts_of
from core.orm.rules import Everyone
from core.orm.session import SystemSession, UserSession
from core.orm.statements import kept
from core.orm.tables import SystemAccess

if TYPE_CHECKING:
    from core.i18n import Text
    from core.records import Records
    from core.site import Site
    from core.workflow.engine import Workflows

M = TypeVar("M", bound=Model)
S = TypeVar("S")
Known = dict[str, tuple[int, Any]]
"""What was loaded of the database, by its key, with the version that it was loaded at."""
LARGEST_ID = 2**63 - 1


class Env:
    """One unit of work: a transaction on one site, by one actor. Made by `Site.env` and `Site.system`."""

    def __init__(
        self,
        site: Site,
        connection: Connection,
        actor: Actor,
        versions: dict[str, int],
        known: Known,
        locale: str | None = None,
    ) -> None:
        self.site, self.connection_of_core, self.actor = site, connection, actor
        self.versions, self.known = versions, known
        self.locale = locale or actor.member.locale or site.default_locale(self)
        self.request: dict[str, str] = {}
        """Where a web request came from: `address`, `agent`, `reference`; empty elsewhere."""
        self._services: dict[type[Any], Any] = {}
        self._after_commit: list[Callable[[], None]] = []
        self._outbox: list[int] = []
        self._saved: dict[tuple[str, int], bool] = {}
        self.told: dict[tuple[int, str, str], tuple[int, int]] = {}
        """Kept by `core.notifications`: what this transaction has told whom."""

    @cached_property
    def session(self) -> Session:
        """The actor's guarded session; for the system, one that sees everything."""
        session: Session
        if self.actor.is_system:
            session = SystemSession(self.connection_of_core)
        else:
            session = UserSession(self.connection_of_core, self.actor)
        session.info.update(user_id=self.user_id, env=self)
        return session

    @property
    def user_id(self) -> int | None:
        return None if self.actor.is_system else self.actor.id

    @property
    def timezone(self) -> ZoneInfo:
        """The actor's own, or the company's."""
        own = self.actor.member.timezone
        return ZoneInfo(own) if own else self.company_timezone

    @property
    def company_timezone(self) -> ZoneInfo:
        """The same for everybody: what the company has chosen, else `site.timezone`."""
        return ZoneInfo(self.setting("company.timezone") or self.site.settings.timezone)

    @property
    def today(self) -> date:
        """The date where the actor is."""
        return clock.now().astimezone(self.timezone).date()

    @property
    def lists(self) -> Lists:
        """The editable lists of this site."""
        return self.site.cached(self, "lists", Lists.load)

    def setting(self, key: str, default: Any = None) -> Any:
        """A setting of the site, by its key."""
        return self.site.settings_of(self).get(key, default)

    @contextmanager
    def system(self, reason: str) -> Iterator[Session]:
        """A second session on the same transaction that sees everything, for what the actor may not.

        What it writes is recorded with `reason`. Objects of the two sessions are not shared.
        """
        if self.actor.is_system:
            yield self.session
            return
        self.session.flush()
        session = self._system_session
        before = session.info.get("wrote", 0)
        yield session
        session.flush()
        if session.info.get("wrote", 0) != before:
            row = {"at": clock.now(), "user_id": self.user_id, "reason": reason}
            self.connection_of_core.execute(insert(SystemAccess), row)

    def insert_as_system(self, model: type[Model], rows: Sequence[Mapping[str, Any]], *, reason: str) -> list[int]:
        """Inserts many records beyond what the actor may, unchecked; returns their ids. `reason` is recorded."""
        self.flush()
        ids = insert_records(self, describe(model), rows)
        if not self.actor.is_system:
            row = {"at": clock.now(), "user_id": self.user_id, "reason": reason}
            self.connection_of_core.execute(insert(SystemAccess), row)
        return ids

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone by itself if it raises, jobs and callbacks included."""
        callbacks, jobs, told = len(self._after_commit), len(self._outbox), dict(self.told)
        saved = dict(self._saved)
        try:
            with self.session.begin_nested(), self._system_inside():
                # A session sets its savepoint when it first speaks; core's own statements go past the session.
                Session.connection(self.session)
                yield
                self.flush()
        except BaseException:
            del self._after_commit[callbacks:], self._outbox[jobs:]
            self.told, self._saved = told, saved
            raise

    @contextmanager
    def _system_inside(self) -> Iterator[None]:
        """A system session of the savepoint's own, which shares it instead of opening another one in it."""
        if self.actor.is_system:
            yield
            return
        before = self.__dict__.pop("_system_session", None)
        inner = SystemSession(self.connection_of_core)
        inner.join_transaction_mode = "rollback_only"
        inner.info.update(user_id=self.user_id, env=self)
        self.__dict__["_system_session"] = inner
        try:
            yield
        finally:
            inner.close()
            self.__dict__.pop("_system_session")
            if before is not None:
                before.expire_all()
                self.__dict__["_system_session"] = before

    @cached_property
    def _system_session(self) -> SystemSession:
        session = SystemSession(self.connection_of_core)
        session.info.update(user_id=self.user_id, env=self)
        return session

    def can(self, action: str, subject: Model | type[Model]) -> bool:
        """Whether the actor may do `action` on the record as stored, or on some record of the model."""
        model = subject if isinstance(subject, type) else type(subject)
        if not self.actor.may(describe(model).key, action):
            return False
        if isinstance(subject, type):
            return True
        return self.ids_within(model, {subject.id}, action) == {subject.id}

    def ids_within(self, model: type[Model], ids: set[int], action: str) -> set[int]:
        """Those of `ids` on which the actor may do `action`."""
        if "session" in self.__dict__ and self.session.autoflush:
            self.session.flush()
        statement = kept(self.actor, ("within", model, action), lambda: self._within(model, action))
        return set(self.connection_of_core.scalars(statement, {"ids": list(ids)}))

    def _within(self, model: type[Model], action: str) -> Select[Any]:
        columns = describe(model).table.c
        guard = predicate(self.actor, model, action, columns=columns)
        wanted = [columns.id.in_(bindparam("ids", expanding=True)), columns.deleted_at.is_(None)]
        return select(columns.id).where(*wanted, *([] if guard is None else [guard]))

    def readers_among(self, record: Model, users: Iterable[int]) -> set[int]:
        """Those of the users who are active and may read the record, as it is stored now."""
        self.flush()
        members, columns = self.actor.organisation.members, describe(type(record)).table.c
        found = set()
        for id in users:
            if id not in members or not members[id].is_active:
                continue
            reader = self.site.actor(id, self)
            if not isinstance(describe(type(record)).rule, Everyone) and not reader.may(record.key(), READ):
                continue
            guard = predicate(reader, type(record), READ, columns=columns)
            wanted = [columns.id == record.id, columns.deleted_at.is_(None), *([] if guard is None else [guard])]
            if guard is None or self.connection_of_core.scalar(select(columns.id).where(*wanted)) is not None:
                found.add(id)
        return found

    def get(self, model: type[M], id: int) -> M:
        """The record, if the actor may see it. Raises `NotFound` for all others alike."""
        record = self.session.get(model, id) if 0 < id <= LARGEST_ID else None
        if record is None or record.deleted_at is not None:
            raise NotFound()
        return record

    def parts(self, record: Model, name: str) -> Sequence[Any]:
        """The stored parts of a record that the actor sees, in their order: `env.parts(record, "lines")`.

        Raises `KeyError` for a name that `__parts__` of the model does not have.
        """
        from core.parts.reading import stored_parts

        return stored_parts(self, record, parts_of(type(record))[name])

    def records(self, model: type[M] | str) -> Records[M]:
        """The service that creates, changes and deletes records of the model, as the enabled addons compose it."""
        found: Any = model_of(model) if isinstance(model, str) else model
        return self.service(self.site.registry.records_class(found))

    def service(self, cls: type[S]) -> S:
        """The service, composed from the enabled addons; one instance per env."""
        composed: Any = self.site.registry.composed(cls, self.enabled)
        if composed not in self._services:
            self._services[composed] = composed(self)
        return cast("S", self._services[composed])

    @cached_property
    def workflow(self) -> Workflows:
        """Moves records from state to state: `env.workflow.perform(order, "submit")`."""
        from core.workflow.engine import Workflows

        return Workflows(self)

    @property
    def enabled(self) -> frozenset[str]:
        """The names of the addons that are enabled on this site."""
        return self.site.enabled_addons(self)

    @cached_property
    def hooks(self) -> Hooks:
        """Calls what the enabled addons have to say: `env.hooks.owners_changed(record=…)`."""
        return Hooks(self)

    def enqueue(self, job: str, **arguments: Any) -> int:
        """Puts a job into the outbox, in this transaction; it runs once that is committed. Returns its id."""
        from core.jobs import outbox

        id = outbox.add(self, job, arguments)
        self._outbox.append(id)
        return id

    def notify(
        self,
        users: Iterable[int],
        text: Text,
        *,
        url: str = "",
        kind: str = "",
        about: Model | None = None,
        many: Callable[[int], Text] | None = None,
    ) -> None:
        """Tells the users something, in this transaction; those who are not active are passed over.

        `{record}` in the text becomes the name of the record `about` when it is read, masked where the reader may
        not see it; without a `url` the notification leads there. If the transaction tells somebody the same `kind`
        of several records, `many(count)` makes one sentence of them.
        """
        from core.notifications.sending import notify

        notify(self, users, text, url=url, kind=kind, about=about, many=many)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Calls `callback` once everything is stored; not at all if it is undone."""
        self._after_commit.append(callback)

    def note_saved(self, records: Iterable[Model], *, created: bool) -> None:
        """Called by core on every write, for those who are told once all is stored."""
        if self.hooks.listens("after_commit"):
            for record in records:
                self._saved.setdefault((record.key(), record.id), created)

    def flush(self) -> None:
        """Sends what is pending in either session to the database."""
        self.session.flush()
        if "_system_session" in self.__dict__:
            self._system_session.flush()

    def committed(self) -> None:
        """Called by the site after the commit: hands jobs to the queue and runs the callbacks."""
        if self._outbox:
            from core.jobs import outbox

            outbox.hand_over(self.site, self._outbox)
        for callback in self._after_commit:
            callback()
        if self._saved:
            self.hooks.tell_saved([Saved(model, id, created) for (model, id), created in self._saved.items()])
