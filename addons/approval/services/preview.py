"""What is ahead of a record that does not wait yet: who will be asked once somebody moves it on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from addons.approval.people import asked_by
from addons.approval.services.flows import ApprovalFlows, begins_by_itself
from addons.approval.steps import Step
from core.api import Conflict, Env, Message, Model, Transition, listed


@dataclass(frozen=True, slots=True)
class Coming:
    """After `action` the record waits for `names`, by the flow of that name; `problem` is why it cannot be made."""

    action: str
    names: str = ""
    flow: str = ""
    problem: Message | str = ""


def coming(env: Env, record: Model) -> list[Coming]:
    """The flows that begin by themselves after a transition which the actor may make now."""
    return list(_coming(env, record))


def _coming(env: Env, record: Model) -> Iterator[Coming]:
    flow = env.workflow.flow(type(record))
    if flow is None:
        return
    state = flow.state_of(record)
    for transition in flow.leaving(state):
        waits = [each for each in flow.leaving(transition.target) if begins_by_itself(env, type(record), each)]
        if waits and transition.target != state and env.can(transition.grant, record):
            for each in waits:
                yield from _asks(env, record, str(transition.label), each)


def _asks(env: Env, record: Model, action: str, waits: Transition) -> Iterator[Coming]:
    try:
        applying = env.service(ApprovalFlows).applying(record, waits)
    except Conflict as error:
        yield Coming(action, problem=error.message)
        return
    if applying is not None:
        step = Step.from_json(applying.steps[0])
        people = asked_by(env, step, record, submitter=env.user_id, self_approval=applying.self_approval)
        members = env.actor.organisation.members
        yield Coming(action, listed([members[each.user].name for each in people]), applying.name)
