"""Running documents through flows: asking for decisions, and taking them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from addons.approval.errors import DecidedAlready, Ended, NotAsked, NotSubmitter, OwnDocument
from addons.approval.models import (
    APPROVED,
    ASKED,
    DELEGATED,
    DROPPED,
    OPEN,
    PENDING,
    QUEUED,
    REJECTED,
    SENT_BACK,
    STUCK,
    WITHDRAWN,
    ApprovalRequest,
    ApprovalSigner,
)
from addons.approval.people import asked_by
from addons.approval.services import telling
from addons.approval.services.case import LIVE, Case, held
from addons.approval.services.flows import APPROVE, RECALL, REJECT, ApprovalFlows
from addons.approval.steps import ANY, TURN
from core.api import (
    EDIT,
    Env,
    Forbidden,
    Invalid,
    Message,
    Model,
    NotFound,
    Pending,
    Performed,
    Stale,
    Transition,
    _,
    clock,
)

BEFORE, AFTER = "before", "after"
PREFIX = "approval:"


class Approvals:
    """The decisions on records that wait. Each method takes the id of a request, and locks its record first."""

    def __init__(self, env: Env) -> None:
        self.env = env

    # Beginning.

    def begin(self, record: Model, transition: Transition) -> Pending | None:
        """Has the record wait if a flow applies to it. Raises `BrokenFlow`."""
        flow = self.env.service(ApprovalFlows).applying(record, transition)
        if flow is None:
            return None
        with self.env.system("an approval begins") as session:
            request = ApprovalRequest(
                flow_id=flow.id,
                flow_name=flow.name,
                model=record.key(),
                record_id=record.id,
                transition=transition.name,
                submitter_id=self.env.user_id,
                state=PENDING,
                step=0,
                steps=flow.steps,
                self_approval=flow.self_approval,
            )
            session.add(request)
            session.flush()
            case = Case(self.env, session, request, record)
            case.note("submitted")
            self._open_step(case)
            session.flush()
            return Pending(request.reference, url=f"/approval/{request.id}")

    # Decisions.

    def approve(self, id: int, *, opinion: str = "", version: int | None = None) -> Performed:
        """Agrees. With the last missing agreement the transition is made, in the same transaction.

        Raises what `env.workflow.resume` does; then nobody has agreed.
        """
        with held(self.env, id) as case:
            signer = self._signer(case, version)
            signer.state, signer.decided_at = APPROVED, clock.now()
            case.note(APPROVED, opinion=opinion, other=signer.for_id)
            self._release(case, [signer])
            return self._advance(case)

    def reject(self, id: int, *, opinion: str = "", version: int | None = None) -> Performed:
        """Refuses for everybody: the request is over, and the record makes its transition `reject` if it has one."""
        return self._refuse(id, REJECTED, REJECT, opinion, version)

    def send_back(self, id: int, *, opinion: str = "", version: int | None = None) -> Performed:
        """Gives it back to its author: the request is over, and the record makes its transition `recall`, if any."""
        return self._refuse(id, SENT_BACK, RECALL, opinion, version)

    def withdraw(self, id: int, *, reason: str = "") -> Performed:
        """Takes the request back, by who has submitted it or who administers flows. Raises `NotSubmitter`, `Ended`."""
        with held(self.env, id) as case:
            _check_open(case)
            if not self.may_withdraw(case.request):
                raise NotSubmitter()
            return self._end(case, WITHDRAWN, RECALL, reason)

    def delegate(self, id: int, *, to: int, opinion: str = "") -> None:
        """Leaves the decision to somebody else. Raises `Invalid` for one who cannot decide."""
        with held(self.env, id) as case:
            signer = self._signer(case, None)
            self._check_fit(case, to)
            self._replace(case, signer, to)
            case.note(DELEGATED, opinion=opinion, other=to)
            telling.tell_asked(case, [to])

    def add_signer(self, id: int, *, to: int, place: str, opinion: str = "") -> None:
        """Has somebody else decide too, before the actor or after them. Raises `Invalid` for one who cannot decide."""
        with held(self.env, id) as case:
            signer = self._signer(case, None)
            self._check_fit(case, to)
            if place == BEFORE:
                made = case.ask(to, like=signer, after_id=signer.after_id)
                signer.state, signer.after_id = QUEUED, made.id
                telling.tell_asked(case, [to])
            else:
                made = case.ask(to, like=signer, state=QUEUED)
                self._follow(case, signer, made)
                made.after_id = signer.id
            case.note("added", opinion=opinion, other=to)

    # What administrators do where nobody can decide.

    def appoint(self, id: int, *, to: int) -> None:
        """Somebody else decides instead of those who cannot. Raises `Forbidden`, `Ended`, `Invalid`."""
        with held(self.env, id) as case:
            self._check_administers(case)
            self._check_fit(case, to)
            unable = self._unable(case)
            if not unable:
                case.ask(to, due_on=self._due(case))
            for place, signer in enumerate(unable):
                if place == 0:
                    self._replace(case, signer, to)
                else:
                    signer.state = DROPPED
                    self._release(case, [signer])
            case.request.state = PENDING
            case.note("appointed", other=to)
            telling.tell_asked(case, [to])

    def retry(self, id: int) -> bool:
        """Looks again whether somebody can decide now. Returns whether there is somebody."""
        with held(self.env, id) as case:
            _check_open(case)
            if case.request.state == STUCK and not self._unable(case):
                case.request.state = PENDING
                if not case.signers(*LIVE):
                    self._open_step(case, is_first=False)
            return case.request.state == PENDING

    def cancelled(self, record: Model, references: Sequence[str]) -> None:
        """The waiting transition was dropped by somebody else: so is the request."""
        for reference in references:
            if reference.startswith(PREFIX):
                with self.env.system("an approval was dropped") as session:
                    request = session.get(ApprovalRequest, int(reference.removeprefix(PREFIX)))
                    if request is not None and request.is_open:
                        self._close(Case(self.env, session, request, record), WITHDRAWN)

    # Looking.

    def may_withdraw(self, request: ApprovalRequest) -> bool:
        """Whether the actor may take the request back."""
        is_theirs = self.env.user_id is not None and request.submitter_id == self.env.user_id
        return request.is_open and (is_theirs or self.env.actor.may("approval_flow", EDIT))

    def is_asked(self, request: ApprovalRequest) -> bool:
        """Whether the actor is to decide now."""
        wanted = select(ApprovalSigner.id).where(
            ApprovalSigner.request_id == request.id,
            ApprovalSigner.user_id == self.env.user_id,
            ApprovalSigner.state == ASKED,
        )
        with self.env.system("who is asked to decide") as session:
            return request.is_open and session.scalar(wanted.limit(1)) is not None

    def running(self, record: Model) -> ApprovalRequest | None:
        """The request that the record waits for."""
        wanted = select(ApprovalRequest).where(
            ApprovalRequest.model == record.key(),
            ApprovalRequest.record_id == record.id,
            ApprovalRequest.state.in_(OPEN),
        )
        with self.env.system("what a record waits for") as session:
            return session.scalar(wanted.order_by(ApprovalRequest.id.desc()).limit(1))

    # How it is done.

    def _signer(self, case: Case, version: int | None) -> ApprovalSigner:
        """The actor as somebody who decides now. Raises what keeps them from it."""
        user = self.env.user_id
        if user is None or not self.env.readers_among(case.record, [user]):
            raise NotFound()
        _check_open(case)
        if version is not None and version != case.record.version:
            raise Stale(model=case.request.model, id=case.request.record_id, version=case.record.version)
        if user == case.request.submitter_id and not case.request.self_approval:
            raise OwnDocument()
        own = [signer for signer in case.signers() if signer.user_id == user]
        for signer in own:
            if signer.state == ASKED:
                return signer
        raise DecidedAlready() if any(signer.state == APPROVED for signer in own) else NotAsked()

    def _refuse(self, id: int, state: str, then: str, opinion: str, version: int | None) -> Performed:
        with held(self.env, id) as case:
            signer = self._signer(case, version)
            signer.state, signer.decided_at = state, clock.now()
            return self._end(case, state, then, opinion)

    def _end(self, case: Case, state: str, then: str, opinion: str) -> Performed:
        reference, is_approval = case.request.reference, case.request.transition == APPROVE
        self._close(case, state, opinion=opinion)
        telling.tell_end(case, state)
        # What is approved under another name says nothing of where the record is: it stays there.
        return self.env.workflow.cancel(reference, reason=opinion, then=then if is_approval else "")

    def _close(self, case: Case, state: str, *, opinion: str = "") -> None:
        asked = [signer.user_id for signer in case.signers(ASKED)]
        for signer in case.signers(*LIVE):
            signer.state = DROPPED
        case.note(state, opinion=opinion)
        case.request.state, case.request.ended_at, case.request.due_on = state, clock.now(), None
        telling.tell_over(case, asked)
        case.session.flush()

    def _advance(self, case: Case) -> Performed:
        """Goes on to the next step if this one is done, and makes the transition after the last."""
        case.session.flush()
        reference = case.request.reference
        if case.is_step_done:
            over = [signer.user_id for signer in case.signers(ASKED)]
            for signer in case.signers(*LIVE):
                signer.state = DROPPED
            telling.tell_over(case, over)
            if case.request.step + 1 == len(case.request.steps):
                case.request.state, case.request.ended_at, case.request.due_on = APPROVED, clock.now(), None
                telling.tell_end(case, APPROVED)
                case.session.flush()
                return self.env.workflow.resume(reference)
            case.request.step += 1
            self._open_step(case)
        elif case.request.state == STUCK and not self._unable(case):
            case.request.state = PENDING
        flow = self.env.workflow.flow(type(case.record))
        return Performed(flow.state_of(case.record) if flow else "", (reference,))

    def _open_step(self, case: Case, *, is_first: bool = True) -> None:
        """Asks whom the step names. Where nobody can decide, the request says so until somebody can."""
        request, step = case.request, case.step
        people = asked_by(
            self.env, step, case.record, submitter=request.submitter_id, self_approval=request.self_approval
        )
        if not people:
            self._stick(case, tells=is_first)
            return
        request.state, request.due_on = PENDING, self._due(case)
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

    def _stick(self, case: Case, *, tells: bool = True) -> None:
        case.request.state = STUCK
        if tells:
            case.note(STUCK)
            telling.tell_stuck(case)

    def _release(self, case: Case, signers: Sequence[ApprovalSigner]) -> None:
        """Whoever waited for them is asked now."""
        done = {signer.id for signer in signers}
        following = [signer for signer in case.signers(QUEUED) if signer.after_id in done]
        for signer in following:
            signer.state, signer.due_on = ASKED, self._due(case)
        telling.tell_asked(case, [signer.user_id for signer in following])

    def _replace(self, case: Case, signer: ApprovalSigner, to: int) -> ApprovalSigner:
        """Somebody else takes the signer's place."""
        made = case.ask(to, like=signer, state=signer.state, for_id=signer.user_id, after_id=signer.after_id)
        self._follow(case, signer, made)
        signer.state = DELEGATED
        return made

    def _follow(self, case: Case, signer: ApprovalSigner, made: ApprovalSigner) -> None:
        """Whoever waited for the signer waits for the new one."""
        for other in case.signers(QUEUED):
            if other.after_id == signer.id:
                other.after_id = made.id

    def _unable(self, case: Case) -> list[ApprovalSigner]:
        """Those of the step whose decision is to come and who cannot decide any more."""
        live = case.signers(*LIVE)
        able = case.able({signer.user_id for signer in live})
        return [signer for signer in live if signer.user_id not in able]

    def _check_fit(self, case: Case, to: int) -> None:
        members = self.env.actor.organisation.members
        name = members[to].name if to in members else ""
        problem: Message | None = None
        if to not in members or not members[to].is_active:
            problem = _("Please choose somebody who can sign in.")
        elif to in {signer.user_id for signer in case.signers(*LIVE)}:
            problem = _("{name} is asked already.", name=name)
        elif to not in self.env.readers_among(case.record, [to]):
            problem = _("{name} may not see this document, and so cannot decide on it.", name=name)
        elif not case.able([to]):
            problem = _("{name} has submitted this, and so cannot decide on it.", name=name)
        if problem is not None:
            raise Invalid({"to": problem})

    def _check_administers(self, case: Case) -> None:
        if not self.env.actor.may("approval_flow", EDIT):
            raise Forbidden()
        _check_open(case)

    def _due(self, case: Case) -> date | None:
        days = case.step.days
        return None if days is None else self.env.today + timedelta(days=days)


def _check_open(case: Case) -> None:
    if not case.request.is_open:
        raise Ended()
