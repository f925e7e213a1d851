"""Whose decision counts now, and what the others are told instead."""

from __future__ import annotations

from dataclasses import dataclass

from addons.approval.errors import DecidedAlready, Ended, NotAsked, NotNeeded, OwnDocument, Unreadable
from addons.approval.models import APPROVED, ASKED, DROPPED, REJECTED, SENT_BACK, WITHDRAWN, ApprovalSigner
from addons.approval.services.case import Case
from core.api import NotFound, Stale, _

DECISIONS = (APPROVED, REJECTED, SENT_BACK)
ENDED = {
    APPROVED: _("{name} has approved this in the meantime: nothing is left to decide."),
    REJECTED: _("{name} has rejected this in the meantime: nothing is left to decide."),
    SENT_BACK: _("{name} has sent this back in the meantime: nothing is left to decide."),
    WITHDRAWN: _("{name} has withdrawn this in the meantime: nothing is left to decide."),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw when they decided: the step, and the version of the document. None where they did not say."""

    step: int | None = None
    version: int | None = None


UNSAID = Seen()


def deciding(case: Case, seen: Seen, *, reads: bool = True) -> ApprovalSigner:
    """The actor as somebody who decides now; of a document they have to be able to read unless not `reads`.

    Raises `NotFound` for those whom it does not concern, `Unreadable`, `Ended`, `DecidedAlready`, `NotNeeded`,
    `Stale`, `OwnDocument`, `NotAsked`.
    """
    user = case.env.user_id
    own = [signer for signer in case.every_signer() if signer.user_id == user]
    may_read = user is not None and bool(case.env.readers_among(case.record, [user]))
    if user is None or not (own or may_read):
        raise NotFound()
    step = case.request.step if seen.step is None else seen.step
    # Whoever presses twice has decided once, also where the next step asks them again.
    if _has_decided([signer for signer in own if signer.step == step]):
        raise DecidedAlready()
    check_open(case)
    if step != case.request.step:
        raise NotNeeded()
    if reads and not may_read:
        raise Unreadable()
    if seen.version is not None and seen.version != case.record.version:
        raise Stale(model=case.request.model, id=case.request.record_id, version=case.record.version)
    if user == case.request.submitter_id and not case.request.self_approval:
        raise OwnDocument()
    return _asked([signer for signer in own if signer.step == step])


def check_open(case: Case) -> None:
    """Raises `Ended`, with who has ended it and how, for a request that is over."""
    if case.request.is_open:
        return
    entry = case.last_entry()
    text = ENDED.get(entry.action) if entry is not None else None
    member = case.env.actor.organisation.members.get(entry.user_id or 0) if entry is not None else None
    raise Ended(text.filled(name=member.name) if text is not None and member is not None else None)


def _has_decided(own: list[ApprovalSigner]) -> bool:
    states = {signer.state for signer in own}
    return ASKED not in states and bool(states & set(DECISIONS))


def _asked(own: list[ApprovalSigner]) -> ApprovalSigner:
    for signer in own:
        if signer.state == ASKED:
            return signer
    raise NotNeeded() if any(signer.state == DROPPED for signer in own) else NotAsked()
