"""What of a request is shown beside the document: its steps, who is asked, and who did what when with which opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from addons.approval.models import (
    APPROVED,
    ASKED,
    DELEGATED,
    DROPPED,
    QUEUED,
    REJECTED,
    SENT_BACK,
    STATES,
    STUCK,
    TONES,
    WITHDRAWN,
    ApprovalEntry,
    ApprovalRequest,
    ApprovalSigner,
)
from addons.approval.steps import HOW, Step
from addons.approval.wording import describe_step
from core.administration import Cells, person, views
from core.api import Env, Model, Text, _, pgettext

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DONE: Mapping[str, Text] = {
    "submitted": _("asked for approval"),
    APPROVED: _("agreed"),
    REJECTED: _("rejected it"),
    SENT_BACK: _("sent it back"),
    WITHDRAWN: _("withdrew the request"),
    DELEGATED: _("left the decision to {name}"),
    "added": _("had {name} decide too"),
    "appointed": _("appointed {name}"),
    STUCK: _("found nobody who can decide"),
}
"""What people are told of the entries of the trail."""

SIGNER: Mapping[str, tuple[Text, str]] = {
    ASKED: (_("to decide"), "accent"),
    QUEUED: (_("not yet asked"), "neutral"),
    APPROVED: (_("agreed"), "positive"),
    REJECTED: (_("rejected it"), "negative"),
    SENT_BACK: (_("sent it back"), "warning"),
    DELEGATED: (pgettext("signer", "delegated"), "neutral"),
    DROPPED: (_("not needed"), "neutral"),
}


@dataclass(slots=True)
class StepView:
    """A step: what it is called, how it decides, where it stands, and its signers (name, state, tone, instead of)."""

    title: str
    how: str
    place: str
    signers: list[tuple[str, str, str, str]] = field(default_factory=list)


def trail_of(env: Env, record: Model) -> Markup:
    """The panel beside a document: its requests, the latest first. Empty for what never waited."""
    with env.system("the trail of a visible record") as session:
        found = session.scalars(_of(record).order_by(ApprovalRequest.id.desc()).limit(5)).all()
        parts = [_request(env, session, request) for request in found]
    return Markup(render_template("approval/trail.html", requests=parts)) if parts else Markup("")


def _of(record: Model) -> Any:
    if isinstance(record, ApprovalRequest):
        return select(ApprovalRequest).where(ApprovalRequest.id == record.id)
    return select(ApprovalRequest).where(ApprovalRequest.model == record.key(), ApprovalRequest.record_id == record.id)


def _request(env: Env, session: Session, request: ApprovalRequest) -> dict[str, Any]:
    signers = session.scalars(
        select(ApprovalSigner).where(ApprovalSigner.request_id == request.id).order_by(ApprovalSigner.id)
    ).all()
    entries = session.scalars(
        select(ApprovalEntry).where(ApprovalEntry.request_id == request.id).order_by(ApprovalEntry.id)
    ).all()
    moments = Cells(env).moments
    return {
        "name": request.flow_name,
        "state": views.Pill(str(STATES[request.state]), TONES[request.state]),  # type: ignore[arg-type]
        "is_open": request.is_open,
        "due": moments.day(request.due_on) if request.due_on else "",
        "steps": [_step(env, request, place, signers) for place in range(len(request.steps))],
        "entries": [
            {
                "who": person(env, entry.user_id),
                "what": _told(env, entry),
                "at": moments.moment(entry.at),
                "opinion": entry.opinion,
            }
            for entry in entries
        ],
    }


def _told(env: Env, entry: ApprovalEntry) -> str:
    text = DONE[entry.action]
    return str(text.filled(name=person(env, entry.other_id).name) if "{name}" in text.message else text)


def _step(env: Env, request: ApprovalRequest, place: int, signers: Any) -> StepView:
    step = Step.from_json(request.steps[place])
    is_done = place < request.step or request.state == APPROVED
    view = StepView(
        title=step.name or describe_step(env, step),
        how=str(HOW[step.how]),
        place="done" if is_done else "current" if place == request.step and request.is_open else "ahead",
    )
    for signer in signers:
        if signer.step == place and signer.state != DROPPED:
            label, tone = SIGNER[signer.state]
            instead = person(env, signer.for_id).name if signer.for_id else ""
            view.signers.append((person(env, signer.user_id).name, str(label), tone, instead))
    return view
