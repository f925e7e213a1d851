"""How a record makes a transition: held, checked, moved, with its effects, noted and told of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from core import recording
from core.errors import Conflict, Invalid, NotFound, Stale
from core.i18n import Text, _
from core.orm import numbers
from core.orm.field import Kind
from core.orm.model import Model, describe
from core.orm.moving import KEY, Moving
from core.orm.roots import lock_roots
from core.workflow.composition import Flow, flow_of
from core.workflow.decisions import Deny, Pending, Performed
from core.workflow.declaration import Transition
from core.workflow.errors import TransitionRefused, Waiting, WrongState
from core.workflow.waiting import (
    note,
    reason_of,
    waiting_of,
)

if TYPE_CHECKING:
    from core.env import Env

FILL_IN = _("Please fill in this field.")


class Maker:
    """What all that moves records is made of. Each step raises what is in its way."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self._completing: set[tuple[str, int]] = set()

    def flow(self, model: type[Model]) -> Flow | None:
        """The model's workflow as the enabled addons compose it; None if it has none."""
        return flow_of(self.env, model)

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

    # The steps.

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
            # A statement, as `get` would refuse what the system has loaded before somebody else changed it.
            wanted: Any = select(model).where(model.id == id).with_for_update()
            stored = session.scalar(wanted, execution_options={"populate_existing": True})
            if stored is None:
                raise NotFound()
            yield session, stored

    @contextmanager
    def _completed(self, stored: Model) -> Iterator[None]:
        key = (stored.key(), stored.id)
        self._completing.add(key)
        try:
            yield
        finally:
            self._completing.discard(key)

    def _check(self, flow: Flow, transition: Transition, stored: Model) -> None:
        if waiting_of(self.env, stored):
            raise Waiting()
        self._check_fields(flow, transition, stored)
        reason = self.refusal(stored, transition)
        if reason is not None:
            raise TransitionRefused(reason)

    def _check_fields(self, flow: Flow, transition: Transition, stored: Model) -> None:
        state = flow.state_of(stored)
        if state not in transition.source:
            text = _(
                "“{action}” is not possible: the record is “{state}” now.",
                action=transition.label,
                state=flow.label(state),
            )
            raise WrongState(text)
        missing = self.missing(stored, transition.name)
        if missing:
            raise Invalid(missing)

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


def check_version(stored: Model, version: int | None) -> None:
    """Raises `Stale` unless the record is as its author saw it; None is somebody who did not say."""
    if version is not None and version != stored.version:
        raise Stale(model=stored.key(), id=stored.id, version=stored.version)
