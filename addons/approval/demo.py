"""A flow for the quotes of the demo company, and what waits for the general manager in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from addons.approval.models import ApprovalEntry, ApprovalFlow
from addons.approval.services import Standing
from addons.approval.services.flows import APPROVE, documents
from addons.approval.steps import USERS, Step
from core.api import Env, Model, User, acting_as, backdate, replay_request

QUOTE = "quote"
"""By its key: without the addon that has quotes there is nothing to do."""
FLOW = "報價折扣超過 15%，由總經理核准"
CONDITIONS = ["highest_discount:gt:15"]
DAYS = 3


def load(env: Env) -> None:
    """The flow, and the requests of the quotes that were submitted before and fall under it."""
    model = documents(env).get(QUOTE)
    people = dict(env.session.execute(select(User.username, User.id).where(User.is_demo)).all())
    if model is None or "gm" not in people:
        return
    # By name: of a real company that looks at the demo, nobody is asked who has the role.
    step = Step(who=USERS, name="總經理", users=(people["gm"],), days=DAYS)
    with acting_as(env, people.get("admin")) as session:
        flow = ApprovalFlow(
            name=FLOW, model=QUOTE, transition=APPROVE, conditions=CONDITIONS, steps=[step.as_json()], position=10
        )
        session.add(flow)
    columns: Any = model
    wanted = select(model).where(columns.state == "submitted", columns.created_by.in_(people.values()))
    for record in env.session.scalars(wanted.order_by(columns.id)).all():
        _request(env, record)


def _request(env: Env, record: Any) -> None:
    """Has the record wait, as if its flow had begun when it was submitted, by who submitted it."""
    submitter, at = record.submitted_by_id, record.updated_at
    replay_request(env, record, APPROVE, by=submitter, at=at)
    request = env.service(Standing).running(record)
    if request is None:
        return
    request.submitter_id = submitter
    env.session.flush()
    entries = update(ApprovalEntry).where(ApprovalEntry.request_id == request.id)
    env.session.execute(entries.values(user_id=request.submitter_id, at=at))
    made: list[tuple[Model, Any]] = [(request, at)]
    backdate(env, made)
