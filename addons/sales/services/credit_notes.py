"""What one may do with credit notes: they reduce what is owed once they are approved."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.sales.allocation import Owed, latest_first
from addons.sales.errors import BelowReceived
from addons.sales.models import CreditNote, CreditNoteAllocation, Order, Receivable
from addons.sales.services.currencies import Currencies
from addons.sales.services.ledger import OWED, Ledger
from addons.sales.services.settling import check_allocations, overdrawn, plain, too_fine
from addons.sales.standing import NOTHING
from core.api import Message, Records, _

_SETTLING = "what a credit note takes off"


class CreditNotes(Records[CreditNote]):
    """Credit notes of orders. What they do not say themselves is taken off what is due last."""

    model = CreditNote

    def defaults(self) -> dict[str, Any]:
        """Written today; the currency is the company's own until an order is chosen."""
        own = self.env.service(Currencies).own()
        return super().defaults() | {"dated_on": self.env.today, "currency_id": own.id}

    def derive(self, values: Mapping[str, Any], record: CreditNote | None) -> Mapping[str, Any]:
        """Customer and currency are those of the order."""
        found = dict(super().derive(values, record))
        with self.env.system(_SETTLING) as session:
            order = session.get(Order, values.get("order_id") or 0)
        return found if order is None else found | {"customer_id": order.customer_id, "currency_id": order.currency_id}

    def validate(self, values: Mapping[str, Any], record: CreditNote | None) -> dict[str, Message]:
        """An order that is owed, and no more of it than is owed."""
        problems = super().validate(values, record)
        with self.env.system(_SETTLING) as session:
            order, amount = session.get(Order, values.get("order_id") or 0), values.get("amount")
            if order is None or amount is None:
                return problems
            if order.state not in OWED:
                problems["order_id"] = _("Only of an order that is approved something is owed.")
            elif amount > order.outstanding_total:
                problems["amount"] = _("Only {balance} is owed of it.", balance=plain(order.outstanding_total))
            elif message := too_fine(session, order.currency_id, amount):
                problems["amount"] = message
            problems |= check_allocations(session, values)
        if sum((row.get("amount") or NOTHING for row in values.get("allocations") or ()), NOTHING) > amount:
            problems["allocations"] = _("More is allocated than is credited.")
        return problems

    # What the workflow does.

    def count(self, note: CreditNote) -> None:
        """From now on less is owed. Raises `BelowReceived` or `Overdrawn` if that is too little by now."""
        with self.env.system(_SETTLING) as session:
            ledger = self.env.service(Ledger)
            held = ledger.hold(session, note.customer_id, [note.order_id])
            rows = _allocations(session, note.id)
            to = {row.receivable_id: row.amount for row in rows}
            overdrawn(to, held, {row.receivable_id: f"allocations.{n}.amount" for n, row in enumerate(rows)})
            rest = note.amount - sum(to.values(), NOTHING)
            more = latest_first(rest, [_owed(each, to) for each in held.values() if each.voided_on is None])
            if sum(more.values(), NOTHING) < rest:
                raise BelowReceived(_("Less is owed of the order than this credits."))
            self._allocate(session, note, rows, more)
            ledger.settle(session, [note.order_id])

    def uncount(self, note: CreditNote) -> None:
        """From now on the credit note, which is void, takes nothing off."""
        with self.env.system(_SETTLING) as session:
            ledger = self.env.service(Ledger)
            ledger.hold(session, note.customer_id, [note.order_id])
            ledger.settle(session, [note.order_id])

    def _allocate(
        self, session: Session, note: CreditNote, rows: list[CreditNoteAllocation], more: Mapping[int, Decimal]
    ) -> None:
        there = {row.receivable_id: row for row in rows}
        for place, (id, amount) in enumerate(sorted(more.items()), len(rows) + 1):
            if id in there:
                there[id].amount += amount
                continue
            row = CreditNoteAllocation(credit_note_id=note.id, receivable_id=id, amount=amount, position=place)
            row.owner_id = note.owner_id
            session.add(row)
        session.flush()


def _allocations(session: Session, id: int) -> list[CreditNoteAllocation]:
    wanted = select(CreditNoteAllocation).where(CreditNoteAllocation.credit_note_id == id)
    return list(session.scalars(wanted.order_by(CreditNoteAllocation.position)))


def _owed(receivable: Receivable, taken: Mapping[int, Decimal]) -> Owed:
    return Owed(receivable.id, receivable.balance - taken.get(receivable.id, NOTHING), receivable.due_on)
