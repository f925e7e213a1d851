"""Where somebody stands towards a request: whether they are asked, may take it back, may know of it at all."""

from __future__ import annotations

from sqlalchemy import select

from addons.approval.models import ASKED, OPEN, ApprovalRequest, ApprovalSigner
from core.api import EDIT, Env, Model, NotFound


class Standing:
    """What the actor may do with requests. It asks for no grant: who is asked may decide, and see what is asked."""

    def __init__(self, env: Env) -> None:
        self.env = env

    def running(self, record: Model) -> ApprovalRequest | None:
        """The request that the record waits for."""
        wanted = select(ApprovalRequest).where(
            ApprovalRequest.model == record.key(),
            ApprovalRequest.record_id == record.id,
            ApprovalRequest.state.in_(OPEN),
        )
        with self.env.system("what a record waits for") as session:
            return session.scalar(wanted.order_by(ApprovalRequest.id.desc()).limit(1))

    def known(self, id: int) -> ApprovalRequest:
        """A request that the actor has submitted, is or was asked about, or administers. Raises `NotFound`."""
        with self.env.system("a request that concerns the actor") as session:
            request = session.get(ApprovalRequest, id)
            if request is None or not (self._is_theirs(request) or self.administers or self._signs(request)):
                raise NotFound()
            return request

    @property
    def administers(self) -> bool:
        """Whether the actor looks after flows, and so after requests that do not go on."""
        return self.env.actor.may("approval_flow", EDIT)

    def may_withdraw(self, request: ApprovalRequest) -> bool:
        """Whether the actor may take the request back."""
        return request.is_open and (self._is_theirs(request) or self.administers)

    def is_asked(self, request: ApprovalRequest) -> bool:
        """Whether the actor is to decide now."""
        return request.is_open and self._signs(request, ASKED)

    def _is_theirs(self, request: ApprovalRequest) -> bool:
        return self.env.user_id is not None and request.submitter_id == self.env.user_id

    def _signs(self, request: ApprovalRequest, *states: str) -> bool:
        wanted = select(ApprovalSigner.id).where(
            ApprovalSigner.request_id == request.id, ApprovalSigner.user_id == self.env.user_id
        )
        wanted = wanted.where(ApprovalSigner.state.in_(states)) if states else wanted
        with self.env.system("who is asked to decide") as session:
            return session.scalar(wanted.limit(1)) is not None
