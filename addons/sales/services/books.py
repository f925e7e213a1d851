"""Whether the books balance: everything that is kept worked out once more from what is approved."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from addons.sales.models import CreditNote, CreditNoteAllocation, Order, Receipt, ReceiptAllocation, Receivable
from addons.sales.services.ledger import COUNTS, OWED, credited_of, received_of
from addons.sales.standing import NOTHING, Claim, standing
from core.api import Env


class Books:
    """Compares what receivables, orders and receipts say with what follows from allocations."""

    def __init__(self, env: Env) -> None:
        self.env = env

    def differences(self) -> Iterator[str]:
        """One line for each figure that is wrong, in English; none if the books balance."""
        with self.env.system("whether the books balance") as session:
            claims = yield from self._receivables(session)
            yield from self._orders(session, claims)
            yield from self._receipts(session)
            yield from self._credit_notes(session)

    def _receivables(self, session: Session) -> Generator[str, None, dict[int, list[Claim]]]:
        received, credited = received_of(session), credited_of(session)
        claims: dict[int, list[Claim]] = {}
        for each in session.scalars(select(Receivable).order_by(Receivable.id)):
            right = (received.get(each.id, NOTHING), credited.get(each.id, NOTHING))
            claim = Claim(each.amount, *right, each.due_on, is_void=each.voided_on is not None)
            claims.setdefault(each.order_id, []).append(claim)
            name = f"receivable {each.id} ({each.name})"
            yield from _compared(f"{name}: received, credited", (each.received, each.credited), right)
            yield from _compared(f"{name}: balance", each.balance, claim.balance)
            if claim.balance < 0:
                yield f"{name}: {-claim.balance:f} more is settled than it is worth"
        return claims

    def _orders(self, session: Session, claims: dict[int, list[Claim]]) -> Iterator[str]:
        for order in session.scalars(select(Order).order_by(Order.id)):
            theirs = claims.get(order.id, [])
            found = standing(order.total, theirs, is_owed=order.state in OWED)
            name = f"order {order.id} ({order.number})"
            kept = (order.received_total, order.credited_total, order.outstanding_total)
            right = (found.received, found.credited, found.outstanding)
            yield from _compared(f"{name}: received, credited, outstanding", kept, right)
            counted = (order.instalments, order.instalments_paid, order.next_due_on)
            expected = (found.instalments, found.instalments_paid, found.next_due_on)
            yield from _compared(f"{name}: instalments, paid, next due", counted, expected)
            owed = sum((claim.amount for claim in theirs if not claim.is_void), NOTHING)
            if order.state == "void" and owed:
                yield f"{name}: it is void, and {owed:f} of its receivables is not"
            if owed > order.total:
                yield f"{name}: its receivables are {owed:f} together, and its total is {order.total:f}"

    def _receipts(self, session: Session) -> Iterator[str]:
        sums = _allocated(session, ReceiptAllocation.receipt_id, ReceiptAllocation.amount)
        for each in session.scalars(select(Receipt).where(Receipt.state == COUNTS).order_by(Receipt.id)):
            allocated = sums.get(each.id, NOTHING)
            name = f"receipt {each.id} ({each.number})"
            kept = (each.allocated_total, each.unallocated_total)
            yield from _compared(f"{name}: allocated, prepaid", kept, (allocated, each.amount - allocated))
            if allocated > each.amount:
                yield f"{name}: {allocated:f} is allocated of {each.amount:f}"

    def _credit_notes(self, session: Session) -> Iterator[str]:
        sums = _allocated(session, CreditNoteAllocation.credit_note_id, CreditNoteAllocation.amount)
        for each in session.scalars(select(CreditNote).where(CreditNote.state == COUNTS).order_by(CreditNote.id)):
            name = f"credit note {each.id} ({each.number})"
            yield from _compared(f"{name}: allocated", sums.get(each.id, NOTHING), each.amount)


def _allocated(session: Session, link: Any, amount: Any) -> dict[int, Decimal]:
    return dict(session.execute(select(link, func.sum(amount)).group_by(link)).all())


def _compared(what: str, kept: Any, right: Any) -> Iterator[str]:
    if kept != right:
        yield f"{what}: {_shown(kept)} is kept, {_shown(right)} is right"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
