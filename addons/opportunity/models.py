"""Opportunities on their way through the stages of a pipeline, and how they came to where they are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.customer.models import Visit
from addons.opportunity.states import LOCKED, OPEN_FIELDS, STATES, TRANSITIONS
from core.api import (
    ByGrant,
    Choice,
    Choices,
    Extension,
    Follower,
    Follows,
    LongText,
    Model,
    Money,
    Percent,
    UTCDateTime,
    Workflow,
    _,
    clock,
    field,
    pgettext,
)

TONES = {
    "neutral": _("Grey"),
    "accent": _("Accent"),
    "positive": _("Green"),
    "warning": _("Amber"),
    "negative": _("Red"),
}

BACKWARDS = {
    "everyone": _("Everybody who may edit"),
    "granted": _("Who may move back to earlier stages"),
    "nobody": _("Nobody"),
}
"""Who may move an opportunity from a stage to an earlier one. The second is a permission that roles give."""

NEEDED = {
    "amount": _("Amount"),
    "expected_close_on": _("Expected close"),
    "contact_id": _("Contact"),
    "source": pgettext("opportunity", "Source"),
    "note": _("Note"),
}
"""The fields that a stage may ask for."""


class Pipeline(Model):
    """A way in which deals are made, with stages of its own."""

    __tablename__ = "pipeline"
    __title__ = _("Pipeline")
    __title_plural__ = _("Pipelines")
    __access__ = ByGrant()
    __icon__ = "filter"
    __sort__ = "position"

    name: Mapped[str] = field(String(100), label=_("Name of the pipeline"), required=True, unique=True, search=True)
    position: Mapped[int] = field(Integer, label=_("Place"), required=True, minimum=0, default=1, sort=True)
    is_active: Mapped[bool] = field(
        Boolean,
        label=_("In use"),
        required=True,
        default=True,
        help=_("New opportunities go through pipelines in use only."),
    )
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class PipelineStage(Model):
    """A step of a pipeline: how likely a deal is by then, and what has to be known."""

    __tablename__ = "pipeline_stage"
    __title__ = _("Stage")
    __title_plural__ = _("Stages")
    __access__ = ByGrant()
    __icon__ = "stairs-up"
    __sort__ = "position"

    name: Mapped[str] = field(String(60), label=_("Name of the stage"), required=True, search=True)
    pipeline_id: Mapped[int] = field(ForeignKey("pipeline.id", ondelete="CASCADE"), label=_("Pipeline"), required=True)
    position: Mapped[int] = field(Integer, label=_("Place"), required=True, minimum=1, maximum=999, sort=True)
    probability: Mapped[Decimal] = field(
        Percent, label=_("Probability"), required=True, minimum=0, maximum=100, default=Decimal(10)
    )
    stale_days: Mapped[int | None] = field(
        Integer,
        label=_("Days until stale"),
        minimum=1,
        maximum=3650,
        help=_("After so many days in this stage an opportunity is shown as stale. Empty: never."),
    )
    required_fields: Mapped[list[str] | None] = field(
        Choices(), label=_("Required fields"), options=NEEDED, default=list, help=_("To be filled in by this stage.")
    )
    backwards: Mapped[str] = field(
        Choice(), label=_("Who may move back from here"), options=BACKWARDS, required=True, default="everyone"
    )
    tone: Mapped[str] = field(
        Choice(),
        label=_("Colour"),
        options=TONES,
        tones={tone: tone for tone in TONES},
        required=True,
        default="accent",
    )


class Opportunity(Follower, Model):
    """Something that a customer might buy. Whoever may see the customer may see it."""

    __tablename__ = "opportunity"
    __title__ = _("Opportunity")
    __title_plural__ = _("Opportunities")
    __access__ = Follows("customer_id", owner="owner_id")
    __icon__ = "target"
    __sort__ = "-expected_close_on"
    __workflow__ = Workflow("state", states=STATES, transitions=TRANSITIONS, locked=LOCKED, open_fields=OPEN_FIELDS)

    name: Mapped[str] = field(String(200), label=_("Opportunity name"), required=True, search=True, sort=True)
    customer_id: Mapped[int] = field(
        ForeignKey("customer.id", ondelete="CASCADE"), label=_("Customer"), required=True, search=True
    )
    contact_id: Mapped[int | None] = field(ForeignKey("contact.id", ondelete="SET NULL"), label=_("Contact"))
    state: Mapped[str] = field(Choice(), label=_("State"), required=True, index=True)
    pipeline_id: Mapped[int] = field(ForeignKey("pipeline.id"), label=_("Pipeline"), required=True)
    stage_id: Mapped[int] = field(ForeignKey("pipeline_stage.id"), label=pgettext("sales", "Stage"), required=True)
    amount: Mapped[Decimal | None] = field(
        Money, label=_("Amount"), minimum=0, sort=True, help=_("What it may bring in, in the company's currency.")
    )
    probability: Mapped[Decimal] = field(
        Percent, label=_("Probability"), required=True, readonly=True, default=Decimal(0), history=False
    )
    forecast: Mapped[Decimal | None] = field(Money, label=_("Forecast"), readonly=True, history=False)
    """Amount × probability, half-up to the whole unit."""
    expected_close_on: Mapped[date | None] = field(Date, label=_("Expected close"), sort=True)
    closed_on: Mapped[date | None] = field(Date, label=_("Closed on"), readonly=True, index=True)
    stage_since: Mapped[datetime] = field(
        UTCDateTime, label=_("In this stage since"), required=True, readonly=True, default=clock.now, history=False
    )
    stale_on: Mapped[date | None] = field(
        Date, label=_("Stale from"), readonly=True, due=True, index=True, history=False
    )
    """The day after which it has been in its stage for too long; empty where that does not count."""
    lost_reason: Mapped[str | None] = field(
        Choice(), label=_("Reason for losing"), list="opportunity.lost_reason", readonly=True, index=True
    )
    lost_note: Mapped[str | None] = field(LongText, label=_("How it was lost"), readonly=True)
    source: Mapped[str | None] = field(
        Choice(), label=pgettext("opportunity", "Source"), list="opportunity.source", index=True
    )
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"))
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class OpportunityStageChange(Follower, Model):
    """That an opportunity went from one stage to another. Written by the service, never changed."""

    __tablename__ = "opportunity_stage_change"
    __title__ = _("Change of stage")
    __title_plural__ = _("Changes of stage")
    __access__ = Follows("opportunity_id")
    __display__ = "changed_at"
    __icon__ = "history"
    __sort__ = "-changed_at"

    opportunity_id: Mapped[int] = field(
        ForeignKey("opportunity.id", ondelete="CASCADE"), label=_("Opportunity"), required=True, readonly=True
    )
    from_stage_id: Mapped[int | None] = field(
        ForeignKey("pipeline_stage.id"), label=_("From stage"), readonly=True, history=False
    )
    """Empty where the opportunity began."""
    to_stage_id: Mapped[int] = field(
        ForeignKey("pipeline_stage.id"), label=_("To stage"), required=True, readonly=True, history=False
    )
    changed_at: Mapped[datetime] = field(
        UTCDateTime, label=_("Changed at"), required=True, readonly=True, sort=True, history=False
    )
    by_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("By whom"), readonly=True, history=False)
    days: Mapped[int | None] = field(Integer, label=_("Days in the stage before"), readonly=True, history=False)


class VisitOpportunity(Extension[Visit]):
    """Which opportunity a visit was about."""

    id: Mapped[int | None] = field(ForeignKey("opportunity.id", ondelete="SET NULL"), label=_("Opportunity"))
