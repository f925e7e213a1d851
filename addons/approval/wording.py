"""What flows are made of, in words: for their pages and their history."""

from __future__ import annotations

from typing import Any

from addons.approval.steps import HOW, ROLE, SUPERVISOR, USERS, WHO, WHOSE, Step
from core.administration import models
from core.api import Env, Model, Role, Text, _, conditions, describe, listed, ngettext


def describe_step(env: Env, step: Step) -> str:
    """Whom the step asks, in words."""
    members = env.actor.organisation.members
    if step.who == USERS:
        return listed([members[id].name for id in step.users if id in members])
    if step.who == ROLE:
        with env.system("what a role is called") as session:
            role = session.get(Role, step.role)
            return str(_("Everybody with the role {role}", role=role.name if role else "—"))
    text = _("{who} {whose}", who=WHO[step.who], whose=WHOSE[step.whose])
    if step.levels == 1:
        return str(text)
    label = _("{who}, {count} levels up", who=text, count=step.levels)
    return str(label if step.who == SUPERVISOR else _("{who}, {count} departments up", who=text, count=step.levels))


def step_in_words(env: Env, step: Step) -> str:
    """“General manager: 張淑芬 (All must agree, 3 days)”"""
    whom = describe_step(env, step)
    text = _("{step}: {whom}", step=step.name, whom=whom) if step.name else whom
    days = f", {ngettext('{count} day', '{count} days', step.days)}" if step.days else ""
    return f"{text} ({HOW[step.how]}{days})"


def steps_in_words(env: Env, kept: Any, record: Model | None) -> str:
    """“1. Supervisor of who submits (All must agree); 2. …”"""
    told = [step_in_words(env, Step.from_json(each)) for each in kept]
    return "; ".join(f"{place}. {text}" for place, text in enumerate(told, start=1))


def conditions_in_words(env: Env, kept: Any, record: Any) -> str:
    """The conditions as filters read, of the flow that has them."""
    model = models().get(record.model) if record is not None else None
    if not kept:
        return str(_("All documents of this kind"))
    return "; ".join(conditions.sentences(env, model, kept) if model is not None else kept)


def kind_in_words(env: Env, key: Any, record: Model | None) -> str:
    """What documents of the kind are called; the key of one whose addon is gone."""
    model = models().get(key)
    return str(describe(model).title) if model is not None else str(key)


def transition_in_words(env: Env, name: Any, record: Any) -> str:
    """What the transition is called, of the kind of document that the record says or else of any that has it."""
    known = models()
    kinds = [known[record.model]] if record is not None and record.model in known else list(known.values())
    for model in kinds:
        flow = env.workflow.flow(model)
        if flow is not None and name in flow.transitions:
            label: Text = flow.transitions[name].label
            return str(label)
    return str(name)
