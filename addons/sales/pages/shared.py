"""What the pages of all documents share."""

from __future__ import annotations

from typing import Any

from addons.sales.services.discounts import DiscountLimits
from addons.sales.services.settings import SalesSettings
from core.api import Env, Lines, Section, Text, _, listed, pgettext

LINE_COLUMNS = (
    "product_id",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "tax_kind",
    "amount",
)

LINES = Lines(
    part="lines",
    columns=LINE_COLUMNS,
    totals=("subtotal", "discount_total", "untaxed_total", "tax_total", "total"),
)

TERMS = Section(
    key="terms",
    label=pgettext("document", "Discount and terms"),
    fields=("discount_percent", "discount_amount", "tax_mode", "currency_id", "delivery", "terms"),
)

NOTE = Section(key="note", label=_("Internal note"), fields=("note",))

AMOUNTS = (
    "subtotal",
    "discount_total",
    "untaxed_total",
    "tax_total",
    "total",
    "highest_discount",
    "currency_id",
    "rate",
    "tax_mode",
)


def to_decide(env: Env, document: Any) -> Text | None:
    """That a document waits and for whom, and to its submitter why they are not the one who approves it.

    What waits for the decision of an addon says so itself.
    """
    if document.state != "submitted" or env.workflow.waiting(document):
        return None
    limits = env.service(DiscountLimits)
    if limits.is_above(document, of=document.submitted_by_id) and (names := limits.approvers(document)):
        return _(
            "Waits for {names}: the discount is above what its submitter gives without approval.", names=listed(names)
        )
    is_own = document.submitted_by_id == env.user_id and env.actor.may(document.key(), "approve")
    if is_own and not env.service(SalesSettings).values()["self_approval"]:
        return _("Waits for approval. You have submitted this yourself: somebody else approves it.")
    return _("Waits for approval.")


def before_submitting(env: Env, document: Any) -> Text:
    """What becomes of a draft that is complete."""
    limits = env.service(DiscountLimits)
    if limits.is_above(document, of=env.user_id):
        if names := limits.approvers(document, without=env.user_id):
            return _(
                "This is a draft. Its discount is above what you give by yourself: once submitted, it waits "
                "for {names}.",
                names=listed(names),
            )
        return _(
            "This is a draft. Its discount is above what you give by yourself: once submitted, somebody with a higher "
            "limit approves it."
        )
    return _("This is a draft. Submit it for approval when it is complete.")
