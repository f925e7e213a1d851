"""Where approval is met: on every document that waits, in one list of one's own, and in the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from addons.approval.models import (
    SENT_BACK,
    STATES,
    STUCK,
    WITHDRAWN,
    ApprovalDeputy,
    ApprovalFlow,
    ApprovalRequest,
)
from addons.approval.services import ApprovalFlows, Approvals
from addons.approval.services.approvals import AFTER, BEFORE
from addons.approval.services.flows import documents
from addons.approval.steps import HOW, Step
from addons.approval.views import blueprint
from addons.approval.views.mine import card
from addons.approval.views.trail import box_of, describe_step, trail_of
from core.api import (
    CREATE,
    EDIT,
    READ,
    Action,
    Card,
    DetailPage,
    Env,
    Field,
    FormPage,
    Html,
    Kind,
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
    pgettext,
)

_OPINION = Field(Kind.LONG_TEXT, _("Opinion"), name="opinion", max_length=2000)
_WHY = Field(Kind.LONG_TEXT, _("Opinion"), name="opinion", max_length=2000, required=True)
_TO = Field(Kind.LINK, _("To whom"), name="to", target="user", required=True)
_PLACE = Field(
    Kind.CHOICE,
    pgettext("signer", "When"),
    name="place",
    required=True,
    default=BEFORE,
    options={BEFORE: _("Before me"), AFTER: _("After me")},
)


def _calls(name: str) -> Callable[..., None]:
    """Calls the method of `Approvals` on the request."""

    def run(env: Env, record: ApprovalRequest, **arguments: Any) -> None:
        given = {key: "" if value is None and key == "opinion" else value for key, value in arguments.items()}
        getattr(env.service(Approvals), name)(record.id, **given)

    return run


def _is_asked(env: Env, record: ApprovalRequest) -> bool:
    return env.service(Approvals).is_asked(record)


def _is_stuck(env: Env, record: ApprovalRequest) -> bool:
    return record.state == STUCK and env.actor.may("approval_flow", EDIT)


def _action(key: str, label: Text, done: Text, icon: str, *arguments: Field, **more: Any) -> Action:
    """Whether somebody may is for the service to say, in more words than a button that is missing."""
    return Action(
        key=key,
        model=ApprovalRequest,
        label=label,
        done=done,
        icon=icon,
        run=_calls(key),
        grant=READ,
        arguments=arguments,
        **more,
    )


def _withdraw(env: Env, record: ApprovalRequest, *, reason: str | None) -> None:
    env.service(Approvals).withdraw(record.id, reason=reason or "")


def _problem(env: Env, flow: ApprovalFlow) -> Text | None:
    found = env.service(ApprovalFlows).problems(flow) if flow.is_active else []
    return found[0] if found else None


def _steps(env: Env, flow: ApprovalFlow) -> Markup:
    """The steps and conditions, in words."""
    model = documents(env).get(flow.model)
    wanted = conditions.sentences(env, model, flow.conditions) if model is not None else flow.conditions
    parts = [Markup("<li>{}</li>").format(text) for text in wanted] or [
        Markup("<li>{}</li>").format(str(_("All documents of this kind")))
    ]
    steps = [Step.from_json(kept) for kept in flow.steps]
    told = [
        Markup("<li>{} <span class='muted'>{}</span></li>").format(
            step.name or describe_step(env, step), str(HOW[step.how])
        )
        for step in steps
    ]
    body = Markup("<ul class='approval-signers'>{}</ul><ol class='approval-steps'>{}</ol>")
    return body.format(Markup("").join(parts), Markup("").join(told))


def _kind(env: Env, flow: ApprovalFlow) -> Markup:
    model = documents(env).get(flow.model)
    flow_of = env.workflow.flow(model) if model is not None else None
    found = flow_of.transitions.get(flow.transition) if flow_of is not None else None
    title = str(model.__title__) if model is not None else flow.model
    return Markup("<p>{} · {}</p>").format(escape(title), str(found.label) if found else flow.transition)


def _box(env: Env, record: Model) -> Markup:
    return box_of(env, record) if type(record).__workflow__ or isinstance(record, ApprovalRequest) else Markup("")


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
    Html(place="*.detail", key="approval", render=_box),
    Panel(place="*.detail.side", key="approval", label=_("Approval"), render=_trail, before="facts"),
    ListPage(
        model=ApprovalRequest,
        columns=("flow_name", "submitter_id", "state", "due_on", "created_at"),
        filters=("state", "submitter_id", "due_on", "flow_id"),
        card=("submitter_id", "state"),
    ),
    DetailPage(model=ApprovalRequest, pills=("state",), header=("submitter_id", "due_on")),
    _action(
        "approve",
        _("Approve"),
        pgettext("approval", "Approved"),
        "check",
        _OPINION,
        when=_is_asked,
        is_primary=True,
        bulk=True,
    ),
    _action(
        "reject",
        pgettext("approval", "Reject"),
        pgettext("approval", "Rejected"),
        "x",
        _WHY,
        when=_is_asked,
        tone="negative",
        bulk=True,
    ),
    _action("send_back", _("Send back"), STATES[SENT_BACK], "arrow-back-up", _WHY, when=_is_asked),
    _action("delegate", _("Delegate"), _("Delegated"), "user-share", _TO, _OPINION, when=_is_asked),
    _action("add_signer", _("Add a signer"), _("Added"), "user-plus", _TO, _PLACE, _OPINION, when=_is_asked),
    _action("appoint", _("Appoint somebody"), _("Appointed"), "user-plus", _TO, when=_is_stuck),
    _action("retry", _("Look again"), _("Looked again"), "refresh", when=_is_stuck),
    Action(
        key="withdraw",
        model=ApprovalRequest,
        label=_("Withdraw"),
        done=STATES[WITHDRAWN],
        icon="arrow-back-up",
        run=_withdraw,
        grant=READ,
        arguments=(Field(Kind.TEXT, _("Reason"), name="reason", max_length=500),),
        when=lambda env, record: env.service(Approvals).may_withdraw(record),
    ),
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
