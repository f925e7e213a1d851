"""What one may do with receivables, and how those of an order come to be, follow it and become void."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from addons.sales.errors import BelowReceived
from addons.sales.following import Followed, followed
from addons.sales.instalments import ACCEPTANCE, DELIVERY, ORDER, Instalment, Step, instalments
from addons.sales.models import Currency, Order, Receivable
from addons.sales.services.currencies import Currencies
from addons.sales.services.invoices import misplaced_invoice
from addons.sales.services.ledger import OWED, Ledger
from addons.sales.services.names import name_of
from addons.sales.services.settling import plain, too_fine
from addons.sales.services.terms import PaymentTermsRecords
from addons.sales.standing import NOTHING
from core.api import EDIT, Changes, Conflict, Env, Forbidden, Invalid, Message, Records, Text, _

_FOLLOWING = "the receivables of an order"


class Receivables(Records[Receivable]):
    """Receivables. Together they are never more than their order, and none is less than what was received of it."""

    model = Receivable

    def defaults(self) -> dict[str, Any]:
        """The currency is the company's own until an order is chosen."""
        return super().defaults() | {"currency_id": self.env.service(Currencies).own().id}

    def create(self, values: Mapping[str, Any]) -> Receivable:
        """A receivable of what the order has none for yet."""
        order_id = values.get("order_id")
        if isinstance(order_id, int):
            self._hold(order_id)
        return super().create(values)

    def update(self, record: Receivable, values: Mapping[str, Any], *, version: int | None = None) -> Receivable:
        """Changes amount, day or invoice; the amount only while something is owed."""
        self._hold(record.order_id)
        return super().update(record, values, version=version)

    def delete(self, record: Receivable, *, version: int | None = None) -> int:
        """Refused: what was issued stays. It becomes void with its order."""
        raise Forbidden(_("A receivable is not deleted: change it, or void its order."))

    def derive(self, values: Mapping[str, Any], record: Receivable | None) -> Mapping[str, Any]:
        """Customer, currency and place are those of the order; balance and state follow from the money."""
        found = dict(super().derive(values, record))
        with self.env.system(_FOLLOWING) as session:
            order = session.get(Order, values.get("order_id") or 0)
            if order is not None and record is None:
                found |= _belonging(order, self._next_place(session, order.id))
                found["customer_name"] = name_of(session, order.customer_id)
        if values.get("amount") is not None:
            draft = Receivable(**{name: values.get(name) for name in ("amount", "due_on", "voided_on")})
            draft.received, draft.credited = values.get("received") or NOTHING, values.get("credited") or NOTHING
            if draft.claim.balance >= 0:
                self.env.service(Ledger).judge(draft)
                found |= {name: getattr(draft, name) for name in ("balance", "state", "awaited_on")}
        return found

    def validate(self, values: Mapping[str, Any], record: Receivable | None) -> dict[str, Message]:
        """No more than the order, no less than what was received; an order keeps its receivables."""
        problems = super().validate(values, record) | misplaced_invoice(self.env, values, record)
        with self.env.system(_FOLLOWING) as session:
            order = session.get(Order, values.get("order_id") or 0)
            if order is None:
                return problems
            if record is not None and order.id != record.order_id:
                problems["order_id"] = _("A receivable stays with its order.")
            elif record is None and order.state not in OWED:
                problems["order_id"] = _("Only an order that is approved has receivables.")
            elif message := self._refused_amount(session, order, values, record):
                problems["amount"] = message
        return problems

    def saved(self, record: Receivable, changes: Changes, *, created: bool) -> None:
        """The figures of the order follow."""
        super().saved(record, changes, created=created)
        if created or changes.keys() & {"amount", "due_on"}:
            with self.env.system(_FOLLOWING) as session:
                self.env.service(Ledger).settle(session, [record.order_id])

    def split(self, record: Receivable, *, amount: Decimal, due_on: date | None = None) -> Receivable:
        """Takes `amount` of what is owed into a receivable of its own. Raises `Forbidden`, `Invalid`."""
        if not self.env.can(EDIT, record):
            raise Forbidden()
        with self.env.savepoint(), self.env.system(_FOLLOWING) as session:
            ledger = self.env.service(Ledger)
            stored = ledger.hold(session, record.customer_id, [record.order_id])[record.id]
            if not 0 < amount < stored.balance:
                raise Invalid({"amount": _("Please enter less than what is owed of it.")})
            if message := too_fine(session, stored.currency_id, amount):
                raise Invalid({"amount": message})
            stored.amount -= amount
            order = session.get_one(Order, stored.order_id)
            made = _made(session, order, self._next_place(session, order.id), amount, due_on or stored.due_on)
            made.label, made.event = stored.label, stored.event
            session.add(made)
            session.flush()
            ledger.settle(session, [order.id])
            id = made.id
        return self.get(id)

    # What an order does to them.

    def begin(self, order: Order) -> None:
        """Turns the payment terms of an order that is being approved into receivables that are its total."""
        with self.env.system(_FOLLOWING) as session:
            ledger = self.env.service(Ledger)
            held = ledger.hold(session, order.customer_id, [order.id])
            stored = session.get_one(Order, order.id)
            if not held and stored.total > 0:
                steps = self.env.service(PaymentTermsRecords).steps_of(stored.payment_terms_id)
                self._add(session, stored, self._instalments(session, stored, steps))
            ledger.settle(session, [stored.id])

    def follow_order(self, order: Order) -> None:
        """Makes the receivables of an order its total again. Raises `BelowReceived` if more than that is settled."""
        with self.env.system(_FOLLOWING) as session:
            ledger = self.env.service(Ledger)
            held = ledger.hold(session, order.customer_id, [order.id])
            stored = session.get_one(Order, order.id)
            live = [each for each in held.values() if each.voided_on is None]
            decimals = session.get_one(Currency, stored.currency_id).decimals
            found = followed(stored.total, [each.claim for each in live], decimals=decimals)
            if found is None:
                raise BelowReceived()
            self._follow(session, stored, live, found)
            ledger.settle(session, [stored.id])

    def void(self, order: Order) -> None:
        """Voids what is not paid of an order that is being voided."""
        with self.env.system(_FOLLOWING) as session:
            ledger = self.env.service(Ledger)
            for receivable in ledger.hold(session, order.customer_id, [order.id]).values():
                if receivable.received:
                    raise Conflict(refused_void(receivable))
                if receivable.voided_on is None:
                    # What was credited in full was not paid either, and is not owed again once the credit note is void.
                    receivable.voided_on = ledger.today
            ledger.settle(session, [order.id])

    # How it is done.

    def _hold(self, order_id: int) -> None:
        with self.env.system(_FOLLOWING) as session:
            order = session.get(Order, order_id)
            if order is not None:
                self.env.service(Ledger).hold(session, order.customer_id, [order.id])

    def _refused_amount(
        self, session: Session, order: Order, values: Mapping[str, Any], record: Receivable | None
    ) -> Message | None:
        amount = values.get("amount")
        if amount is None or (record is not None and amount == record.amount):
            return None
        if record is not None and record.voided_on is not None:
            return _("A receivable that is void cannot be changed.")
        if record is not None and amount < record.received + record.credited:
            return _("More than that was received or credited already.")
        others = select(func.sum(Receivable.amount)).where(Receivable.order_id == order.id)
        others = others.where(Receivable.voided_on.is_(None), Receivable.id != (record.id if record else 0))
        room = order.total - (session.scalar(others) or NOTHING)
        if amount > room:
            return _("Receivables may not exceed their order: {room} is left of it.", room=plain(max(room, NOTHING)))
        return too_fine(session, order.currency_id, amount)

    def _instalments(self, session: Session, order: Order, steps: Sequence[Step]) -> list[Instalment]:
        decimals = session.get_one(Currency, order.currency_id).decimals
        days = {ORDER: self.env.service(Ledger).today, DELIVERY: order.promised_on, ACCEPTANCE: None}
        return instalments(order.total, steps, decimals=decimals, days=days)

    def _add(self, session: Session, order: Order, parts: Sequence[Instalment]) -> None:
        for place, part in enumerate(parts, self._next_place(session, order.id)):
            made = _made(session, order, place, part.amount, part.due_on)
            made.label, made.event = part.step.label or None, part.step.event
            session.add(made)
        session.flush()

    def _follow(self, session: Session, order: Order, live: Sequence[Receivable], found: Followed) -> None:
        for receivable, amount in zip(live, found.amounts, strict=True):
            if amount:
                receivable.amount = amount
            else:
                receivable.voided_on = self.env.service(Ledger).today
        if found.more:
            place = self._next_place(session, order.id)
            session.add(_made(session, order, place, found.more, self.env.service(Ledger).today))
        session.flush()

    def _next_place(self, session: Session, order_id: int) -> int:
        last = session.scalar(select(func.max(Receivable.position)).where(Receivable.order_id == order_id))
        return (last or 0) + 1


def refused_void(receivable: Receivable) -> Text:
    """Why the order of a receivable that was paid cannot become void."""
    return _("{name} was paid by a receipt that is approved; void that first.", name=receivable.name)


def receivables_follow(env: Env, order: Order) -> None:
    """Makes the receivables of an order its new total. Raises `BelowReceived` if more than that is settled."""
    env.service(Receivables).follow_order(order)


def _made(session: Session, order: Order, place: int, amount: Decimal, due_on: date | None) -> Receivable:
    made = Receivable(**_belonging(order, place), amount=amount, due_on=due_on)
    made.customer_name = name_of(session, order.customer_id)
    return made


def _belonging(order: Order, place: int) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "customer_id": order.customer_id,
        "currency_id": order.currency_id,
        "owner_id": order.owner_id,
        "position": place,
        "name": f"{order.number or order.id}/{place}",
    }
