"""What all documents of sales have in common: the fields of document and lines, and how they are reviewed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.product.models import TAX_KINDS
from core.api import (
    Choice,
    Field,
    Kind,
    LongText,
    Money,
    Percent,
    Quantity,
    Rate,
    State,
    Transition,
    _,
    field,
    pgettext,
)

TAX_MODES = {"exclusive": _("Prices without tax"), "inclusive": _("Prices with tax")}

LEAST_QUANTITY = Decimal("0.0001")
MOST_QUANTITY = Decimal(99_999_999)
HIGHEST_PRICE = Decimal(999_999_999_999)

DRAFT = State("draft", pgettext("document", "Draft"))
SUBMITTED = State("submitted", _("Under review"), tone="accent")
APPROVED = State("approved", pgettext("document", "Approved"), tone="positive")
VOID = State("void", _("Void"), tone="negative", aside=True)

REASON = Field(Kind.TEXT, _("Reason"), name="reason", required=True, max_length=500)


def review() -> tuple[Transition, ...]:
    """The ways of a document through its review: the same for all of them."""
    return (
        Transition(
            "submit",
            pgettext("document", "Submit"),
            source=("draft",),
            target="submitted",
            done=_("Submitted for approval"),
            icon="send",
            is_primary=True,
            bulk=True,
        ),
        Transition(
            "approve",
            _("Approve"),
            source=("submitted",),
            target="approved",
            grant="approve",
            done=pgettext("document", "Approved"),
            icon="check",
            tone="positive",
            is_primary=True,
            bulk=True,
        ),
        Transition(
            "reject",
            _("Reject"),
            source=("submitted",),
            target="draft",
            grant="approve",
            arguments=(REASON,),
            done=_("Rejected"),
            icon="x",
            tone="negative",
        ),
        Transition(
            "recall",
            _("Take back"),
            source=("submitted",),
            target="draft",
            done=pgettext("document", "Taken back"),
            icon="arrow-back-up",
        ),
    )


class DocumentFields:
    """The fields of a quote, an order and a change of an order. What is read-only the service works out."""

    name: Mapped[str] = field(String(200), label=_("Subject"), required=True, search=True)
    contact_id: Mapped[int | None] = field(ForeignKey("contact.id", ondelete="SET NULL"), label=_("Contact"))
    opportunity_id: Mapped[int | None] = field(
        ForeignKey("opportunity.id", ondelete="SET NULL"), label=_("Opportunity")
    )
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"))
    dated_on: Mapped[date] = field(Date, label=pgettext("document", "Date"), required=True, sort=True)
    currency_id: Mapped[int] = field(ForeignKey("currency.id"), label=_("Currency"), required=True)
    rate: Mapped[Decimal] = field(
        Rate,
        label=_("Exchange rate"),
        required=True,
        readonly=True,
        default=Decimal(1),
        help=_("What one unit is worth in the company's currency; it stays as it was at submission."),
    )
    tax_mode: Mapped[str] = field(
        Choice(), label=pgettext("document", "Prices"), options=TAX_MODES, required=True, default="exclusive"
    )
    tax_rate: Mapped[Decimal] = field(Percent, label=_("Tax rate"), required=True, readonly=True, default=Decimal(5))
    """Of what is taxable, as it was when the document was made."""
    discount_percent: Mapped[Decimal | None] = field(
        Percent,
        label=_("Discount in percent"),
        minimum=0,
        maximum=100,
        help=_("On the whole document, after the discounts of its lines."),
    )
    discount_amount: Mapped[Decimal | None] = field(
        Money,
        currency="currency_id",
        label=_("Discount as an amount"),
        minimum=0,
        help=_("In place of a discount in percent."),
    )
    payment_terms_id: Mapped[int | None] = field(
        ForeignKey("payment_terms.id"), label=_("Payment terms"), help=_("Empty if all is paid at once.")
    )
    delivery: Mapped[str | None] = field(String(200), label=_("Delivery"))
    terms: Mapped[str | None] = field(LongText, label=_("Terms"), help=_("Printed below the lines."))
    note: Mapped[str | None] = field(LongText, label=_("Internal note"))
    subtotal: Mapped[Decimal] = field(
        Money, currency="currency_id", label=_("Sum of the lines"), required=True, readonly=True, default=Decimal(0)
    )
    discount_total: Mapped[Decimal] = field(
        Money, currency="currency_id", label=_("Discount"), required=True, readonly=True, default=Decimal(0)
    )
    """What the discount of the document takes off; those of its lines are in the sum of the lines already."""
    untaxed_total: Mapped[Decimal] = field(
        Money, currency="currency_id", label=_("Amount without tax"), required=True, readonly=True, default=Decimal(0)
    )
    tax_total: Mapped[Decimal] = field(
        Money, currency="currency_id", label=_("Tax"), required=True, readonly=True, default=Decimal(0)
    )
    total: Mapped[Decimal] = field(
        Money, currency="currency_id", label=_("Total"), required=True, readonly=True, sort=True, default=Decimal(0)
    )
    highest_discount: Mapped[Decimal] = field(
        Percent, label=_("Highest discount"), required=True, readonly=True, default=Decimal(0)
    )
    """Of any line, against the price before every discount: what limits and flows of approval look at."""
    submitted_by_id: Mapped[int | None] = field(
        ForeignKey("core_user.id"), label=pgettext("document", "Submitted by"), readonly=True, history=False
    )
    approved_by_id: Mapped[int | None] = field(
        ForeignKey("core_user.id"), label=_("Approved by"), readonly=True, history=False
    )


class LineFields:
    """The fields of a line."""

    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"), readonly=True, history=False)
    position: Mapped[int] = field(Integer, label=_("No."), required=True, readonly=True, sort=True, default=0)
    product_id: Mapped[int | None] = field(
        ForeignKey("product.id"), label=_("Product"), help=_("Empty for a line of free text.")
    )
    description: Mapped[str] = field(String(400), label=pgettext("line", "Description"), required=True, search=True)
    quantity: Mapped[Decimal] = field(
        Quantity,
        label=_("Quantity"),
        required=True,
        minimum=LEAST_QUANTITY,
        maximum=MOST_QUANTITY,
        default=Decimal(1),
    )
    unit: Mapped[str | None] = field(Choice(), label=_("Unit"), list="product.unit")
    unit_price: Mapped[Decimal] = field(
        Money, currency="currency_id", label=_("Unit price"), required=True, minimum=0, maximum=HIGHEST_PRICE
    )
    list_price: Mapped[Decimal | None] = field(Money, currency="currency_id", label=_("List price"), readonly=True)
    """The customer's price by the price lists, in the currency of the document and with tax if its prices are."""
    discount_percent: Mapped[Decimal | None] = field(Percent, label=_("Discount %"), minimum=0, maximum=100)
    tax_kind: Mapped[str] = field(Choice(), label=_("Tax kind"), options=TAX_KINDS, required=True)
    amount: Mapped[Decimal] = field(
        Money, currency="currency_id", label=_("Amount"), required=True, readonly=True, default=Decimal(0)
    )
    """Quantity × unit price less the discount of the line, rounded to the currency."""
    net_amount: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Amount after all discounts"),
        required=True,
        readonly=True,
        default=Decimal(0),
    )
    """The amount less the line's share of the document's discount."""
    note: Mapped[str | None] = field(String(400), label=_("Note"))
