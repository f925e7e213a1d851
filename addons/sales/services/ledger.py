"""The books: what is received, credited and owed. It follows from what is approved, and is written nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from addons.customer.models import Customer
from addons.customer.services.stored import forget
from addons.sales.errors import Overdrawn
from addons.sales.models import (
    CreditNote,
    CreditNoteAllocation,
    Order,
    Receipt,
    ReceiptAllocation,
    Receivable,
)
from addons.sales.standing import NOTHING, standing
from core.api import Env, _, clock

COUNTS = "approved"
"""The state in which receipts and credit notes count."""

OWED = frozenset({"approved", "in_progress", "done"})
"""The states of an order in which its total is owed."""


class Ledger:
    """Keeps receivables and orders in step with receipts and credit notes, in the transaction that changes these."""

    def __init__(self, env: Env) -> None:
        self.env = env

    @property
    def today(self) -> date:
        """The date where the company is: a receivable is overdue for everybody at the same moment."""
        return clock.now().astimezone(self.env.company_timezone).date()

    def hold(self, session: Session, customer_id: int, orders: Iterable[int]) -> dict[int, Receivable]:
        """Locks the customer, these orders of it and their receivables; gives the receivables as they are stored now.

        Everybody takes the locks in this order, receipts and credit notes last, so that nobody waits in a circle.
        """
        ids = sorted(set(orders))
        # Who only links to the customer need not wait.
        locked(session, Customer, Customer.id, [customer_id], key_share=True)
        locked(session, Order, Order.id, ids)
        return {each.id: each for each in locked(session, Receivable, Receivable.order_id, ids)}

    def settle(self, session: Session, orders: Iterable[int]) -> None:
        """Works out what is received, credited and owed of these orders. Call it under `hold`.

        Raises `Overdrawn` if more were allocated to a receivable than it is worth.
        """
        ids = sorted(set(orders))
        received, credited = received_of(session, ids), credited_of(session, ids)
        theirs: dict[int, list[Receivable]] = {id: [] for id in ids}
        wanted = select(Receivable).where(Receivable.order_id.in_(ids)).order_by(Receivable.id)
        for receivable in session.scalars(wanted):
            theirs[receivable.order_id].append(receivable)
            receivable.received = received.get(receivable.id, NOTHING)
            receivable.credited = credited.get(receivable.id, NOTHING)
            self.judge(receivable)
        for order in session.scalars(select(Order).where(Order.id.in_(ids)).order_by(Order.id)):
            _sum_up(order, theirs[order.id])
        session.flush()
        forget(self.env.session, Order, set(ids))
        forget(self.env.session, Receivable, {each.id for found in theirs.values() for each in found})

    def judge(self, receivable: Receivable) -> None:
        """Works out balance and state from what was received and the day. Raises `Overdrawn`."""
        claim = receivable.claim
        if claim.balance < 0:
            raise Overdrawn(_("More would be allocated to {name} than is owed of it.", name=receivable.name))
        receivable.balance, receivable.state = claim.balance, claim.state(self.today)
        receivable.awaited_on = receivable.due_on if claim.balance else None


def _sum_up(order: Order, receivables: list[Receivable]) -> None:
    found = standing(order.total, [each.claim for each in receivables], is_owed=order.state in OWED)
    order.received_total, order.credited_total = found.received, found.credited
    order.outstanding_total, order.next_due_on = found.outstanding, found.next_due_on
    order.instalments, order.instalments_paid = found.instalments, found.instalments_paid


def locked(session: Session, model: Any, column: Any, ids: list[int], *, key_share: bool = False) -> list[Any]:
    """The records whose column is one of the ids, locked in the order of their ids and read as they are stored now."""
    wanted = select(model).where(column.in_(ids)).order_by(model.id).with_for_update(key_share=key_share)
    return list(session.scalars(wanted, execution_options={"populate_existing": True}))


def received_of(session: Session, orders: Iterable[int] | None = None) -> Mapping[int, Decimal]:
    """Receivable → what approved receipts have brought, of these orders or of all."""
    return _sums(session, ReceiptAllocation, Receipt, ReceiptAllocation.receipt_id, orders)


def credited_of(session: Session, orders: Iterable[int] | None = None) -> Mapping[int, Decimal]:
    """Receivable → what approved credit notes have taken off, of these orders or of all."""
    return _sums(session, CreditNoteAllocation, CreditNote, CreditNoteAllocation.credit_note_id, orders)


def _sums(session: Session, part: Any, whole: Any, link: Any, orders: Iterable[int] | None) -> dict[int, Decimal]:
    wanted = select(part.receivable_id, func.sum(part.amount)).join(whole, whole.id == link)
    wanted = wanted.where(whole.state == COUNTS).group_by(part.receivable_id)
    if orders is not None:
        of = select(Receivable.id).where(Receivable.order_id.in_(list(orders)))
        wanted = wanted.where(part.receivable_id.in_(of))
    return dict(session.execute(wanted).all())
