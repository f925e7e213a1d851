"""Running documents through flows: asking for decisions, and taking them."""

from __future__ import annotations

from collections.abc import Sequence

from addons.approval.errors import NotSubmitter
from addons.approval.models import APPROVED, PENDING, REJECTED, SENT_BACK, WITHDRAWN, ApprovalRequest
from addons.approval.services.case import Case, held
from addons.approval.services.course import advance, close, finish, open_step, release
from addons.approval.services.entitlement import UNSAID, Seen, check_open, deciding
from addons.approval.services.flows import RECALL, REJECT, ApprovalFlows
from addons.approval.services.standing import Standing
from core.api import Env, Model, Pending, Performed, Transition, clock

PREFIX = "approval:"


class Approvals:
    """The decisions on records that wait. Each takes the id of a request, and locks its record first.

    `seen` is what the person looked at; each raises what `deciding` does for those whose decision does not count.
    """

    def __init__(self, env: Env) -> None:
        self.env = env

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
            open_step(case)
            session.flush()
            return Pending(request.reference, url=f"/approval/{request.id}")

    def approve(self, id: int, *, opinion: str = "", seen: Seen = UNSAID) -> Performed:
        """Agrees. With the last missing agreement the transition is made, in the same transaction.

        Raises what `env.workflow.resume` does; then nobody has agreed.
        """
        with held(self.env, id) as case:
            signer = deciding(case, seen)
            signer.state, signer.decided_at = APPROVED, clock.now()
            case.note(APPROVED, opinion=opinion, other=signer.for_id)
            release(case, [signer])
            return advance(case)

    def reject(self, id: int, *, opinion: str = "", seen: Seen = UNSAID) -> Performed:
        """Refuses for everybody: the request is over, and the record makes its transition `reject` if it has one."""
        return self._refuse(id, REJECTED, REJECT, opinion, seen)

    def send_back(self, id: int, *, opinion: str = "", seen: Seen = UNSAID) -> Performed:
        """Gives it back to its author: the request is over, and the record makes its transition `recall`, if any."""
        return self._refuse(id, SENT_BACK, RECALL, opinion, seen)

    def withdraw(self, id: int, *, reason: str = "") -> Performed:
        """Takes the request back, by who has submitted it or who administers flows. Raises `NotSubmitter`, `Ended`."""
        with held(self.env, id) as case:
            check_open(case)
            if not self.env.service(Standing).may_withdraw(case.request):
                raise NotSubmitter()
            return finish(case, WITHDRAWN, RECALL, reason)

    def cancelled(self, record: Model, references: Sequence[str]) -> None:
        """The waiting transition was dropped by somebody else: so is the request."""
        for reference in references:
            if reference.startswith(PREFIX):
                with self.env.system("an approval was dropped") as session:
                    request = session.get(ApprovalRequest, int(reference.removeprefix(PREFIX)))
                    if request is not None and request.is_open:
                        close(Case(self.env, session, request, record), WITHDRAWN)

    def _refuse(self, id: int, state: str, then: str, opinion: str, seen: Seen) -> Performed:
        with held(self.env, id) as case:
            signer = deciding(case, seen)
            signer.state, signer.decided_at = state, clock.now()
            return finish(case, state, then, opinion)
