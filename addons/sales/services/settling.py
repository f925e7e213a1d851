"""What receipts and credit notes have in common when they settle receivables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.sales.allocation import excesses
from addons.sales.errors import Overdrawn
from addons.sales.models import Currency, Order, Receivable
from addons.sales.services.ledger import OWED
from core.api import Message, _


def check_allocations(session: Session, values: Mapping[str, Any]) -> dict[str, Message]:
    """What is wrong with the rows under `allocations`: `allocations.0.amount` → message.

    They go to receivables of the customer and the currency, each at most once, and none beyond what is owed of it.
    """
    rows = values.get("allocations") or ()
    ids = [row.get("receivable_id") for row in rows]
    found = {each.id: each for each in session.scalars(select(Receivable).where(Receivable.id.in_(filter(None, ids))))}
    problems: dict[str, Message] = {}
    for place, row in enumerate(rows):
        receivable = found.get(row.get("receivable_id"))
        if receivable is None:
            continue
        if message := _refused(session, receivable, values, is_again=receivable.id in ids[:place]):
            problems[f"allocations.{place}.receivable_id"] = message
        elif (row.get("amount") or 0) > receivable.balance:
            left = plain(receivable.balance)
            problems[f"allocations.{place}.amount"] = _("Only {balance} is owed of it.", balance=left)
        elif message := too_fine(session, receivable.currency_id, row.get("amount")):
            problems[f"allocations.{place}.amount"] = message
    return problems


def too_fine(session: Session, currency_id: int | None, amount: Decimal | None) -> Message | None:
    """What is wrong with an amount that has more decimals than its currency; None if it has not."""
    currency = session.get(Currency, currency_id or 0)
    if currency is None or amount is None or amount == round(amount, currency.decimals):
        return None
    return _("The currency has {count} decimals.", count=currency.decimals)


def _refused(session: Session, receivable: Receivable, values: Mapping[str, Any], *, is_again: bool) -> Message | None:
    if is_again:
        return _("This receivable stands here twice.")
    if receivable.customer_id != values.get("customer_id"):
        return _("This receivable is another customer's.")
    if receivable.currency_id != values.get("currency_id"):
        return _("This receivable is in another currency.")
    if "order_id" in values and receivable.order_id != values["order_id"]:
        return _("This receivable is another order's.")
    if receivable.voided_on is not None or session.get_one(Order, receivable.order_id).state not in OWED:
        return _("This receivable is void.")
    return None


def overdrawn(
    to: Mapping[int, Decimal], held: Mapping[int, Receivable], fields: Mapping[int, str] | None = None
) -> None:
    """Raises `Overdrawn` if less is owed of a receivable than it is to get. Call it under the locks of the books.

    `fields` says where the amount of each receivable stands, `allocations.0.amount`, for the answer of the API.
    """
    found = excesses(list(to.items()), {id: each.balance for id, each in held.items()})
    if found:
        first = found[0]
        name = held[first.id].name if first.id in held else str(first.id)
        text = _(
            "{name} would get {allocated}, and only {balance} is owed of it.",
            name=name,
            allocated=plain(first.allocated),
            balance=plain(first.balance),
        )
        field = (fields or {}).get(first.id)
        raise Overdrawn(text, **({} if field is None else {"field": field}))


def plain(amount: Decimal) -> str:
    """An amount in a message: grouped, and with no more decimals than it has."""
    return f"{amount.normalize():,f}"
