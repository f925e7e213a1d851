"""Where a record stands in its workflow, as its page shows it: the steps, what may be done now, what it waits for."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal

from core.i18n import Text, _
from core.orm.model import Model
from core.pages.actions import button_of, offered_actions
from core.pages.isolation import isolated
from core.pages.nodes import Action
from core.pages.people import person
from core.pages.reach import is_open
from core.pages.rights import Rights
from core.pages.views import Button, StatusStep, WaitingView
from core.workflow.composition import Flow
from core.workflow.declaration import WITHDRAW, State, Transition
from core.workflow.locks import lock_for

if TYPE_CHECKING:
    from core.env import Env


Place = Literal["done", "current", "ahead"]


class Stage:
    """The stage of one record that has been read through the guard. Asks the database once, for what it waits for."""

    def __init__(self, env: Env, record: Model, rights: Rights) -> None:
        self.env, self.record, self.rights = env, record, rights
        self.flow: Flow | None = env.workflow.flow(type(record))
        self.waiting = env.workflow.waiting(record)

    @property
    def lock(self) -> Text | None:
        """Why the record is read-only but for its open fields; None if it is not."""
        if self.flow is None:
            return None
        return lock_for(self.flow, self.flow.state_of(self.record), is_waiting=bool(self.waiting))

    def is_fixed(self, name: str) -> bool:
        """Whether the field cannot be changed in this stage."""
        return self.flow is not None and self.lock is not None and name not in self.flow.open_fields

    def steps(self) -> list[StatusStep]:
        """The states on the straight way, and the record's own; none for who may not see the state."""
        flow, model = self.flow, type(self.record)
        if flow is None or not is_open(self.env, model, flow.field):
            return []
        current = flow.state_of(self.record)
        shown = [state for state in flow.states.values() if not state.aside or state.code == current]
        codes = [state.code for state in shown]
        if current not in codes:
            return [*(self._step(state, "ahead") for state in shown), StatusStep(str(flow.label(current)), "current")]
        place, is_aside = codes.index(current), flow.states[current].aside
        return [
            self._step(state, "current" if at == place else "done" if at < place and not is_aside else "ahead")
            for at, state in enumerate(shown)
        ]

    def buttons(self) -> list[Button]:
        """The transitions that the reader may make now; those that a guard does not let pass say why.

        None where the same is in the way of all of them: that is `stop`.
        """
        withdraw = self._actions.get(WITHDRAW)
        if self.waiting and withdraw is not None and self.env.workflow.may_withdraw(self.record):
            return [button_of(withdraw, self._address(WITHDRAW))]
        return [] if self.stop else list(self._offered.values())

    @property
    def stop(self) -> str:
        """Why the record goes no further: what is in the way of everything that could be done; empty otherwise."""
        reasons = [button.disabled_reason for button in self._offered.values()]
        # One button alone says it well enough itself.
        return reasons[0] if len(reasons) > 1 and len(set(reasons)) == 1 else ""

    def told(self) -> WaitingView | None:
        """What the record waits for."""
        if self.flow is None or not self.waiting:
            return None
        row = self.waiting[0]
        transition = self.flow.transitions.get(row.transition)
        label = transition.label if transition else row.transition
        who = person(self.env, row.requested_by)
        text = _("“{action}” is waiting for approval, asked for by {name}.", action=label, name=who.name)
        return WaitingView(str(text), next((each.url for each in self.waiting if each.url), ""))

    @cached_property
    def _offered(self) -> dict[str, Button]:
        """The transitions that the reader's grants open, by name."""
        if self.flow is None or self.waiting:
            return {}
        leaving = {t.name: t for t in self.flow.leaving(self.flow.state_of(self.record))}
        names = [name for name in self._actions if name in leaving and self.rights.may(leaving[name].grant)]
        return {name: self._button(leaving[name]) for name in names}

    @cached_property
    def _actions(self) -> dict[str, Action]:
        return offered_actions(self.env, type(self.record))

    @cached_property
    def _reachable(self) -> set[str]:
        """The states that a transition leads to which nothing is in the way of."""
        if self.flow is None:
            return set()
        free = [name for name, button in self._offered.items() if not button.disabled_reason]
        return {self.flow.transitions[name].target for name in free}

    def _step(self, state: State, place: Place) -> StatusStep:
        return StatusStep(str(state.label), place, is_reachable=state.code in self._reachable)

    def _button(self, transition: Transition) -> Button:
        made = button_of(self._actions[transition.name], self._address(transition.name))
        what = f"The guard of {transition.name}"
        reason = isolated(self.env, what, partial(self.env.workflow.refusal, self.record, transition), None)
        tone = "accent" if transition.is_primary and made.tone == "neutral" else made.tone
        return replace(made, tone=tone, disabled_reason=str(reason or ""))

    def _address(self, key: str) -> str:
        # With the version: nobody decides on what somebody else has changed in the meantime.
        return f"/{self.record.key()}/{self.record.id}/actions/{key}?version={self.record.version}"
