"""Moving records from state to state: `env.workflow.perform(order, "submit")`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from core import recording
from core.arguments import clean_arguments
from core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from core.i18n import Text, _
from core.orm import numbers
from core.orm.field import Kind
from core.orm.model import Model, describe, model_of
from core.orm.moving import KEY, Moving
from core.orm.roots import lock_roots
from core.workflow.composition import Flow, flow_of
from core.workflow.decisions import Deny, Pending
from core.workflow.declaration import Transition
from core.workflow.errors import TransitionRefused, Waiting, WrongState
from core.workflow.locks import lock_on
from core.workflow.tables import WaitingTransition
from core.workflow.waiting import (
    arguments_of,
    begin_waiting,
    end_waiting,
    found_waiting,
    note,
    reason_of,
    stop_waiting,
    waiting_of,
)

if TYPE_CHECKING:
    from core.env import Env

FILL_IN = _("Please fill in this field.")


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of a transition: the record's `state` now, and the ids of the decisions that it still waits for."""

    state: str
    waiting: tuple[str, ...] = ()


class Workflows:
    """The transitions of one unit of work; at hand as `env.workflow`."""

    def __init__(self, env: Env) -> None:
        self.env = env

    def flow(self, model: type[Model]) -> Flow | None:
        """The model's workflow as the enabled addons compose it; None if it has none."""
        return flow_of(self.env, model)

    def perform(self, record: Model, name: str, /, *, version: int | None = None, **arguments: Any) -> Performed:
        """Makes the transition, or has it wait for a decision.

        The record is locked until the transaction ends: of two people at once the second finds the new state.
        `version` is the one that the author saw. Raises `NotFound` for a transition that does not exist, `Forbidden`,
        `Stale`, `WrongState`, `Waiting`, `Invalid` for arguments and required fields, `TransitionRefused`.
        """
        flow, transition = self._transition(type(record), name)
        given = clean_arguments(self.env, transition.arguments, arguments)
        with self._held(type(record), record.id) as (session, stored):
            if not self.env.can(transition.grant, stored):
                raise Forbidden()
            if version is not None and version != stored.version:
                raise Stale(model=record.key(), id=record.id, version=stored.version)
            self._check(flow, transition, stored)
            pending = self._asked(transition, stored, given)
            if pending:
                begin_waiting(self.env, stored, transition, given, pending)
                return Performed(flow.state_of(stored), tuple(one.id for one in pending))
            return self._make(session, flow, transition, stored, given)

    def resume(self, id: str) -> Performed:
        """Completes what waits for the `Pending` of that id, once all that it waits for is resumed.

        Everything is checked again but the grant, which its author had. Raises `NotWaiting` if it was completed or
        dropped before, and what `perform` raises; then it goes on waiting.
        """
        row = found_waiting(self.env, id)
        flow, transition = self._transition(model_of(row.model), row.transition)
        with self._held(model_of(row.model), row.record_id) as (session, stored):
            end_waiting(self.env, id)
            others = waiting_of(self.env, stored)
            if others:
                return Performed(flow.state_of(stored), tuple(other.reference for other in others))
            given = arguments_of(transition, row.arguments)
            self._check(flow, transition, stored)
            # Who has been asked already has agreed; whoever else is against it still decides.
            self._asked(transition, stored, given)
            return self._make(session, flow, transition, stored, given)

    def cancel(self, id: str, *, reason: str = "") -> None:
        """Drops what waits for the `Pending` of that id, and for others of the same request; tells the addons.

        Raises `NotWaiting` if it was completed or dropped before.
        """
        row = found_waiting(self.env, id)
        with self._held(model_of(row.model), row.record_id) as (_session, stored):
            ids = stop_waiting(self.env, stored, row.transition, reason)
            self.env.hooks.transition_cancelled(
                record=self._reread(stored), transition=row.transition, ids=ids, reason=reason
            )

    def hold(self, model: type[Model], ids: Sequence[int]) -> None:
        """Locks many records, in the order of their ids, so that nobody who moves some of them waits in a circle."""
        columns = describe(model).table.c
        wanted = select(columns.id).where(columns.id.in_(ids)).order_by(columns.id).with_for_update()
        self.env.flush()
        lock_roots(self.env.connection_of_core, describe(model), ids)
        self.env.connection_of_core.execute(wanted).all()

    def waiting(self, record: Model) -> Sequence[WaitingTransition]:
        """What the record waits for: one transition, with a row for each decision that is missing."""
        return waiting_of(self.env, record) if self.flow(type(record)) else ()

    def leaving(self, record: Model) -> list[Transition]:
        """The transitions that begin at the record's state; none while it waits for one."""
        flow = self.flow(type(record))
        return [] if flow is None or self.waiting(record) else flow.leaving(flow.state_of(record))

    def refusal(self, record: Model, transition: Transition) -> Text | None:
        """Why the guards do not let the record make the transition now; None if they do."""
        flow = self.flow(type(record))
        for guard in flow.guards.get(transition.name, ()) if flow else ():
            reason = guard(self.env, record)
            if reason is not None:
                return reason
        return None

    def missing(self, record: Model, name: str) -> dict[str, Text]:
        """What has to be filled in before the transition: field → message."""
        _flow, transition = self._transition(type(record), name)
        return {field: FILL_IN for field in transition.required if getattr(record, field) in (None, "", [])}

    def lock(self, record: Model) -> Text | None:
        """Why the record is read-only now but for its open fields; None if it is not."""
        return lock_on(self.env, record)

    # How it is done.

    def _transition(self, model: type[Model], name: str) -> tuple[Flow, Transition]:
        flow = self.flow(model)
        if flow is None or name not in flow.transitions:
            raise NotFound()
        return flow, flow.transitions[name]

    @contextmanager
    def _held(self, model: type[Model], id: int) -> Iterator[tuple[Session, Any]]:
        """The record as it is stored, locked, in the system's session. All is undone together if anything raises."""
        with self.env.savepoint(), self.env.system("a change of state") as session:
            lock_roots(self.env.connection_of_core, describe(model), [id])
            stored = session.get(model, id, with_for_update=True, populate_existing=True)
            if stored is None:
                raise NotFound()
            yield session, stored

    def _check(self, flow: Flow, transition: Transition, stored: Model) -> None:
        state = flow.state_of(stored)
        if state not in transition.source:
            text = _(
                "“{action}” is not possible: the record is “{state}” now.",
                action=transition.label,
                state=flow.label(state),
            )
            raise WrongState(text)
        if waiting_of(self.env, stored):
            raise Waiting()
        missing = self.missing(stored, transition.name)
        if missing:
            raise Invalid(missing)
        reason = self.refusal(stored, transition)
        if reason is not None:
            raise TransitionRefused(reason)

    def _asked(self, transition: Transition, stored: Model, given: Mapping[str, Any]) -> list[Pending]:
        """What the addons want the transition to wait for."""
        answers = self.env.hooks.transition_requested(record=stored, transition=transition, arguments=given)
        for answer in answers:
            if isinstance(answer, Deny):
                raise TransitionRefused(answer.reason)
        return [answer for answer in answers if isinstance(answer, Pending)]

    def _make(
        self, session: Session, flow: Flow, transition: Transition, stored: Model, given: dict[str, Any]
    ) -> Performed:
        before = flow.state_of(stored)
        moving = session.info[KEY] = Moving(stored)
        try:
            self._move(session, flow, transition, stored)
            for effect in flow.effects.get(transition.name, ()):
                effect(self.env, stored, **given)
            session.flush()
        finally:
            session.info.pop(KEY)
        note(self.env, stored, transition.name, reason_of(given), moving.changes)
        seen = self._reread(stored)
        self.env.hooks.state_changed(record=seen, before=before, after=transition.target, transition=transition)
        return Performed(transition.target)

    def _move(self, session: Session, flow: Flow, transition: Transition, stored: Model) -> None:
        try:
            with session.begin_nested():
                self._number(transition, stored)
                setattr(stored, flow.field, transition.target)
        except IntegrityError as error:
            # Of what is written here only a number can stand in the way, and only one that an addon has given.
            raise Conflict(_("This value is already used by another record.")) from error

    def _number(self, transition: Transition, stored: Model) -> None:
        service = self.env.records(type(stored))
        values = {name: getattr(stored, name) for name in service.fields}
        given = recording.numbers_given(self.env, service.fields.values(), values, at=transition.name)
        for name, spec in service.fields.items():
            if spec.kind is Kind.SERIAL and spec.number_at == transition.name and values[name] is None:
                number = given.get(name) or numbers.next_number(self.env, spec, stored)
                setattr(stored, name, number)

    def _reread(self, stored: Any) -> Any:
        """The record as the actor has it, with what was stored; the system's where the actor has none."""
        if self.env.actor.is_system:
            return stored
        session = self.env.session
        own = session.identity_map.get(session.identity_key(type(stored), stored.id))
        if own is None:
            return session.get(type(stored), stored.id) or stored
        try:
            session.refresh(own)
        except InvalidRequestError:
            return stored
        return own
