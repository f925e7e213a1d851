"""Moving records from state to state: `env.workflow.perform(order, "submit")`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.arguments import clean_arguments
from core.errors import Forbidden
from core.i18n import Text
from core.orm.model import Model, describe, model_of
from core.orm.roots import lock_roots
from core.workflow.decisions import Performed
from core.workflow.declaration import WITHDRAW, Transition
from core.workflow.errors import NotWaiting
from core.workflow.locks import lock_on
from core.workflow.making import Maker, check_version
from core.workflow.tables import WaitingTransition
from core.workflow.waiting import (
    arguments_of,
    begin_waiting,
    end_waiting,
    found_waiting,
    stop_waiting,
    waiting_of,
)


class Workflows(Maker):
    """The transitions of one unit of work; at hand as `env.workflow`."""

    def perform(self, record: Model, name: str, /, *, version: int | None = None, **arguments: Any) -> Performed:
        """Makes the transition, or has it wait for a decision. While the record waits, it may be that decision.

        The record is locked until the transaction ends: of two people at once the second finds the new state.
        `version` is the one that the author saw. Raises `NotFound` for a transition that does not exist, `Forbidden`,
        `Stale`, `WrongState`, `Waiting`, `Invalid` for arguments and required fields, `TransitionRefused`.
        """
        flow, transition = self._transition(type(record), name)
        given = clean_arguments(self.env, transition.arguments, arguments)
        with self._held(type(record), record.id) as (session, stored):
            decided = self._decided(stored, name, given, version)
            if decided is not None:
                return decided
            if not self.env.can(transition.grant, stored):
                raise Forbidden()
            check_version(stored, version)
            self._check(flow, transition, stored)
            pending = self._asked(transition, stored, given)
            if pending:
                begin_waiting(self.env, stored, transition, given, pending)
                return Performed(flow.state_of(stored), tuple(one.id for one in pending))
            return self._make(session, flow, transition, stored, given)

    def request(self, record: Model, name: str, /, **arguments: Any) -> Performed:
        """Has the transition wait if an addon wants it to, as if somebody had asked for it; else does nothing.

        For what is to be decided on as soon as a record is in a state. Neither grant nor guards are looked at, which
        concern who decides. Raises `NotFound`, `WrongState`, `Invalid` for arguments and required fields,
        `TransitionRefused`.
        """
        flow, transition = self._transition(type(record), name)
        given = clean_arguments(self.env, transition.arguments, arguments)
        with self._held(type(record), record.id) as (_session, stored):
            state, rows = flow.state_of(stored), waiting_of(self.env, stored)
            if rows:
                return Performed(state, tuple(row.reference for row in rows))
            self._check_fields(flow, transition, stored)
            pending = self._asked(transition, stored, given)
            if pending:
                begin_waiting(self.env, stored, transition, given, pending)
            return Performed(state, tuple(one.id for one in pending))

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
            with self._completed(stored):
                self._check(flow, transition, stored)
                # Who has been asked already has agreed; whoever else is against it still decides.
                self._asked(transition, stored, given)
                return self._make(session, flow, transition, stored, given)

    def cancel(self, id: str, *, reason: str = "", then: str = "") -> Performed:
        """Drops what waits for the `Pending` of that id, and for others of the same request; tells the addons.

        Then the record makes the transition `then`, if its workflow has one of that name that begins here; its author
        needs no grant for it. Raises `NotWaiting` if it was completed or dropped before, and for `then` what `perform`
        raises.
        """
        row = found_waiting(self.env, id)
        model = model_of(row.model)
        with self._held(model, row.record_id) as (session, stored):
            ids = stop_waiting(self.env, stored, row.transition, reason)
            self.env.hooks.transition_cancelled(
                record=self._reread(stored), transition=row.transition, ids=ids, reason=reason
            )
            flow = self.flow(model)
            following = flow.transitions.get(then) if flow is not None else None
            state = "" if flow is None else flow.state_of(stored)
            if flow is None or following is None or state not in following.source:
                return Performed(state)
            told = {"reason": reason} if any(spec.name == "reason" for spec in following.arguments) else {}
            given = clean_arguments(self.env, following.arguments, told)
            with self._completed(stored):
                self._check(flow, following, stored)
                self._asked(following, stored, given)
                return self._make(session, flow, following, stored, given)

    def withdraw(self, record: Model, *, reason: str = "") -> None:
        """Drops what the record waits for. Raises `NotWaiting`, `Forbidden` unless `may_withdraw` says so."""
        with self._held(type(record), record.id) as (_session, stored):
            rows = waiting_of(self.env, stored)
            if not rows:
                raise NotWaiting()
            if self._decided(stored, WITHDRAW, {"reason": reason}, None) is None:
                if not self.may_withdraw(record):
                    raise Forbidden()
                self.cancel(rows[0].reference, reason=reason)

    def may_withdraw(self, record: Model) -> bool:
        """Whether the actor may drop what the record waits for.

        That is for the addon to say that has it wait; else who asked for it may, and who may make the transition.
        """
        flow, rows = self.flow(type(record)), self.waiting(record)
        if flow is None or not rows:
            return False
        told = self._open(record, rows)
        if told is not None:
            return WITHDRAW in told
        transition = flow.transitions.get(rows[0].transition)
        is_theirs = self.env.user_id is not None and rows[0].requested_by == self.env.user_id
        return is_theirs or (transition is not None and self.env.can(transition.grant, record))

    def decisions(self, record: Model) -> list[Transition]:
        """The transitions that count as the actor's decision on what the record waits for."""
        flow, rows = self.flow(type(record)), self.waiting(record)
        told = self._open(record, rows) if flow is not None and rows else None
        return [] if flow is None or not told else [t for t in flow.transitions.values() if t.name in told]

    def is_completing(self, record: Model) -> bool:
        """Whether those who were asked have decided, and the record makes the transition now that follows from it.

        For guards that ask who acts: then it is not for them to say.
        """
        return (record.key(), record.id) in self._completing

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

    def lock(self, record: Model) -> Text | None:
        """Why the record is read-only now but for its open fields; None if it is not."""
        return lock_on(self.env, record)

    # Decisions.

    def _decided(self, stored: Model, name: str, given: Mapping[str, Any], version: int | None) -> Performed | None:
        """What comes of the request as a decision on what the record waits for; None if it is none."""
        rows = waiting_of(self.env, stored)
        if not rows or not self.env.hooks.listens("decision_given"):
            return None
        check_version(stored, version)
        asked = {"name": name, "arguments": given, "reference": rows[0].reference}
        answers: list[Performed] = self.env.hooks.decision_given(record=self._reread(stored), **asked)
        return answers[0] if answers else None

    def _open(self, record: Model, rows: Sequence[WaitingTransition]) -> frozenset[str] | None:
        told: frozenset[str] | None = self.env.hooks.decisions_open(record=record, reference=rows[0].reference)
        return told
