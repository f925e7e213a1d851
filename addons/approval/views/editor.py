"""Making a flow: what it is for, its conditions, and its steps one below the other. Works without scripts as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from addons.approval.models import ApprovalFlow
from addons.approval.services.flows import approvable, begins_by_itself, documents
from addons.approval.steps import HOW, MOST_STEPS, WHO, WHOSE
from core.administration import models
from core.api import (
    EDIT,
    BadRequest,
    Env,
    Forbidden,
    Invalid,
    NotFound,
    Role,
    _,
    condition_editor,
    describe,
    leave,
    set_crumbs,
    toast,
)

ROOT = "/approval_flow"
NEW = {"who": "supervisor", "how": "all", "levels": 1, "users": []}


def new() -> ResponseReturnValue:
    """First for what the flow is to be, then everything else."""
    env: Env = g.env
    _check(env, "create")
    subjects = _subjects(env)
    subject = (request.form if request.method == "POST" else request.args).get("for", "")
    if subject not in {key for key, _label in subjects}:
        set_crumbs((str(_("New approval flow")), request.path))
        return render_template("approval/choose.html", subjects=subjects)
    model, _dot, transition = subject.partition(".")
    start = {"name": "", "position": 10, "is_active": True, "self_approval": False, "conditions": [], "steps": [NEW]}
    return _edit(env, None, start | {"model": model, "transition": transition})


def edit(id: int) -> ResponseReturnValue:
    """Changes a flow. Requests that run keep their steps."""
    env: Env = g.env
    _check(env, EDIT)
    flow = env.get(ApprovalFlow, id)
    names = ("name", "model", "transition", "position", "is_active", "self_approval", "conditions", "steps", "version")
    return _edit(env, flow, {name: getattr(flow, name) for name in names})


def _edit(env: Env, flow: ApprovalFlow | None, values: dict[str, Any]) -> ResponseReturnValue:
    problems: Mapping[str, Any] = {}
    focus: int | None = None
    if request.method == "POST":
        values |= _sent(values)
        focus = _arrange(values["steps"], request.form.get("do", "save"))
        if focus is None:
            saved, problems = _save(env, flow, values)
            if saved is not None:
                toast(_("The approval flow is saved. Documents that wait already keep their steps."))
                return leave(f"{ROOT}/{saved}")
    return _page(env, flow, values, problems, focus), 422 if problems else 200


def _save(env: Env, flow: ApprovalFlow | None, values: Mapping[str, Any]) -> tuple[int | None, Mapping[str, Any]]:
    service = env.records(ApprovalFlow)
    given = {name: value for name, value in values.items() if name != "version"}
    try:
        with env.savepoint():
            if flow is None:
                return service.create(given).id, {}
            return service.update(flow, given, version=values["version"]).id, {}
    except Invalid as error:
        return None, {name: " ".join(map(str, messages)) for name, messages in error.fields.items()}


def _page(
    env: Env, flow: ApprovalFlow | None, values: Mapping[str, Any], problems: Mapping[str, Any], focus: int | None
) -> str:
    model = models().get(values["model"])
    if model is None:
        raise NotFound()
    title = str(_("New approval flow") if flow is None else flow.name)
    set_crumbs((title, request.path))
    try:
        conditions = condition_editor(env, model, values["conditions"])
    except BadRequest as error:
        problems = {"conditions": str(error.message)} | dict(problems)
        conditions = condition_editor(env, model, [])
    transition = next((each for each in approvable(env, model) if each.name == values["transition"]), None)
    with env.system("which roles there are") as session:
        roles = [(role.id, role.name) for role in session.scalars(select(Role).order_by(Role.name))]
    members = env.actor.organisation.members.values()
    return render_template(
        "approval/editor.html",
        title=title,
        values=values,
        problems=problems,
        focus=focus,
        kind=str(describe(model).title),
        action=str(transition.label if transition else values["transition"]),
        begins=transition is not None and begins_by_itself(env, model, transition),
        conditions=conditions,
        who=WHO,
        whose=WHOSE,
        how=HOW,
        roles=roles,
        people=sorted(((each.id, each.name) for each in members if each.is_active), key=lambda pair: pair[1]),
        cancel=ROOT if flow is None else f"{ROOT}/{flow.id}",
        subject=f"{values['model']}.{values['transition']}",
    )


def _sent(values: Mapping[str, Any]) -> dict[str, Any]:
    form = request.form
    count = min(_number(form.get("count")) or 0, MOST_STEPS + 1)
    lines = form.get("conditions", "").splitlines()
    return {
        "name": form.get("name", ""),
        "position": _number(form.get("position")),
        "is_active": "is_active" in form,
        "self_approval": "self_approval" in form,
        "conditions": [line.strip() for line in lines if line.strip()],
        "steps": [_step(place) for place in range(count)],
        **({"version": _number(form.get("version"))} if "version" in values else {}),
    }


def _step(place: int) -> dict[str, Any]:
    form = request.form
    return {
        "name": form.get(f"name-{place}", ""),
        "who": form.get(f"who-{place}", ""),
        "users": [number for text in form.getlist(f"users-{place}") if (number := _number(text))],
        "role": _number(form.get(f"role-{place}")),
        "whose": form.get(f"whose-{place}", "submitter"),
        "levels": _number(form.get(f"levels-{place}")) or 1,
        "how": form.get(f"how-{place}", "all"),
        "days": _number(form.get(f"days-{place}")),
    }


def _arrange(steps: list[dict[str, Any]], do: str) -> int | None:
    """Adds, removes or moves a step as the button says.

    Returns the place where whoever pressed it goes on, None if it was the button that saves.
    """
    what, _dash, text = do.partition("-")
    place = _number(text) or 0
    if what == "add" and len(steps) < MOST_STEPS:
        steps.append(dict(NEW))
        place = len(steps) - 1
    elif what == "remove" and place < len(steps):
        del steps[place]
        place = max(0, place - 1)
    elif what == "up" and 0 < place < len(steps):
        steps[place - 1], steps[place] = steps[place], steps[place - 1]
        place -= 1
    return None if what == "save" else place


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _subjects(env: Env) -> list[tuple[str, str]]:
    """(key, label) of everything that a flow can be made for."""
    found = [
        (f"{key}.{each.name}", f"{describe(model).title} · {each.label}")
        for key, model in documents(env).items()
        for each in approvable(env, model)
    ]
    return sorted(found, key=lambda pair: pair[1])


def _check(env: Env, action: str) -> None:
    if not env.actor.may("approval_flow", action):
        raise Forbidden()
