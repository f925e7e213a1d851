"""Where approval is met: on every document that waits, in one list of one's own, and in the settings."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup, escape

from addons.approval.actions import ACTIONS
from addons.approval.models import ApprovalDeputy, ApprovalFlow, ApprovalRequest
from addons.approval.services import ApprovalFlows
from addons.approval.services.flows import documents
from addons.approval.steps import Step
from addons.approval.views import blueprint
from addons.approval.views.box import box_of
from addons.approval.views.mine import card
from addons.approval.views.trail import trail_of
from addons.approval.wording import step_in_words
from core.api import (
    CREATE,
    EDIT,
    READ,
    Action,
    Card,
    DetailPage,
    Env,
    FormPage,
    Html,
    ListAction,
    ListPage,
    Menu,
    Model,
    Notice,
    Panel,
    Routes,
    Section,
    Text,
    _,
    conditions,
)


def _problem(env: Env, flow: ApprovalFlow) -> Text | None:
    found = env.service(ApprovalFlows).problems(flow) if flow.is_active else []
    return found[0] if found else None


def _steps(env: Env, flow: ApprovalFlow) -> Markup:
    """The steps and conditions, in words."""
    model = documents(env).get(flow.model)
    wanted = conditions.sentences(env, model, flow.conditions) if model is not None else flow.conditions
    steps = [step_in_words(env, Step.from_json(kept)) for kept in flow.steps]
    return Markup(render_template("approval/flow.html", conditions=wanted, steps=steps))


def _kind(env: Env, flow: ApprovalFlow) -> Markup:
    model = documents(env).get(flow.model)
    flow_of = env.workflow.flow(model) if model is not None else None
    found = flow_of.transitions.get(flow.transition) if flow_of is not None else None
    title = str(model.__title__) if model is not None else flow.model
    return Markup("<p>{} · {}</p>").format(escape(title), str(found.label) if found else flow.transition)


def _trail(env: Env, record: Model) -> Markup:
    return trail_of(env, record) if type(record).__workflow__ or isinstance(record, ApprovalRequest) else Markup("")


PAGES = [
    Menu(group="office", key="approvals", label=_("My approvals"), icon="checklist", url="/approval", position=30),
    Menu(group="office", key="deputies", label=_("Deputies"), icon="user-share", model=ApprovalDeputy, position=90),
    Menu(
        group="settings",
        key="approval_flow",
        label=_("Approval flows"),
        icon="checklist",
        model=ApprovalFlow,
        grant=("approval_flow", READ),
        position=45,
    ),
    Card(key="approvals", label=_("My approvals"), render=card, position=15),
    Html(place="*.detail", key="approval", render=box_of, tells_waiting=True),
    Panel(place="*.detail.side", key="approval", label=_("Approval"), render=_trail, before="facts"),
    ListPage(
        model=ApprovalRequest,
        columns=("flow_name", "submitter_id", "state", "due_on", "created_at"),
        filters=("state", "submitter_id", "due_on", "flow_id"),
        card=("submitter_id", "state"),
    ),
    DetailPage(model=ApprovalRequest, pills=("state",), header=("submitter_id", "due_on")),
    *ACTIONS,
    ListPage(
        model=ApprovalFlow,
        columns=("position", "name", "model", "transition", "is_active"),
        filters=("model", "is_active"),
        card=("model", "is_active"),
        sort="position",
        empty=_("Without a flow, whoever may approve a document decides alone."),
    ),
    DetailPage(model=ApprovalFlow, header=("position", "is_active", "self_approval")),
    Panel(place="approval_flow.detail.side", key="kind", label=_("Action that is approved"), render=_kind),
    Panel(place="approval_flow.detail.side", key="steps", label=_("Steps"), render=_steps),
    Notice(place="approval_flow.detail", key="problems", text=_problem),
    ListAction(
        key="new",
        label=_("New approval flow"),
        url="/approval_flow/editor",
        grant=CREATE,
        icon="plus",
        model=ApprovalFlow,
        is_primary=True,
    ),
    Action(
        key="change",
        model=ApprovalFlow,
        label=_("Change the flow"),
        run=lambda env, record: f"/approval_flow/{record.id}/editor",
        grant=EDIT,
        icon="pencil",
        is_primary=True,
    ),
    ListPage(
        model=ApprovalDeputy,
        columns=("user_id", "to_id", "since", "until", "note"),
        filters=("user_id", "to_id", "since"),
        card=("to_id", "until"),
        sort="-since",
        empty=_("Say here who decides on your approvals while you are away."),
    ),
    FormPage(
        model=ApprovalDeputy,
        sections=(Section(key="main", label=Text(""), fields=("user_id", "to_id", "since", "until", "note")),),
    ),
    DetailPage(model=ApprovalDeputy, header=("user_id", "to_id", "since", "until")),
    Routes(blueprint=blueprint),
]
