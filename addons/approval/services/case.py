"""A request that is worked on: the record and the request locked, and what both say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from addons.approval.models import (
    APPROVED,
    ASKED,
    DELEGATED,
    DROPPED,
    QUEUED,
    ApprovalEntry,
    ApprovalRequest,
    ApprovalSigner,
)
from addons.approval.services.flows import documents
from addons.approval.steps import Step
from core.api import Env, Model, NotFound, clock, locked_now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LIVE = (ASKED, QUEUED)
"""The states of signers whose decision is still to come."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request with its record, both as the system has them and locked until the transaction ends."""

    env: Env
    session: Session
    request: ApprovalRequest
    record: Model

    @property
    def step(self) -> Step:
        """The step that is asked now."""
        return Step.from_json(self.request.steps[self.request.step])

    def every_signer(self) -> list[ApprovalSigner]:
        """Those of all steps so far, in the order in which they were asked."""
        wanted = select(ApprovalSigner).where(ApprovalSigner.request_id == self.request.id)
        return list(self.session.scalars(wanted.order_by(ApprovalSigner.id)))

    def signers(self, *states: str) -> list[ApprovalSigner]:
        """Those of the present step, in order; only in some states if those are named."""
        own = [signer for signer in self.every_signer() if signer.step == self.request.step]
        return [signer for signer in own if not states or signer.state in states]

    def last_entry(self) -> ApprovalEntry | None:
        """What has happened last."""
        wanted = select(ApprovalEntry).where(ApprovalEntry.request_id == self.request.id)
        return self.session.scalar(wanted.order_by(ApprovalEntry.id.desc()).limit(1))

    @property
    def is_step_done(self) -> bool:
        """Whether everybody of one branch has approved."""
        branches: dict[int, list[str]] = {}
        for signer in self.signers():
            if signer.state not in (DELEGATED, DROPPED):
                branches.setdefault(signer.branch, []).append(signer.state)
        return any(all(state == APPROVED for state in states) for states in branches.values())

    def able(self, users: Iterable[int]) -> set[int]:
        """Those of the users who can decide: active, may read the record, and not its submitter unless that is so."""
        found = self.env.readers_among(self.record, users)
        return found if self.request.self_approval else found - {self.request.submitter_id or 0}

    def ask(
        self, user: int, *, like: ApprovalSigner | None = None, state: str = ASKED, **more: int | date | None
    ) -> ApprovalSigner:
        """Adds a signer to the present step, in the branch and by the day of `like`."""
        given = {"branch": like.branch if like else 0, "due_on": like.due_on if like else None, **more}
        made = ApprovalSigner(request_id=self.request.id, step=self.request.step, user_id=user, state=state, **given)
        self.session.add(made)
        self.session.flush()
        return made

    def note(self, action: str, *, opinion: str = "", other: int | None = None) -> None:
        """Adds to the trail what the actor has done."""
        self.session.add(
            ApprovalEntry(
                request_id=self.request.id,
                step=self.request.step,
                action=action,
                user_id=self.env.user_id,
                other_id=other,
                opinion=opinion,
                at=clock.now(),
            )
        )


@contextmanager
def held(env: Env, id: int) -> Iterator[Case]:
    """The request under its record's lock, so that of two people at once the second sees what the first has done.

    All is undone together if anything raises. Raises `NotFound` for a request that does not exist, or whose record
    does not.
    """
    with env.savepoint(), env.system("an approval") as session:
        request = session.get(ApprovalRequest, id)
        model = documents(env).get(request.model) if request is not None else None
        if request is None or model is None:
            raise NotFound()
        env.workflow.hold(model, [request.record_id])
        request = locked_now(session, ApprovalRequest, id)
        record = session.get(model, request.record_id, populate_existing=True)
        if record is None:
            raise NotFound()
        yield Case(env, session, request, record)
