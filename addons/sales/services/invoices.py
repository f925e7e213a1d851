"""The invoices that are recorded on orders and receivables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.sales.models import Order, Receivable
from core.api import Env, Message, _

_INVOICED: tuple[Any, ...] = (Order, Receivable)


def misplaced_invoice(env: Env, values: Mapping[str, Any], record: Order | Receivable | None) -> dict[str, Message]:
    """What is wrong with an invoice number that is new: each is of one buyer, of however many orders and receivables.

    統一發票使用辦法, article 9: an invoice names its buyer, and no number is issued twice.
    """
    number = values.get("invoice_number")
    if number is None or (record is not None and number == record.invoice_number):
        return {}
    with env.system("whose an invoice is") as session:
        for model in _INVOICED:
            others = select(model.id).where(
                model.invoice_number == number, model.customer_id != values.get("customer_id")
            )
            if session.scalar(others.limit(1)) is not None:
                return {"invoice_number": _("This invoice number is recorded for another customer.")}
    return {}
