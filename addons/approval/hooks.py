"""Where the engine steps in: transitions that are asked for, decisions on what waits, and who sees which request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from addons.approval.models import ApprovalRequest, ApprovalSigner
from addons.approval.services import Approvals, Standing
from addons.approval.services.approvals import PREFIX
from addons.approval.services.flows import APPROVE, RECALL, REJECT, begins_by_itself
from core.api import EDIT, Actor, Env, Model, Pending, Performed, Transition, hookimpl

WITHDRAW = "withdraw"


@hookimpl
def transition_requested(env: Env, record: Model, transition: Transition) -> Pending | None:
    """Has the record wait if a flow applies to it.

    What the system does because a day has begun is nobody's to approve, but for what goes on with approval alone.
    """
    if env.workflow.is_completing(record):
        return None
    if env.actor.is_system and not begins_by_itself(env, type(record), transition):
        return None
    return env.service(Approvals).begin(record, transition)


@hookimpl
def state_changed(env: Env, record: Model, after: str) -> None:
    """What can only go on with somebody's approval begins its flow at once."""
    flow = env.workflow.flow(type(record))
    for transition in flow.leaving(after) if flow is not None else ():
        if begins_by_itself(env, type(record), transition):
            env.workflow.request(record, transition.name)


@hookimpl
def decision_given(
    env: Env, record: Model, name: str, arguments: Mapping[str, Any], reference: str
) -> Performed | None:
    """What is asked for on the record itself counts as the person's decision."""
    if not reference.startswith(PREFIX):
        return None
    approvals, id = env.service(Approvals), int(reference.removeprefix(PREFIX))
    opinion = next((str(arguments[key]) for key in ("opinion", "comment", "reason", "note") if arguments.get(key)), "")
    rows = env.workflow.waiting(record)
    if name in (APPROVE, *(row.transition for row in rows)):
        return approvals.approve(id, opinion=opinion)
    if name == REJECT:
        return approvals.reject(id, opinion=opinion)
    if name in (RECALL, WITHDRAW):
        return approvals.withdraw(id, reason=opinion)
    return None


@hookimpl
def decisions_open(env: Env, record: Model, reference: str) -> frozenset[str] | None:
    """What the actor may ask for while the record waits for a flow."""
    if not reference.startswith(PREFIX):
        return None
    standing = env.service(Standing)
    request = standing.running(record)
    if request is None:
        return frozenset()
    open_to = {request.transition, APPROVE, REJECT} if standing.is_asked(request) else set[str]()
    return frozenset(open_to | ({WITHDRAW, RECALL} if standing.may_withdraw(request) else set()))


@hookimpl
def transition_cancelled(env: Env, record: Model, ids: Sequence[str]) -> None:
    """A request is over when what it is about was dropped."""
    env.service(Approvals).cancelled(record, ids)


@hookimpl
def access_rules(actor: Actor, model: type[Model], columns: Any) -> ColumnElement[bool] | None:
    """Of the requests somebody sees those that they submitted or are asked about; who administers flows sees all."""
    if model is not ApprovalRequest or actor.may("approval_flow", EDIT):
        return None
    signer = ApprovalSigner.__table__.c
    asked = select(signer.request_id).where(signer.user_id == actor.id)
    return or_(columns.submitter_id == actor.id, columns.id.in_(asked))
