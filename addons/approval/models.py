"""Flows, the requests that run through them, who is asked in each, and what happened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from addons.approval.wording import conditions_in_words, kind_in_words, steps_in_words, transition_in_words
from core.api import ByGrant, Choice, Json, LongText, Model, Owned, SystemOnly, Text, UTCDateTime, _, field, pgettext

PENDING, STUCK, APPROVED, REJECTED, SENT_BACK, WITHDRAWN = (
    "pending",
    "stuck",
    "approved",
    "rejected",
    "sent_back",
    "withdrawn",
)
STATES = {
    PENDING: pgettext("approval", "In progress"),
    STUCK: _("Nobody to decide"),
    APPROVED: pgettext("approval", "Approved"),
    REJECTED: pgettext("approval", "Rejected"),
    SENT_BACK: pgettext("approval", "Sent back"),
    WITHDRAWN: pgettext("approval", "Withdrawn"),
}
TONES = {
    PENDING: "accent",
    STUCK: "warning",
    APPROVED: "positive",
    REJECTED: "negative",
    SENT_BACK: "warning",
    WITHDRAWN: "neutral",
}
OPEN = (PENDING, STUCK)
"""The states of a request that is not over."""

QUEUED, ASKED, DELEGATED, DROPPED = "queued", "asked", "delegated", "dropped"
"""States of a signer beside the decisions: not yet asked, asked now, gave it to somebody else, not needed any more."""


def _code(value: str) -> Text | None:
    """The key of a model and the name of a transition are written like names in code."""
    return None if value.isidentifier() else _("Please choose one of the possibilities.")


class ApprovalFlow(Model):
    """Who decides, in which order, on a transition of the records of a model that fulfil its conditions."""

    __tablename__ = "approval_flow"
    __title__ = _("Approval flow")
    __title_plural__ = _("Approval flows")
    __access__ = ByGrant()
    __icon__ = "checklist"
    __sort__ = "position"

    name: Mapped[str] = field(String(100), label=_("Name"), required=True, search=True, unique=True)
    model: Mapped[str] = field(
        String(60), label=_("Kind of document"), required=True, index=True, check=_code, words=kind_in_words
    )
    transition: Mapped[str] = field(
        String(40), label=_("Action that is approved"), required=True, check=_code, words=transition_in_words
    )
    conditions: Mapped[list[str]] = field(
        Json,
        label=_("Conditions"),
        default=list,
        filter=False,
        help=_("As filters of lists: all of them must hold."),
        words=conditions_in_words,
    )
    steps: Mapped[list[dict[str, Any]]] = field(
        Json, label=_("Steps"), default=list, filter=False, words=steps_in_words
    )
    """See `addons.approval.steps.Step`. One value: a request keeps it as it was."""
    position: Mapped[int] = field(
        Integer,
        label=_("Order of flows"),
        required=True,
        default=10,
        minimum=1,
        maximum=9999,
        sort=True,
        help=_("Of several flows that fit, the first one counts."),
    )
    is_active: Mapped[bool] = field(Boolean, label=_("In use"), required=True, default=True)
    self_approval: Mapped[bool] = field(
        Boolean, label=_("The submitter may sign own documents"), required=True, default=False
    )


class ApprovalRequest(Model):
    """A record that waits for the decisions of a flow, or did."""

    __tablename__ = "approval_request"
    __title__ = _("Approval")
    __title_plural__ = _("Approvals")
    __access__ = ByGrant()
    __display__ = "flow_name"
    __icon__ = "checklist"
    __table_args__ = (Index("ix_approval_request_record", "model", "record_id"),)

    flow_id: Mapped[int | None] = field(ForeignKey("approval_flow.id"), label=_("Approval flow"), readonly=True)
    flow_name: Mapped[str] = field(String(100), label=_("Approval flow"), readonly=True, required=True, filter=False)
    model: Mapped[str] = field(
        String(60), label=_("Kind of document"), readonly=True, required=True, words=kind_in_words
    )
    record_id: Mapped[int] = field(BigInteger, label=pgettext("approval", "Document"), readonly=True, required=True)
    transition: Mapped[str] = field(
        String(40), label=_("Action that is approved"), readonly=True, required=True, words=transition_in_words
    )
    submitter_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Submitted by"), readonly=True)
    state: Mapped[str] = field(
        Choice(), label=_("State"), options=STATES, tones=TONES, readonly=True, required=True, index=True
    )
    step: Mapped[int] = field(Integer, label=_("Step"), readonly=True, required=True, default=0)
    """Which of the steps is asked now, counted from 0."""
    due_on: Mapped[date | None] = field(Date, label=_("To be decided by"), readonly=True, due=True)
    ended_at: Mapped[datetime | None] = field(UTCDateTime, label=_("Over since"), readonly=True)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """Those of the flow as they were when the request began."""
    self_approval: Mapped[bool] = mapped_column(Boolean, default=False)

    @property
    def reference(self) -> str:
        """What the waiting transition is known by."""
        return f"approval:{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it is not over yet."""
        return self.state in OPEN


class ApprovalSigner(Model):
    """Somebody who is asked, will be or was, in one step of a request.

    The step is done once all signers of one branch have approved: of a step that needs everybody there is one branch,
    of one that needs anybody each person is one.
    """

    __tablename__ = "approval_signer"
    __title__ = _("Signer")
    __title_plural__ = _("Signers")
    __access__ = SystemOnly()
    __display__ = "id"
    __table_args__ = (Index("ix_approval_signer_user", "user_id", "state"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id", ondelete="CASCADE"), index=True)
    step: Mapped[int] = mapped_column(Integer)
    branch: Mapped[int] = mapped_column(Integer, default=0)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id"))
    for_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    """In whose place they are asked."""
    after_id: Mapped[int | None] = mapped_column(ForeignKey("approval_signer.id", ondelete="SET NULL"))
    """The signer who has to approve first."""
    state: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date | None] = mapped_column(Date)
    reminded_on: Mapped[date | None] = mapped_column(Date)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ApprovalEntry(Model):
    """Something that happened to a request: the trail, never rewritten."""

    __tablename__ = "approval_entry"
    __title__ = _("Entry of the trail")
    __title_plural__ = _("Entries of the trail")
    __access__ = SystemOnly()
    __display__ = "id"

    request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id", ondelete="CASCADE"), index=True)
    step: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    """Who did it; None is the system."""
    other_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    """Whom it concerns beside."""
    opinion: Mapped[str] = mapped_column(LongText, default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ApprovalDeputy(Model):
    """Somebody is asked in the place of somebody else who is away."""

    __tablename__ = "approval_deputy"
    __title__ = _("Deputy")
    __title_plural__ = _("Deputies")
    __access__ = Owned("user_id")
    __display__ = "note"
    __icon__ = "user-share"
    __sort__ = "-since"

    user_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=pgettext("deputy", "Who is away"))
    to_id: Mapped[int] = field(ForeignKey("core_user.id"), label=_("Who decides instead"), required=True)
    since: Mapped[date] = field(Date, label=pgettext("deputy", "From"), required=True, sort=True)
    until: Mapped[date] = field(Date, label=pgettext("deputy", "Until"), required=True, help=_("The last day."))
    note: Mapped[str | None] = field(String(200), label=_("Note"))
