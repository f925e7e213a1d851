"""Flows: which one applies to a document, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from addons.approval.errors import BrokenFlow
from addons.approval.models import ApprovalFlow
from addons.approval.steps import ROLE, USERS, Step, read_steps
from core.administration import models
from core.api import (
    READ,
    BadRequest,
    Env,
    Message,
    Model,
    Records,
    Role,
    Text,
    Transition,
    _,
    conditions,
    describe,
)

APPROVE, REJECT, RECALL = "approve", "reject", "recall"
"""What the transitions of a workflow are called that the engine asks for by itself."""
DECIDING = frozenset({REJECT, RECALL})
MOST_CONDITIONS = 60


class ApprovalFlows(Records[ApprovalFlow]):
    """Flows, made by administrators. Requests that run keep the steps with which they began."""

    model = ApprovalFlow

    def validate(self, values: Mapping[str, Any], record: ApprovalFlow | None) -> dict[str, Message]:
        """The transition is one of the model, the conditions make sense for it, and the steps are complete."""
        problems = super().validate(values, record)
        steps, wrong = read_steps(values.get("steps"))
        problems |= wrong | self._unknown(steps)
        # Also of an addon that is off now: a flow outlives that.
        model = models().get(str(values.get("model")))
        if model is None or model.__workflow__ is None:
            problems["model"] = _("Please choose a kind of document that has states.")
            return problems
        if values.get("transition") not in {each.name for each in approvable(self.env, model)}:
            problems["transition"] = _("Please choose an action of this kind of document.")
        problems |= self._bad_conditions(model, values.get("conditions"))
        return problems

    def derive(self, values: Mapping[str, Any], record: ApprovalFlow | None) -> Mapping[str, Any]:
        """The steps in full, and no condition twice."""
        steps, wrong = read_steps(values.get("steps"))
        given = values.get("conditions") or []
        whole = {} if wrong else {"steps": [step.as_json() for step in steps]}
        is_list = isinstance(given, list) and all(isinstance(each, str) for each in given)
        plain = {"conditions": list(dict.fromkeys(filter(None, map(str.strip, given))))} if is_list else {}
        return dict(super().derive(values, record)) | whole | plain

    def applying(self, record: Model, transition: Transition) -> ApprovalFlow | None:
        """The first flow that fits the record, whoever asks. Raises `BrokenFlow` where that cannot be told."""
        wanted = select(ApprovalFlow).where(
            ApprovalFlow.model == record.key(), ApprovalFlow.transition == transition.name, ApprovalFlow.is_active
        )
        with self.env.system("which approval flow applies") as session:
            for flow in session.scalars(wanted.order_by(ApprovalFlow.position, ApprovalFlow.id)):
                if self._fits(flow, record):
                    return flow
        return None

    def problems(self, flow: ApprovalFlow) -> list[Text]:
        """What keeps the flow from working as it is meant to, for those who administer it."""
        return list(self._problems(flow))

    def _fits(self, flow: ApprovalFlow, record: Model) -> bool:
        try:
            return conditions.fulfils(self.env, record, flow.conditions)
        except BadRequest as error:
            text = _(
                "It cannot be told whether the approval flow “{flow}” applies: {problem} Please ask an administrator.",
                flow=flow.name,
                problem=error.message,
            )
            raise BrokenFlow(text) from error

    def _unknown(self, steps: Sequence[Step]) -> dict[str, Message]:
        """People and roles that are not there."""
        members, roles = self.env.actor.organisation.members, _roles(self.env)
        found: dict[str, Message] = {}
        for place, step in enumerate(steps):
            if any(id not in members for id in step.users):
                found[f"steps.{place}.users"] = _("Please choose existing people.")
            if step.who == ROLE and step.role not in roles:
                found[f"steps.{place}.role"] = _("Please choose a role.")
        return found

    def _bad_conditions(self, model: type[Model], given: Any) -> dict[str, Message]:
        is_list = isinstance(given, list) and all(isinstance(text, str) for text in given)
        if not is_list or len(given) > MOST_CONDITIONS:
            return {"conditions": _("Please give at most {count} conditions, as a list.", count=MOST_CONDITIONS)}
        try:
            conditions.parse_conditions(self.env, model, given)
        except BadRequest as error:
            return {"conditions": error.message}
        return {}

    def _problems(self, flow: ApprovalFlow) -> Iterator[Text]:
        model = documents(self.env).get(flow.model)
        if model is None:
            yield _("There are no documents of this kind: their addon is off.")
            return
        if flow.transition not in {each.name for each in approvable(self.env, model)}:
            yield _("The action does not exist any more.")
        for message in self._bad_conditions(model, flow.conditions).values():
            yield _("The conditions cannot be read: {problem}", problem=message)
        for place, step in enumerate(map(Step.from_json, flow.steps), start=1):
            for text in self._problems_of(step, model):
                yield _("Step {number}: {problem}", number=place, problem=text)

    def _problems_of(self, step: Step, model: type[Model]) -> Iterator[Text]:
        members = self.env.actor.organisation.members
        meant = [members[id] for id in step.users if id in members]
        if step.who == ROLE:
            meant = [each for each in members.values() if step.role in each.roles and each.is_active]
            if not meant:
                yield _("Nobody who can sign in has this role.")
        for member in meant if step.who == USERS else ():
            if not member.is_active:
                yield _("{name} cannot sign in any more.", name=member.name)
            elif not self.env.site.actor(member.id, self.env).may(model.key(), READ):
                yield _("{name} may not see documents of this kind.", name=member.name)
        if step.who == ROLE and meant:
            may_see = [m for m in meant if self.env.site.actor(m.id, self.env).may(model.key(), READ)]
            if not may_see:
                yield _("Nobody with this role may see documents of this kind.")


def documents(env: Env) -> dict[str, type[Model]]:
    """The kinds of records that have states, of the enabled addons, by key."""
    on = {"core", *env.enabled}
    return {
        key: model for key, model in models().items() if model.__workflow__ is not None and describe(model).addon in on
    }


def approvable(env: Env, model: type[Model]) -> list[Transition]:
    """The transitions of the model for which a flow can be made."""
    flow = env.workflow.flow(model)
    every = flow.transitions.values() if flow is not None else ()
    return [
        each for each in every if each.name not in DECIDING and not (begins_by_itself(env, model, each) and _asks(each))
    ]


def begins_by_itself(env: Env, model: type[Model], transition: Transition) -> bool:
    """Whether its flow begins once a record is in a state where it leaves, so that nobody has to ask for it.

    So it is with what only needs somebody's approval to go on; to void something is asked for.
    """
    flow = env.workflow.flow(model)
    is_aside = flow is not None and transition.target in flow.states and flow.states[transition.target].aside
    return transition.grant == APPROVE and transition.name not in DECIDING and not is_aside


def _asks(transition: Transition) -> bool:
    """Whether somebody has to fill something in: of what begins by itself, there is nobody who could."""
    return any(spec.required and spec.default is None for spec in transition.arguments)


def _roles(env: Env) -> set[int]:
    with env.system("which roles there are") as session:
        return set(session.scalars(select(Role.id)))
