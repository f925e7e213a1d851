"""What one may do with changes of orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.customer.services.stored import forget
from addons.sales.models import Order, OrderChange, OrderChangeLine, OrderLine
from addons.sales.services.documents import CARRIED, LINE_CARRIED, Documents
from core.api import Message, _, locked_now, write_over

FIGURES = ("subtotal", "discount_total", "untaxed_total", "tax_total", "total", "highest_discount")
LINE_FIGURES = ("list_price", "amount", "net_amount")
KEPT = {"customer_id", "owner_id", "currency_id", "note", "opportunity_id"}
"""What an order keeps, whatever its change says: another customer or currency makes another order."""


class OrderChanges(Documents[OrderChange]):
    """Changes of orders. One that is approved is written over its order, in the same transaction."""

    model = OrderChange

    def derive(self, values: Mapping[str, Any], record: OrderChange | None) -> dict[str, Any]:
        """Customer, currency and tax are those of the order, whoever writes the request."""
        with self.env.system("the order that is to change") as session:
            order = session.get(Order, values.get("order_id") or 0)
        if order is None or (record is not None and self._is_fixed(record)):
            return super().derive(values, record)
        same = {name: getattr(order, name) for name in ("customer_id", "currency_id", "tax_rate")}
        return super().derive({**values, **same}, record) | same | {"rate": order.rate}

    def validate(self, values: Mapping[str, Any], record: OrderChange | None) -> dict[str, Message]:
        """A request is for an order that can be changed, and stays with it."""
        problems = super().validate(values, record)
        if record is not None and values.get("order_id") != record.order_id:
            problems["order_id"] = _("A request stays with its order.")
        if record is None and self._is_open(values.get("order_id")):
            problems["order_id"] = _("There is a request for this order already. Change that, or void it.")
        return problems

    def _is_open(self, order_id: int | None) -> bool:
        """Whether a request for the order is still to be decided: of two the later one would undo the other."""
        wanted = select(OrderChange.id).where(
            OrderChange.order_id == order_id, OrderChange.state.in_(("draft", "submitted"))
        )
        with self.env.system("the requests for an order") as session:
            return session.scalar(wanted.limit(1)) is not None

    def of_order(self, order: Order, *, reason: str) -> OrderChange:
        """A draft that is like the order. For `Orders.change`."""
        own = {"order_id": order.id, "promised_on": order.promised_on, "reason": reason, "note": None}
        with self._making({"customer_id": order.customer_id}):
            return self.create(self._carried(order) | own)

    def write(self, change: OrderChange) -> None:
        """Writes what was approved over the order: terms, lines and figures."""
        with self.env.system("an approved change of an order") as session:
            order = locked_now(session, Order, change.order_id)
            new = session.scalars(
                select(OrderChangeLine)
                .where(OrderChangeLine.order_change_id == change.id)
                .order_by(OrderChangeLine.position, OrderChangeLine.id)
            ).all()
            old = session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).all()
            for name in (*CARRIED, *FIGURES, "tax_rate", "promised_on"):
                if name not in KEPT and hasattr(order, name):
                    setattr(order, name, getattr(change, name))
            wanted = (*LINE_CARRIED, *LINE_FIGURES)
            write_over(self.env, order, "lines", [{name: getattr(line, name) for name in wanted} for line in new])
            session.flush()
        forget(self.env.session, Order, {change.order_id})
        forget(self.env.session, OrderLine, set(old))
