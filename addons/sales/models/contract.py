"""Contracts: who signed what, from when until when, for which orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.sales.models.document import REASON
from core.api import (
    Choice,
    Follower,
    Follows,
    LongText,
    Model,
    Money,
    Part,
    State,
    Transition,
    Workflow,
    _,
    field,
    pgettext,
)

SIDES = {"customer": _("Customer"), "company": _("We")}

STATES = (
    State("pending", _("To be signed"), tone="accent"),
    State("active", pgettext("contract", "In force"), tone="positive"),
    State("expired", pgettext("contract", "Expired"), tone="warning"),
    State("ended", pgettext("contract", "Ended early"), tone="negative", aside=True),
)

TRANSITIONS = (
    Transition(
        "activate",
        pgettext("contract", "Put into force"),
        source=("pending",),
        target="active",
        required=("starts_on", "ends_on"),
        done=pgettext("contract", "In force"),
        icon="signature",
        is_primary=True,
    ),
    Transition(
        "expire",
        pgettext("contract", "Let expire"),
        source=("active",),
        target="expired",
        done=pgettext("contract", "Expired"),
        icon="calendar-off",
    ),
    Transition(
        "end",
        pgettext("contract", "End early"),
        source=("pending", "active"),
        target="ended",
        arguments=(REASON,),
        done=pgettext("contract", "Ended early"),
        icon="ban",
        tone="negative",
    ),
)


class Contract(Follower, Model):
    """An agreement with a customer, for some time."""

    __tablename__ = "contract"
    __title__ = _("Contract")
    __title_plural__ = _("Contracts")
    __access__ = Follows("customer_id", owner="owner_id")
    __icon__ = "file-certificate"
    __sort__ = "-starts_on"
    __parts__ = {"signers": Part("contract_signer", via="contract_id", label=pgettext("contract", "Signers"), most=50)}
    __workflow__ = Workflow(
        "state",
        states=STATES,
        transitions=TRANSITIONS,
        locked=("active", "expired", "ended"),
        open_fields=("note", "remind_days"),
    )

    number: Mapped[str | None] = field(
        String(30),
        label=_("Contract number"),
        template="CT-{yyyy}{mm}-{####}",
        number_at="activate",
        readonly=True,
        unique=True,
        search=True,
        sort=True,
    )
    name: Mapped[str] = field(String(200), label=_("Subject"), required=True, search=True)
    customer_id: Mapped[int] = field(ForeignKey("customer.id"), label=_("Customer"), required=True, search=True)
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"))
    state: Mapped[str] = field(Choice(), label=_("State"), required=True, index=True)
    starts_on: Mapped[date | None] = field(Date, label=_("Begins on"), sort=True)
    ends_on: Mapped[date | None] = field(Date, label=_("Ends on"), sort=True, help=_("The last day."))
    remind_days: Mapped[int] = field(
        Integer,
        label=_("Remind days before the end"),
        required=True,
        minimum=0,
        maximum=365,
        default=30,
        help=_("Its owner is told so many days ahead that the contract is to be renewed."),
    )
    currency_id: Mapped[int | None] = field(ForeignKey("currency.id"), label=_("Currency"))
    amount: Mapped[Decimal | None] = field(Money, currency="currency_id", label=_("Amount"), minimum=0)
    reminded_on: Mapped[date | None] = field(Date, label=_("Reminded on"), readonly=True, filter=False, history=False)
    renewed_from_id: Mapped[int | None] = field(ForeignKey("contract.id"), label=_("Renews"), readonly=True)
    """The contract that this one goes on from; it is renewed once."""
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class ContractSigner(Follower, Model):
    """Somebody who signs a contract, for the customer or for us."""

    __tablename__ = "contract_signer"
    __title__ = pgettext("contract", "Signer")
    __title_plural__ = pgettext("contract", "Signers")
    __access__ = Follows("contract_id", owner="owner_id")
    __icon__ = "signature"
    __sort__ = "position"

    contract_id: Mapped[int] = field(ForeignKey("contract.id", ondelete="CASCADE"), label=_("Contract"), required=True)
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"), readonly=True, history=False)
    position: Mapped[int] = field(Integer, label=_("No."), required=True, readonly=True, sort=True, default=0)
    side: Mapped[str] = field(Choice(), label=_("Signs for"), options=SIDES, required=True, default="customer")
    name: Mapped[str] = field(String(100), label=pgettext("person", "Name"), required=True)
    job_title: Mapped[str | None] = field(String(100), label=_("Job title"))
    signed_on: Mapped[date | None] = field(Date, label=_("Signed on"))
