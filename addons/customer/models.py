"""Customers, the people who work there, what was talked about, and who looked after them when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, relationship

from addons.base.business_number import check_business_number
from addons.customer.likeness import company_key, is_near
from core.api import (
    Choice,
    Choices,
    Email,
    Follower,
    Follows,
    Image,
    Likeness,
    LongText,
    Model,
    Owned,
    Phone,
    Text,
    Url,
    UTCDateTime,
    _,
    email_key,
    field,
    pgettext,
    phone_key,
    text_key,
)

CUSTOMER_KINDS = {"company": _("Company"), "person": _("Person")}

OWNERSHIP_RULES: dict[str, Text] = {
    "created": _("Created"),
    "assigned": _("Assigned"),
    "released": _("Released"),
}
"""Why a customer has an owner. An addon that moves customers by rules of its own adds their codes here."""


class Customer(Model):
    """A company or a person that one sells to. Whoever may see it may see what goes with it."""

    __tablename__ = "customer"
    __title__ = _("Customer")
    __title_plural__ = _("Customers")
    __access__ = Owned("owner_id")
    __icon__ = "building"
    __sort__ = "name"
    __outlines__ = True
    __duplicates__ = (
        Likeness("tax_id", ("tax_id",), _("Same unified business number"), text_key),
        Likeness("name", ("name",), _("Same name"), company_key, is_near, _("Similar name")),
        Likeness("phone", ("phone",), _("Same phone number"), phone_key),
        Likeness("email", ("email",), _("Same e-mail address"), email_key),
    )

    number: Mapped[str] = field(
        String(20),
        label=_("Customer number"),
        template="C{#####}",
        required=True,
        readonly=True,
        unique=True,
        search=True,
        sort=True,
    )
    name: Mapped[str] = field(String(200), label=_("Customer name"), required=True, search=True, sort=True)
    short_name: Mapped[str | None] = field(String(60), label=_("Short name"), search=True)
    kind: Mapped[str] = field(
        Choice(), label=_("Company or person"), required=True, options=CUSTOMER_KINDS, default="company"
    )
    tax_id: Mapped[str | None] = field(
        String(8),
        label=_("Unified business number"),
        search=True,
        index=True,
        check=check_business_number,
    )
    parent_id: Mapped[int | None] = field(
        ForeignKey("customer.id", ondelete="SET NULL"),
        label=_("Parent customer"),
        help=_("The head of the group that this customer belongs to."),
    )
    level: Mapped[str | None] = field(Choice(), label=_("Level"), list="customer.level", index=True)
    status: Mapped[str] = field(
        Choice(), label=_("Status"), list="customer.status", required=True, default="potential", index=True
    )
    industry: Mapped[str | None] = field(Choice(), label=_("Industry"), list="customer.industry", index=True)
    source: Mapped[str | None] = field(Choice(), label=_("Source"), list="customer.source", index=True)
    region: Mapped[str | None] = field(Choice(), label=_("Region"), list="customer.region", index=True)
    address: Mapped[str | None] = field(String(200), label=_("Address"))
    phone: Mapped[str | None] = field(Phone(40), label=_("Phone"), search=True)
    email: Mapped[str | None] = field(Email(254), label=_("E-mail"), search=True)
    website: Mapped[str | None] = field(Url(300), label=_("Website"))
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"))
    received_on: Mapped[date | None] = field(
        Date, label=_("Received on"), help=_("The day on which the customer came to us.")
    )
    last_visit_on: Mapped[date | None] = field(Date, label=_("Last visit"), readonly=True, sort=True)
    """Kept by the visits; the day in the company's time zone."""
    next_contact_on: Mapped[date | None] = field(Date, label=_("Next contact"), sort=True, due=True)
    deal_on: Mapped[date | None] = field(Date, label=_("Deal date"))
    locked_until: Mapped[date | None] = field(
        Date, label=_("Locked until"), help=_("Until this day no rule may take the customer from its owner.")
    )
    tags: Mapped[list[str] | None] = field(Choices(), label=_("Tags"), list="customer.tag", default=list)
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class Contact(Follower, Model):
    """Somebody who works at a customer, and what part they have in its decisions."""

    __tablename__ = "contact"
    __title__ = _("Contact")
    __title_plural__ = _("Contacts")
    __access__ = Follows("customer_id")
    __icon__ = "address-book"
    __sort__ = "name"
    __duplicates__ = (
        Likeness("mobile", ("mobile",), _("Same mobile phone number"), phone_key),
        Likeness("email", ("email",), _("Same e-mail address"), email_key),
    )

    name: Mapped[str] = field(String(100), label=pgettext("person", "Name"), required=True, search=True, sort=True)
    customer_id: Mapped[int] = field(ForeignKey("customer.id", ondelete="CASCADE"), label=_("Customer"), required=True)
    job_title: Mapped[str | None] = field(String(100), label=_("Job title"))
    role: Mapped[str | None] = field(Choice(), label=_("Part in the decision"), list="contact.role")
    mobile: Mapped[str | None] = field(Phone(40), label=_("Mobile phone"), search=True)
    phone: Mapped[str | None] = field(Phone(40), label=_("Phone"))
    email: Mapped[str | None] = field(Email(254), label=_("E-mail"), search=True)
    line_id: Mapped[str | None] = field(String(60), label=_("LINE ID"))
    birthday: Mapped[date | None] = field(Date, label=_("Birthday"))
    is_primary: Mapped[bool] = field(
        Boolean,
        label=_("Primary contact"),
        help=_("Each customer has at most one."),
        required=True,
        default=False,
    )
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class Visit(Follower, Model):
    """A visit, call or message to a customer, and what came of it."""

    __tablename__ = "visit"
    __title__ = _("Visit")
    __title_plural__ = _("Visits")
    __access__ = Follows("customer_id", owner="owner_id")
    __display__ = "content"
    __icon__ = "message"
    __sort__ = "-visited_at"

    customer_id: Mapped[int] = field(ForeignKey("customer.id", ondelete="CASCADE"), label=_("Customer"), required=True)
    customer: Mapped[Customer] = relationship()
    method: Mapped[str] = field(
        Choice(), label=_("Method"), list="visit.method", required=True, default="visit", index=True
    )
    content: Mapped[str] = field(LongText, label=_("Content"), required=True, search=True)
    visited_at: Mapped[datetime] = field(UTCDateTime, label=_("Visited at"), required=True, sort=True)
    contact_id: Mapped[int | None] = field(ForeignKey("contact.id", ondelete="SET NULL"), label=_("With whom"))
    photo: Mapped[int | None] = field(
        Image, label=_("Photo"), help=_("Of the site, the machine or the whiteboard; a phone can take it on the spot.")
    )
    next_contact_on: Mapped[date | None] = field(
        Date, label=_("Next contact"), help=_("Becomes the customer's next contact date.")
    )
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Visited by"))


class OwnershipPeriod(Follower, Model):
    """A time during which a customer had one owner, or none. Written when owners change, never rewritten."""

    __tablename__ = "ownership_period"
    __title__ = _("Ownership period")
    __title_plural__ = _("Ownership")
    __access__ = Follows("customer_id")
    __display__ = "rule"
    __icon__ = "history"
    __sort__ = "-since"

    customer_id: Mapped[int] = field(
        ForeignKey("customer.id", ondelete="CASCADE"), label=_("Customer"), required=True, readonly=True
    )
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"), readonly=True)
    since: Mapped[datetime] = field(
        UTCDateTime, label=_("Since"), required=True, readonly=True, sort=True, history=False
    )
    until: Mapped[datetime | None] = field(UTCDateTime, label=_("Until"), readonly=True, history=False)
    """Empty for the period that still lasts."""
    by_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("By whom"), readonly=True, history=False)
    rule: Mapped[str] = field(
        Choice(),
        label=_("By which rule"),
        options=OWNERSHIP_RULES,
        required=True,
        readonly=True,
        history=False,
    )
    reason: Mapped[str | None] = field(String(500), label=_("Why"), readonly=True, history=False)
