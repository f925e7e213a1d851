"""How a request goes on: its steps are opened and left, people are asked and let go, and at last it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from addons.approval.models import (
    APPROVED,
    ASKED,
    DELEGATED,
    DROPPED,
    PENDING,
    QUEUED,
    STUCK,
    ApprovalSigner,
)
from addons.approval.people import asked_by
from addons.approval.services import telling
from addons.approval.services.case import LIVE, Case
from addons.approval.services.flows import APPROVE
from addons.approval.steps import ANY, TURN
from core.api import Performed, clock


def open_step(case: Case, *, is_first: bool = True) -> None:
    """Asks whom the step names. Where nobody can decide, the request says so until somebody can."""
    request, step = case.request, case.step
    people = asked_by(case.env, step, case.record, submitter=request.submitter_id, self_approval=request.self_approval)
    if not people:
        stick(case, tells=is_first)
        return
    request.state, request.due_on = PENDING, due_of(case)
    before: ApprovalSigner | None = None
    for branch, each in enumerate(people):
        is_next = step.how == TURN and before is not None
        before = case.ask(
            each.user,
            state=QUEUED if is_next else ASKED,
            branch=branch if step.how == ANY else 0,
            for_id=each.instead_of,
            after_id=before.id if is_next and before else None,
        )
        before.due_on = None if is_next else request.due_on
    telling.tell_asked(case, [signer.user_id for signer in case.signers(ASKED)])


def advance(case: Case) -> Performed:
    """Goes on to the next step if this one is done, and makes the transition after the last."""
    case.session.flush()
    reference = case.request.reference
    if case.is_step_done:
        over = [signer.user_id for signer in case.signers(ASKED)]
        _drop(case)
        telling.tell_over(case, over)
        if case.request.step + 1 == len(case.request.steps):
            _end(case, APPROVED)
            telling.tell_end(case, APPROVED)
            case.session.flush()
            return case.env.workflow.resume(reference)
        case.request.step += 1
        open_step(case)
    elif case.request.state == STUCK and not unable(case):
        case.request.state = PENDING
    flow = case.env.workflow.flow(type(case.record))
    return Performed(flow.state_of(case.record) if flow else "", (reference,))


def finish(case: Case, state: str, then: str, opinion: str) -> Performed:
    """Ends the request without agreement, and has the record make the transition `then` if it has one."""
    reference, is_approval = case.request.reference, case.request.transition == APPROVE
    close(case, state, opinion=opinion)
    telling.tell_end(case, state)
    # What is approved under another name says nothing of where the record is: it stays there.
    return case.env.workflow.cancel(reference, reason=opinion, then=then if is_approval else "")


def close(case: Case, state: str, *, opinion: str = "") -> None:
    """Nobody is asked any more."""
    asked = [signer.user_id for signer in case.signers(ASKED)]
    _drop(case)
    case.note(state, opinion=opinion)
    _end(case, state)
    telling.tell_over(case, asked)
    case.session.flush()


def stick(case: Case, *, tells: bool = True) -> None:
    """Nobody can decide."""
    case.request.state = STUCK
    if tells:
        case.note(STUCK)
        telling.tell_stuck(case)


def look_again(case: Case) -> None:
    """Goes on with what nobody could decide, if somebody can by now."""
    if case.request.state == STUCK and not unable(case):
        case.request.state = PENDING
        if not case.signers(*LIVE):
            open_step(case, is_first=False)


def release(case: Case, signers: Sequence[ApprovalSigner]) -> None:
    """Whoever waited for them is asked now."""
    done = {signer.id for signer in signers}
    following = [signer for signer in case.signers(QUEUED) if signer.after_id in done]
    for signer in following:
        signer.state, signer.due_on = ASKED, due_of(case)
    telling.tell_asked(case, [signer.user_id for signer in following])


def replace(case: Case, signer: ApprovalSigner, to: int) -> ApprovalSigner:
    """Somebody else takes the signer's place."""
    made = case.ask(to, like=signer, state=signer.state, for_id=signer.user_id, after_id=signer.after_id)
    follow(case, signer, made)
    signer.state = DELEGATED
    return made


def follow(case: Case, signer: ApprovalSigner, made: ApprovalSigner) -> None:
    """Whoever waited for the signer waits for the new one."""
    for other in case.signers(QUEUED):
        if other.after_id == signer.id:
            other.after_id = made.id


def unable(case: Case) -> list[ApprovalSigner]:
    """Those of the step whose decision is to come and who cannot decide any more."""
    live = case.signers(*LIVE)
    able = case.able({signer.user_id for signer in live})
    return [signer for signer in live if signer.user_id not in able]


def due_of(case: Case) -> date | None:
    """Until when who is asked today has to decide."""
    days = case.step.days
    return None if days is None else case.env.today + timedelta(days=days)


def _drop(case: Case) -> None:
    for signer in case.signers(*LIVE):
        signer.state = DROPPED


def _end(case: Case, state: str) -> None:
    case.request.state, case.request.ended_at, case.request.due_on = state, clock.now(), None
