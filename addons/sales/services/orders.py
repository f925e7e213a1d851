"""What one may do with orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from addons.customer.models import Customer
from addons.customer.services.stored import forget, locked
from addons.sales.models import Contract, Order, OrderChange, Quote
from addons.sales.services.documents import Documents, Values
from addons.sales.services.invoices import misplaced_invoice
from core.api import Conflict, Forbidden, Message, _, locked_now

CHANGEABLE = ("approved", "in_progress")


class NotChangeable(Conflict):
    """Only an order that is approved and not done yet is changed by a request."""

    code = "not_changeable"
    default = _("Only an order that is approved and not done yet is changed by a request.")


class Orders(Documents[Order]):
    """Orders."""

    model = Order

    def validate(self, values: Values, record: Order | None) -> dict[str, Message]:
        """A contract covers orders of its own customer; in whatever state the order is."""
        problems = super().validate(values, record) | misplaced_invoice(self.env, values, record)
        with self.env.system("the contract of an order") as session:
            contract = session.get(Contract, values.get("contract_id") or 0)
        if contract is not None and contract.customer_id != values.get("customer_id"):
            problems["contract_id"] = _("This contract is another customer's.")
        if record is not None and record.quote_id is not None and values.get("customer_id") != record.customer_id:
            problems["customer_id"] = _("An order stays with the customer of its quote.")
        return problems

    def copied(self, record: Order) -> dict[str, Any]:
        """A copy is another sale: it has no invoice yet, and nothing was promised."""
        return super().copied(record) | dict.fromkeys(("invoice_number", "invoiced_on", "promised_on"))

    def of_quote(self, quote: Quote) -> Order:
        """An order with the lines, taxes and terms of the quote. For `Quotes.convert`, which holds the quote."""
        own = {"quote_id": quote.id, "tax_rate": quote.tax_rate}
        with self._making(own):
            return self.create(self._carried(quote))

    def change(self, order: Order, *, reason: str) -> OrderChange:
        """A request to change the order, as a draft that is like it; the one that is open already, if there is.

        Raises `Forbidden`, `NotChangeable`.
        """
        if not self.env.can("edit", order):
            raise Forbidden()
        changes = self.env.records(OrderChange)
        with self.env.savepoint(), self.env.system("a change of an order") as session:
            locked(session, order.customer_id)
            stored = locked_now(session, Order, order.id)
            wanted = select(OrderChange.id).where(
                OrderChange.order_id == order.id, OrderChange.state.in_(("draft", "submitted"))
            )
            there = session.scalar(wanted.limit(1))
            if there is not None:
                return changes.get(there)
            if stored.state not in CHANGEABLE:
                raise NotChangeable()
        made: OrderChange = changes.of_order(order, reason=reason)  # type: ignore[attr-defined]
        return made

    def win(self, order: Order) -> None:
        """The customer has bought: it gets the status that means so, and the date of the deal."""
        statuses = self.env.lists.with_meaning("customer.status", "won")
        with self.env.system("an approved order wins its customer") as session:
            customer = locked(session, order.customer_id)
            customer.deal_on = self.today
            if statuses and customer.status not in statuses:
                customer.status = statuses[0]
            session.flush()
        forget(self.env.session, Customer, {order.customer_id})
