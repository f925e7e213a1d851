"""What waits for somebody, what they have asked for, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from addons.approval.models import ASKED, OPEN, STATES, TONES, ApprovalRequest, ApprovalSigner
from addons.approval.services import Approvals
from addons.approval.services.flows import documents
from core.administration import Cells, person, views
from core.api import AppError, Env, Label, Text, _, describe, labels, leave, ngettext, set_crumbs, toast

ROOT = "/approval"
WAITING, OWN, DONE = "waiting", "own", "done"
TABS: dict[str, Text] = {
    WAITING: _("Waiting for me"),
    OWN: _("Asked by me"),
    DONE: _("Done"),
}
MOST, ON_CARD = 100, 6


@dataclass(frozen=True, slots=True)
class Entry:
    """A request in the list. `url` is "" for who may not open its document."""

    id: int
    kind: str
    name: str
    url: str
    flow: str
    who: views.Person
    at: Markup
    due: Markup | str
    is_late: bool
    state: views.Pill
    is_mine: bool


def index() -> ResponseReturnValue:
    """One's own approvals, by tab."""
    env: Env = g.env
    tab = request.args.get("tab", WAITING)
    tab = tab if tab in TABS else WAITING
    tabs = [views.MenuItem(key, str(label), f"{ROOT}?tab={key}", is_active=key == tab) for key, label in TABS.items()]
    set_crumbs((str(_("My approvals")), ROOT))
    return render_template("approval/mine.html", entries=entries(env, tab), tabs=tabs, tab=tab, root=ROOT)


def show(id: int) -> ResponseReturnValue:
    """Leads to the document of a request, or to the request itself where the document has no page for the reader."""
    env: Env = g.env
    found = env.get(ApprovalRequest, id)
    model = documents(env).get(found.model)
    label = labels(env, model, [found.record_id]).get(found.record_id) if model is not None else None
    is_open = label is not None and not label.is_masked
    return leave(f"/{found.model}/{found.record_id}" if is_open else f"/approval_request/{id}")


def decide() -> ResponseReturnValue:
    """Approves or rejects those that are ticked, or the one whose button was pressed."""
    env: Env = g.env
    approvals, opinion = env.service(Approvals), request.form.get("opinion", "").strip()[:2000]
    one = request.form.get("one", "")
    ids = [int(text) for text in ([one] if one else request.form.getlist("id")) if text.isdecimal() and len(text) < 19]
    is_rejecting = not one and request.form.get("do") == "reject"
    if is_rejecting and not opinion:
        toast(_("Please say why you reject this."), "negative")
        return leave(ROOT)
    done, failed = 0, list[str]()
    for id in sorted(set(ids))[:MOST]:
        try:
            (approvals.reject if is_rejecting else approvals.approve)(id, opinion=opinion)
            done += 1
        except AppError as error:
            failed.append(str(error.message))
    if not ids:
        toast(_("Please tick what you decide on."), "negative")
    if done:
        many = ngettext("Decided on {count} document", "Decided on {count} documents", done)
        toast(many)
    for message in dict.fromkeys(failed):
        toast(message, "negative")
    return leave(ROOT)


def card(env: Env) -> Markup | None:
    """What waits for the reader, on the start page; nothing for who is never asked."""
    found = entries(env, WAITING)
    if not found and not _was_asked(env):
        return None
    shown, more = found[:ON_CARD], max(0, len(found) - ON_CARD)
    return Markup(render_template("approval/card.html", entries=shown, more=more, root=ROOT))


def entries(env: Env, tab: str) -> list[Entry]:
    """The reader's own requests, at most `MOST`: those that wait by their deadline, the others the latest first."""
    with env.system("one's own approvals") as session:
        found = session.scalars(_wanted(env, tab).limit(MOST)).all()
    kinds = documents(env)
    known: dict[tuple[str, int], Label] = {}
    for key in {each.model for each in found} & set(kinds):
        ids = [each.record_id for each in found if each.model == key]
        known |= {(key, id): label for id, label in labels(env, kinds[key], ids).items()}
    return [_entry(env, each, known.get((each.model, each.record_id)), tab) for each in found]


def _wanted(env: Env, tab: str) -> Any:
    signed = select(ApprovalSigner.request_id).where(ApprovalSigner.user_id == env.user_id)
    if tab == WAITING:
        asked = signed.where(ApprovalSigner.state == ASKED)
        wanted = select(ApprovalRequest).where(ApprovalRequest.id.in_(asked), ApprovalRequest.state.in_(OPEN))
        return wanted.order_by(ApprovalRequest.due_on.is_(None), ApprovalRequest.due_on, ApprovalRequest.id)
    if tab == OWN:
        wanted = select(ApprovalRequest).where(ApprovalRequest.submitter_id == env.user_id)
    else:
        wanted = select(ApprovalRequest).where(
            ApprovalRequest.id.in_(signed.where(ApprovalSigner.decided_at.is_not(None)))
        )
    return wanted.order_by(ApprovalRequest.id.desc())


def _entry(env: Env, found: ApprovalRequest, label: Label | None, tab: str) -> Entry:
    moments, kinds = Cells(env).moments, documents(env)
    is_open = label is not None and not label.is_masked
    return Entry(
        id=found.id,
        kind=str(describe(kinds[found.model]).title) if found.model in kinds else found.model,
        name=label.text if label is not None else "—",
        url=f"/{found.model}/{found.record_id}" if is_open else "",
        flow=found.flow_name,
        who=person(env, found.submitter_id),
        at=moments.moment(found.created_at),
        due=moments.day(found.due_on) if found.due_on else "",
        is_late=found.due_on is not None and found.due_on < env.today,
        state=views.Pill(str(STATES[found.state]), TONES[found.state]),  # type: ignore[arg-type]
        is_mine=tab == WAITING and is_open,
    )


def _was_asked(env: Env) -> bool:
    with env.system("whether somebody is ever asked") as session:
        wanted = select(ApprovalSigner.id).where(ApprovalSigner.user_id == env.user_id).limit(1)
        return session.scalar(wanted) is not None
