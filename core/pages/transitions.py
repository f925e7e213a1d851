"""The transitions of a model's workflow as actions: one button, one dialog, one way for pages, lists and the API."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from core.access.actor import READ
from core.errors import Forbidden
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import Model
from core.pages.nodes import Action
from core.workflow.composition import Flow
from core.workflow.declaration import WITHDRAW, Transition
from core.workflow.errors import NotWaiting

if TYPE_CHECKING:
    from core.env import Env
    from core.workflow.engine import Performed

_REASON = (Field(Kind.TEXT, _("Reason"), name="reason", max_length=500),)


def transition_actions(env: Env, model: type[Model]) -> dict[str, Action]:
    """The model's transitions by name, and withdrawing the one that waits; empty without a workflow."""
    flow = env.workflow.flow(model)
    return {} if flow is None else actions_of_flow(model, flow)


def actions_of_flow(model: type[Model], flow: Flow) -> dict[str, Action]:
    """The same, of a workflow that is known."""
    return {t.name: _action(model, t) for t in flow.transitions.values()} | {WITHDRAW: _withdrawing(model)}


def may_withdraw(env: Env, record: Model) -> bool:
    """Whether the actor may drop what waits: who asked for it, and who may make the transition."""
    flow, rows = env.workflow.flow(type(record)), env.workflow.waiting(record)
    if flow is None or not rows:
        return False
    transition = flow.transitions.get(rows[0].transition)
    is_theirs = env.user_id is not None and rows[0].requested_by == env.user_id
    return is_theirs or (transition is not None and env.can(transition.grant, record))


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
    rows = env.workflow.waiting(record)
    if not rows:
        raise NotWaiting()
    if not may_withdraw(env, record):
        raise Forbidden()
    env.workflow.cancel(rows[0].reference, reason=reason or "")
