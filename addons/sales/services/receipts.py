"""What one may do with receipts: they pay receivables once they are approved, and no longer when they are void."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.sales.allocation import Owed, oldest_first, surplus
from addons.sales.models import Currency, Receipt, ReceiptAllocation, Receivable
from addons.sales.models.receipt import CHEQUE
from addons.sales.services.currencies import Currencies
from addons.sales.services.ledger import COUNTS, Ledger, locked
from addons.sales.services.names import name_of
from addons.sales.services.settling import check_allocations, overdrawn, too_fine
from addons.sales.standing import NOTHING
from core.api import CREATE, READ, Forbidden, Invalid, Message, Records, WrongState, _

_SETTLING = "what a receipt pays"
APPROVE = "approve"
FINAL = frozenset({COUNTS, "void"})


class Receipts(Records[Receipt]):
    """Receipts. Only those that are approved count."""

    model = Receipt

    def defaults(self) -> dict[str, Any]:
        """Money came in today, in the company's currency."""
        own = self.env.service(Currencies).own()
        return super().defaults() | {"received_on": self.env.today, "currency_id": own.id}

    def derive(self, values: Mapping[str, Any], record: Receipt | None) -> Mapping[str, Any]:
        """How much is allocated, what is left, and how the customer is called."""
        found = dict(super().derive(values, record))
        if record is not None and record.state in FINAL:
            # What has gone through its approval changes by `count`, `uncount` and `allocate` alone.
            return found
        amount = values.get("amount") or NOTHING
        allocated = amount - surplus(amount, _pairs(values))
        figures: dict[str, Any] = {"allocated_total": allocated, "unallocated_total": max(amount - allocated, NOTHING)}
        with self.env.system(_SETTLING) as session:
            figures["customer_name"] = name_of(session, values.get("customer_id"))
        return found | figures

    def validate(self, values: Mapping[str, Any], record: Receipt | None) -> dict[str, Message]:
        """A cheque has number and day; allocations go to what the customer owes in the currency."""
        problems = super().validate(values, record)
        if values.get("method") == CHEQUE:
            needed = ("cheque_number", "cheque_due_on")
            problems |= {name: _("Please fill in this field.") for name in needed if values.get(name) in (None, "")}
        with self.env.system(_SETTLING) as session:
            amount = values.get("amount")
            if message := too_fine(session, values.get("currency_id"), amount):
                problems["amount"] = message
            problems |= check_allocations(session, values)
        if surplus(amount or NOTHING, _pairs(values)) < 0:
            problems["allocations"] = _("More is allocated than was received.")
        return problems

    def receive(self, receivable: Receivable, values: Mapping[str, Any]) -> Receipt:
        """A draft of what came in for a receivable, also by somebody who may not open its customer.

        `values` are those of the receipt; what is more than owed is prepaid. Raises `Forbidden`, `Invalid`.
        """
        if not self.env.actor.may("receipt", CREATE) or not self.env.can(READ, receivable):
            raise Forbidden()
        amount = min(values["amount"], receivable.balance)
        rows = [{"receivable_id": receivable.id, "amount": amount}] if amount > 0 else []
        given = {"customer_id": receivable.customer_id, "currency_id": receivable.currency_id, "allocations": rows}
        owner = {"owner_id": self.env.user_id or receivable.owner_id}
        filled = self.defaults() | self.clean(values) | given | owner
        filled |= self.derive(filled, None)
        problems = self.validate(filled, None)
        if problems:
            raise Invalid(problems)
        del filled["allocations"]
        with self.env.savepoint(), self.env.system("a receipt for a receivable") as session:
            made = Receipt(**filled)
            session.add(made)
            session.flush()
            if rows:
                session.add(ReceiptAllocation(receipt_id=made.id, position=1, **owner, **rows[0]))
            id = made.id
        return self.get(id)

    def allocate(self, record: Receipt, to: Mapping[int, Decimal]) -> None:
        """Allocates what is left of an approved receipt: receivable → amount.

        Raises `Forbidden`, `WrongState` unless the receipt is approved, `Invalid`, `Overdrawn`.
        """
        if not self.env.can(APPROVE, record):
            raise Forbidden()
        with self.env.savepoint(), self.env.system(_SETTLING) as session:
            ledger = self.env.service(Ledger)
            orders = _orders_of(session, to)
            held = ledger.hold(session, record.customer_id, orders)
            (stored,) = locked(session, Receipt, Receipt.id, [record.id])
            self._check_room(session, stored, to, held)
            self._allocate(session, stored, to)
            ledger.settle(session, orders)
        if self.env.session is not session:
            self.env.session.expire(record)

    def allocate_oldest(self, record: Receipt) -> None:
        """Allocates what is left of an approved receipt to what has been due for longest."""
        found = oldest_first(record.unallocated_total, self.owed(record))
        if not found:
            raise Invalid({"": _("Nothing is owed that this receipt could pay.")})
        self.allocate(record, found)

    def owed(self, record: Receipt) -> list[Owed]:
        """The receivables that the receipt could pay."""
        wanted = select(Receivable).where(
            Receivable.customer_id == record.customer_id,
            Receivable.currency_id == record.currency_id,
            Receivable.balance > 0,
        )
        with self.env.system(_SETTLING) as session:
            return [Owed(each.id, each.balance, each.due_on) for each in session.scalars(wanted)]

    # What the workflow does.

    def fix_rate(self, receipt: Receipt) -> None:
        """The exchange rate stays what it was on the day of submission, and it is known who has submitted."""
        receipt.submitted_by_id = self.env.user_id
        with self.env.system(_SETTLING) as session:
            currency = session.get_one(Currency, receipt.currency_id)
            receipt.rate = self.env.service(Currencies).rate_of(currency) or Decimal(1)

    def count(self, receipt: Receipt) -> None:
        """From now on the receipt pays what it is allocated to. Raises `Overdrawn` if less is owed by now."""
        with self.env.system(_SETTLING) as session:
            to = _stored_allocations(session, receipt.id)
            orders = _orders_of(session, to)
            ledger = self.env.service(Ledger)
            held = ledger.hold(session, receipt.customer_id, orders)
            # Read again under the locks: somebody may have changed them while we waited.
            to = _stored_allocations(session, receipt.id)
            overdrawn(to, held, {id: f"allocations.{place}.amount" for place, id in enumerate(to)})
            receipt.allocated_total = sum(to.values(), NOTHING)
            receipt.unallocated_total = receipt.amount - receipt.allocated_total
            ledger.settle(session, orders)

    def uncount(self, receipt: Receipt) -> None:
        """From now on the receipt, which is void, pays nothing."""
        with self.env.system(_SETTLING) as session:
            orders = _orders_of(session, _stored_allocations(session, receipt.id))
            ledger = self.env.service(Ledger)
            ledger.hold(session, receipt.customer_id, orders)
            receipt.allocated_total = receipt.unallocated_total = NOTHING
            ledger.settle(session, orders)

    # How it is done.

    def _check_room(
        self, session: Session, stored: Receipt, to: Mapping[int, Decimal], held: Mapping[int, Receivable]
    ) -> None:
        if stored.state != COUNTS:
            raise WrongState(_("Only a receipt that is approved is allocated."))
        values = {"customer_id": stored.customer_id, "currency_id": stored.currency_id}
        rows = [{"receivable_id": id, "amount": amount} for id, amount in to.items()]
        problems = check_allocations(session, values | {"allocations": rows})
        if problems:
            # One is chosen at a time, and what is allocated to the oldest fits anyway.
            raise Invalid({where.rpartition(".")[2]: text for where, text in problems.items()})
        if min(to.values(), default=NOTHING) <= 0 or sum(to.values(), NOTHING) > stored.unallocated_total:
            raise Invalid({"amount": _("Please enter no more than is left of the receipt.")})
        overdrawn(to, held)

    def _allocate(self, session: Session, stored: Receipt, to: Mapping[int, Decimal]) -> None:
        rows = session.scalars(
            select(ReceiptAllocation)
            .where(ReceiptAllocation.receipt_id == stored.id)
            .order_by(ReceiptAllocation.position)
        ).all()
        there = {row.receivable_id: row for row in rows}
        for place, (id, amount) in enumerate(sorted(to.items()), len(rows) + 1):
            if id in there:
                there[id].amount += amount
                continue
            row = ReceiptAllocation(receipt_id=stored.id, receivable_id=id, amount=amount, position=place)
            row.owner_id = stored.owner_id
            session.add(row)
        stored.allocated_total += sum(to.values(), NOTHING)
        stored.unallocated_total -= sum(to.values(), NOTHING)
        session.flush()


def _pairs(values: Mapping[str, Any]) -> Sequence[tuple[int, Decimal]]:
    rows = values.get("allocations") or ()
    return [(row.get("receivable_id") or 0, row.get("amount") or NOTHING) for row in rows]


def _stored_allocations(session: Session, receipt_id: int) -> dict[int, Decimal]:
    """Receivable → amount, in the order of the rows."""
    wanted = select(ReceiptAllocation.receivable_id, ReceiptAllocation.amount)
    found: dict[int, Decimal] = {}
    wanted = wanted.where(ReceiptAllocation.receipt_id == receipt_id).order_by(ReceiptAllocation.position)
    for id, amount in session.execute(wanted):
        found[id] = found.get(id, NOTHING) + amount
    return found


def _orders_of(session: Session, receivables: Mapping[int, Decimal]) -> list[int]:
    wanted = select(Receivable.order_id).where(Receivable.id.in_(list(receivables))).distinct()
    return sorted(session.scalars(wanted))
