"""What stands on top of a document: whom it waits for, what the reader may do, and what is ahead of a draft."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from addons.approval.models import ASKED, STUCK, ApprovalRequest, ApprovalSigner
from addons.approval.services import Standing
from addons.approval.services.preview import coming
from addons.approval.steps import Step
from core.administration import Cells, person
from core.api import Env, Model, _, listed

TEMPLATE = "approval/box.html"


def box_of(env: Env, record: Model) -> Markup:
    """The box on a document; empty where it waits for nobody and nobody would be asked."""
    if isinstance(record, ApprovalRequest) or not type(record).__workflow__:
        return Markup("")
    if not env.workflow.waiting(record):
        ahead = coming(env, record)
        return Markup(render_template("approval/ahead.html", ahead=ahead)) if ahead else Markup("")
    request = env.service(Standing).running(record)
    return box_on(env, request, version=record.version) if request is not None else Markup("")


def box_on(env: Env, request: ApprovalRequest, *, version: int | None) -> Markup:
    """What can be done with a request that is open; no `version` is that of who may not see its document."""
    if not request.is_open:
        return Markup("")
    return Markup(render_template(TEMPLATE, **_values(env, request, version)))


def _values(env: Env, request: ApprovalRequest, version: int | None) -> dict[str, Any]:
    standing, step = env.service(Standing), Step.from_json(request.steps[request.step])
    is_asked, is_stuck = standing.is_asked(request), request.state == STUCK
    return {
        "url": f"/approval/{request.id}",
        "seen": f"?step={request.step}" + ("" if version is None else f"&version={version}"),
        "is_asked": is_asked,
        "may_read": version is not None,
        "may_appoint": is_stuck and standing.administers,
        "is_stuck": is_stuck,
        "names": listed(_asked(env, request)),
        "step": step.name or str(_("Step {number}", number=request.step + 1)),
        "place": request.step + 1,
        "count": len(request.steps),
        "due": Cells(env).moments.day(request.due_on) if request.due_on else "",
        "is_late": request.due_on is not None and request.due_on < env.today,
    }


def _asked(env: Env, request: ApprovalRequest) -> list[str]:
    wanted = select(ApprovalSigner.user_id).where(
        ApprovalSigner.request_id == request.id, ApprovalSigner.state == ASKED
    )
    with env.system("whom a record waits for") as session:
        return [person(env, id).name for id in session.scalars(wanted.order_by(ApprovalSigner.id))]
