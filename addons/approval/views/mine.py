"""What waits for somebody, what they have asked for, and what is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from addons.approval.errors import DecidedAlready
from addons.approval.models import ASKED, OPEN, STATES, TONES, ApprovalRequest, ApprovalSigner
from addons.approval.services import Approvals, Seen
from addons.approval.services.flows import documents
from core.administration import Cells, person, views
from core.api import AppError, Env, Label, Message, Text, _, describe, labels, leave, ngettext, set_crumbs, toast

ROOT = "/approval"
WAITING, OWN, DONE = "waiting", "own", "done"
TABS: dict[str, Text] = {
    WAITING: _("Waiting for me"),
    OWN: _("Asked by me"),
    DONE: _("Done"),
}
MOST, ON_CARD, MOST_TOLD = 100, 6, 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A request in the list. `url` leads to its document, or to the outline of it."""

    id: int
    seen: str
    """What is sent with a decision: see `_seen`."""
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


def decide() -> ResponseReturnValue:
    """Approves or rejects those that are ticked, or the one whose button was pressed."""
    env: Env = g.env
    opinion, one = request.form.get("opinion", "").strip()[:2000], request.form.get("one", "")
    sent = [found for text in ([one] if one else request.form.getlist("id")) if (found := _seen(text)) is not None]
    is_rejecting = not one and request.form.get("do") == "reject"
    if not sent:
        toast(_("Please tick what you decide on."), "negative")
    elif is_rejecting and not opinion:
        toast(_("Please say why you reject this."), "negative")
    else:
        _tell(*_decide_all(env, dict(sent[:MOST]), opinion, is_rejecting=is_rejecting))
    return leave(ROOT)


def _decide_all(env: Env, sent: dict[int, Seen], opinion: str, *, is_rejecting: bool) -> tuple[int, list[Message]]:
    """How many decisions have counted, and why the others have not. Those that are refused stop none of the others."""
    approvals, done, failed = env.service(Approvals), 0, list[Message]()
    names = {found.id: found.name for found in entries(env, WAITING)}
    for id, seen in sorted(sent.items()):
        try:
            (approvals.reject if is_rejecting else approvals.approve)(id, opinion=opinion, seen=seen)
            done += 1
        except DecidedAlready:
            # Pressed twice: nothing is wrong.
            continue
        except AppError as error:
            name = names.get(id)
            failed.append(_("{name}: {problem}", name=name, problem=error.message) if name else error.message)
    return done, failed


def _tell(done: int, failed: list[Message]) -> None:
    if done:
        toast(ngettext("Decided on {count} document", "Decided on {count} documents", done))
    for message in failed[:MOST_TOLD]:
        toast(message, "negative")
    if len(failed) > MOST_TOLD:
        more = len(failed) - MOST_TOLD
        toast(ngettext("{count} more was refused", "{count} more were refused", more), "negative")


def _seen(text: str) -> tuple[int, Seen] | None:
    """`17.0.4`: the request, its step, and the version of its document."""
    parts = text.split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
        return None
    id, step, version, *_more = [*map(int, parts), None, None]
    return (id, Seen(step, version)) if id is not None else None


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
    versions = _versions(env, found)
    return [_entry(env, each, known.get(key), versions.get(key, 0), tab) for each in found for key in [_key(each)]]


def _key(found: ApprovalRequest) -> tuple[str, int]:
    return found.model, found.record_id


def _versions(env: Env, found: Sequence[ApprovalRequest]) -> dict[tuple[str, int], int]:
    """The versions of the documents, as they are now."""
    kinds, known = documents(env), dict[tuple[str, int], int]()
    with env.system("what is decided on") as session:
        for key in {each.model for each in found} & set(kinds):
            model: Any = kinds[key]
            wanted = select(model.id, model.version).where(model.id.in_([e.record_id for e in found if e.model == key]))
            known |= {(key, id): version for id, version in session.execute(wanted)}
    return known


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


def _entry(env: Env, found: ApprovalRequest, label: Label | None, version: int, tab: str) -> Entry:
    moments, kinds = Cells(env).moments, documents(env)
    is_open = label is not None and not label.is_masked
    return Entry(
        id=found.id,
        seen=f"{found.id}.{found.step}.{version}",
        kind=str(describe(kinds[found.model]).title) if found.model in kinds else found.model,
        name=label.text if label is not None else "—",
        url=f"/{found.model}/{found.record_id}" if is_open else f"{ROOT}/{found.id}",
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
