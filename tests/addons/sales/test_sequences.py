"""Whatever people do one after the other, the books add up."""

from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.api import AppError, Env
from core.testing.plugin import open_site

amounts = st.integers(1, 120).map(Decimal)
places = st.integers(0, 3)


def machine(template: Path) -> type[RuleBasedStateMachine]:
    """Orders, receipts and credit notes of one customer, worked on at random."""
    from sqlalchemy import select

    from addons.customer.models import Customer
    from addons.sales.models import CreditNote, Currency, Order, OrderLine, Receipt, ReceiptAllocation, Receivable
    from addons.sales.services import Books, Receipts, Receivables, receivables_follow

    class Money(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = Path(tempfile.mkdtemp())
            shutil.copy(template, self.folder / "site.db")
            self.site = open_site(f"sqlite:///{self.folder / 'site.db'}", self.folder)
            with self.site.system("begin") as env:
                self.customer = env.records(Customer).create({"name": "台榮精密"}).id
                self.currency = env.session.scalars(select(Currency.id).where(Currency.code == "TWD")).one()

        def teardown(self) -> None:
            self.site.dispose()
            shutil.rmtree(self.folder)

        def act(self, what: Any, *given: Any) -> None:
            try:
                with self.site.system("somebody") as env:
                    what(env, *given)
            except AppError:
                # What is refused has changed nothing, as the books show.
                return

        def one(self, env: Env, model: Any, place: int) -> Any:
            found = env.session.scalars(select(model).order_by(model.id)).all()
            return found[place % len(found)] if found else None

        @rule(total=amounts)
        def order(self, total: Decimal) -> None:
            def write(env: Env) -> None:
                given = {"name": "x", "dated_on": env.today, "customer_id": self.customer, "total": total}
                made = Order(**given, currency_id=self.currency)
                env.session.add(made)
                env.session.flush()
                line = {"description": "x", "quantity": 1, "unit_price": total, "position": 1, "tax_kind": "taxable"}
                env.session.add(OrderLine(order_id=made.id, **line))
                env.session.flush()
                env.workflow.perform(made, "submit")
                env.workflow.perform(made, "approve")

            self.act(write)

        @rule(amount=amounts, part=amounts, place=places, approves=st.booleans())
        def receive(self, amount: Decimal, part: Decimal, place: int, approves: bool) -> None:
            def write(env: Env) -> None:
                given = {"received_on": env.today, "customer_id": self.customer, "currency_id": self.currency}
                made = Receipt(**given, amount=amount, method="cash")
                env.session.add(made)
                env.session.flush()
                receivable = self.one(env, Receivable, place)
                if receivable is not None:
                    row = {"receivable_id": receivable.id, "amount": min(amount, part), "position": 1}
                    env.session.add(ReceiptAllocation(receipt_id=made.id, **row))
                    env.session.flush()
                env.workflow.perform(made, "submit")
                if approves:
                    env.workflow.perform(made, "approve")

            self.act(write)

        @rule(place=places, name=st.sampled_from(["approve", "void", "reject", "submit"]))
        def move_receipt(self, place: int, name: str) -> None:
            self.act(self._move, Receipt, place, name)

        @rule(place=places)
        def void_order(self, place: int) -> None:
            self.act(self._move, Order, place, "void")

        @rule(place=places, name=st.sampled_from(["approve", "void"]))
        def move_credit_note(self, place: int, name: str) -> None:
            self.act(self._move, CreditNote, place, name)

        def _move(self, env: Env, model: Any, place: int, name: str) -> None:
            record = self.one(env, model, place)
            if record is not None:
                env.workflow.perform(record, name, **({"reason": "x"} if name in ("void", "reject") else {}))

        @rule(place=places, amount=amounts)
        def credit(self, place: int, amount: Decimal) -> None:
            def write(env: Env) -> None:
                order = self.one(env, Order, place)
                if order is not None:
                    made = env.records(CreditNote).create({"order_id": order.id, "amount": amount, "reason": "x"})
                    env.workflow.perform(made, "submit")
                    env.workflow.perform(made, "approve")

            self.act(write)

        @rule(place=places, other=places, amount=amounts)
        def allocate(self, place: int, other: int, amount: Decimal) -> None:
            def write(env: Env) -> None:
                receipt, receivable = self.one(env, Receipt, place), self.one(env, Receivable, other)
                if receipt is not None and receivable is not None:
                    env.service(Receipts).allocate(receipt, {receivable.id: amount})

            self.act(write)

        @rule(place=places, amount=amounts, splits=st.booleans())
        def change_receivable(self, place: int, amount: Decimal, splits: bool) -> None:
            def write(env: Env) -> None:
                receivable = self.one(env, Receivable, place)
                if receivable is not None and splits:
                    env.service(Receivables).split(receivable, amount=amount)
                elif receivable is not None:
                    env.service(Receivables).update(receivable, {"amount": amount})

            self.act(write)

        @rule(place=places, total=amounts)
        def change_order(self, place: int, total: Decimal) -> None:
            def write(env: Env) -> None:
                order = self.one(env, Order, place)
                if order is not None and order.state == "approved":
                    order.total = total
                    receivables_follow(env, order)

            self.act(write)

        @invariant()
        def the_books_balance(self) -> None:
            with self.site.system("look", write=False) as env:
                assert list(env.service(Books).differences()) == []

    return Money


@pytest.mark.slow
def test_the_books_balance_after_anything(sqlite_template: Path) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(sqlite_template),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
