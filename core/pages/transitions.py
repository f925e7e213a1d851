"""The transitions of a model's workflow as actions: one button, one dialog, one way for pages, lists and the API."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from core.access.actor import READ
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import Model
from core.pages.nodes import Action
from core.workflow.composition import Flow
from core.workflow.declaration import WITHDRAW, Transition

if TYPE_CHECKING:
    from core.env import Env
    from core.workflow.decisions import Performed

_REASON = (Field(Kind.TEXT, _("Reason"), name="reason", max_length=500),)


def transition_actions(env: Env, model: type[Model]) -> dict[str, Action]:
    """The model's transitions by name, and withdrawing the one that waits; empty without a workflow."""
    flow = env.workflow.flow(model)
    return {} if flow is None else actions_of_flow(model, flow)


def actions_of_flow(model: type[Model], flow: Flow) -> dict[str, Action]:
    """The same, of a workflow that is known."""
    return {t.name: _action(model, t) for t in flow.transitions.values()} | {WITHDRAW: _withdrawing(model)}


def _action(model: type[Model], transition: Transition) -> Action:
    return Action(
        key=transition.name,
        model=model,
        label=transition.label,
        run=partial(_perform, transition.name),
        grant=transition.grant,
        icon=transition.icon,
        arguments=transition.arguments,
        confirm=transition.confirm,
        done=transition.done,
        is_primary=transition.is_primary,
        bulk=transition.bulk,
        tone=transition.tone,
        takes_version=True,
    )


def _perform(name: str, env: Env, record: Model, *, version: int | None = None, **arguments: Any) -> Performed:
    # It says itself why it is not possible, in more words than `when` could.
    return env.workflow.perform(record, name, version=version, **arguments)


def _withdrawing(model: type[Model]) -> Action:
    return Action(
        key=WITHDRAW,
        model=model,
        label=_("Withdraw the request"),
        run=_withdraw,
        grant=READ,
        icon="arrow-back-up",
        arguments=_REASON,
        done=_("Request withdrawn"),
    )


def _withdraw(env: Env, record: Model, *, reason: str | None) -> None:
    env.workflow.withdraw(record, reason=reason or "")
