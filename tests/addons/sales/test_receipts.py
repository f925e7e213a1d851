"""What comes in pays what is owed: only while it is approved, never more than there is on either side."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from addons.sales.errors import BelowReceived, Overdrawn
from addons.sales.models import CreditNote, Currency, Order, Receipt, ReceiptAllocation, Receivable
from addons.sales.services import Books, CreditNotes, Receipts
from core.api import Forbidden, Invalid, TransitionRefused, WrongState, write_settings
from core.site import Site
from core.testing.cast import Cast
from tests.addons.sales.conftest import Make

pytestmark = pytest.mark.usefixtures("books")

Look = Callable[[int], list[tuple[Any, ...]]]


def written(cast: Cast, customer: int, amount: int, *to: tuple[int, int], by: str = "sales", **more: Any) -> int:
    """A receipt as people write it."""
    with cast.env(by) as env:
        rows = [{"receivable_id": id, "amount": Decimal(part)} for id, part in to]
        given = {"customer_id": customer, "amount": Decimal(amount), "allocations": rows}
        return env.records(Receipt).create(given | more).id


def move(cast: Cast, id: int, *names: str, by: str = "accountant", **more: Any) -> None:
    for name in names:
        with cast.env(by) as env:
            env.workflow.perform(env.get(Receipt, id), name, **more)


def test_only_an_approved_receipt_counts(
    cast: Cast, make_customer: Make, make_order: Make, owed: Look, figures: Look
) -> None:
    customer = make_customer()
    order = make_order(100, customer=customer)
    receivable = owed(order)[0][0]

    receipt = written(cast, customer, 60, (receivable, 60), by="sales")
    assert figures(order)[:3] == (0, 0, 100)
    move(cast, receipt, "submit", by="sales")
    assert figures(order)[:3] == (0, 0, 100)
    with pytest.raises(Forbidden):
        move(cast, receipt, "approve", by="sales")
    move(cast, receipt, "approve")
    assert figures(order)[:5] == (60, 0, 40, 1, 0)
    assert owed(order)[0][2:] == (40, "partial")

    move(cast, receipt, "void", reason="退票")

    assert figures(order)[:3] == (0, 0, 100)
    with cast.env("accountant", write=False) as env:
        record = env.get(Receipt, receipt)
        assert (record.allocated_total, record.unallocated_total, record.number[:3]) == (0, 0, "RC-")


def test_nobody_approves_what_they_have_entered_unless_a_setting_says_so(cast: Cast, make_customer: Make) -> None:
    receipt = written(cast, make_customer(), 60, by="gm")
    move(cast, receipt, "submit", by="gm")

    with pytest.raises(TransitionRefused, match="entered this yourself"):
        move(cast, receipt, "approve", by="gm")
    with cast.site.system("settings") as env:
        write_settings(env.connection_of_core, {"sales.self_approval": True})
    move(cast, receipt, "approve", by="gm")

    with cast.env("gm", write=False) as env:
        assert env.get(Receipt, receipt).state == "approved"


def test_who_writes_a_credit_note_does_not_approve_it(
    cast: Cast, make_customer: Make, make_order: Make, figures: Look
) -> None:
    order = make_order(100, customer=make_customer())
    with cast.env("accountant") as env:
        note = env.records(CreditNote).create({"order_id": order, "amount": 10, "reason": "短少"})
        env.workflow.perform(note, "submit")
    with cast.env("accountant") as env, pytest.raises(TransitionRefused, match="entered this yourself"):
        env.workflow.perform(env.get(CreditNote, note.id), "approve")

    with cast.env("gm") as env:
        env.workflow.perform(env.get(CreditNote, note.id), "approve")

    assert figures(order)[1:3] == (10, 90)


def test_what_is_left_is_prepaid_and_allocated_later(
    cast: Cast, make_customer: Make, make_order: Make, owed: Look, figures: Look
) -> None:
    customer = make_customer()
    receipt = written(cast, customer, 150)
    move(cast, receipt, "submit")
    move(cast, receipt, "approve", by="gm")
    order = make_order(100, customer=customer)
    receivable = owed(order)[0][0]

    with cast.env("accountant") as env:
        service = env.service(Receipts)
        service.allocate(service.get(receipt), {receivable: Decimal(30)})
        with pytest.raises(Invalid), env.savepoint():
            service.allocate(service.get(receipt), {receivable: Decimal(71)})
        service.allocate_oldest(service.get(receipt))
        assert service.get(receipt).unallocated_total == 50
        with pytest.raises(Invalid, match="Nothing is owed"), env.savepoint():
            service.allocate_oldest(service.get(receipt))
    with cast.env("sales") as env, pytest.raises(Forbidden):
        env.service(Receipts).allocate(env.get(Receipt, receipt), {receivable: Decimal(1)})

    assert figures(order)[:5] == (100, 0, 0, 1, 1)


def test_a_receipt_that_is_not_approved_is_not_allocated_later(cast: Cast, make_customer: Make) -> None:
    receipt = written(cast, make_customer(), 5)

    with cast.env("accountant") as env, pytest.raises(WrongState):
        env.service(Receipts).allocate(env.get(Receipt, receipt), {1: Decimal(1)})


def test_allocations_stay_within_customer_currency_balance_and_amount(
    site: Site, cast: Cast, make_customer: Make, make_order: Make, owed: Look
) -> None:
    customer, other = make_customer(), make_customer("大同機電")
    mine, theirs = owed(make_order(100, customer=customer))[0][0], owed(make_order(100, customer=other))[0][0]
    with site.system("another currency") as env:
        usd = env.session.scalars(select(Currency.id).where(Currency.code == "USD")).one()

    def refused(amount: int, *to: tuple[int, int], **more: Any) -> set[str]:
        with pytest.raises(Invalid) as caught:
            written(cast, customer, amount, *to, **more)
        return set(caught.value.fields)

    assert refused(100, (theirs, 1)) == {"allocations.0.receivable_id"}
    assert refused(100, (mine, 1), currency_id=usd) == {"allocations.0.receivable_id"}
    assert refused(300, (mine, 101)) == {"allocations.0.amount"}
    assert refused(50, (mine, 51)) == {"allocations"}
    assert refused(50, (mine, 5), (mine, 5)) == {"allocations.1.receivable_id"}
    assert refused(50, (mine, -5)) == {"allocations.0.amount"}
    assert refused(-1) == {"amount"}


@pytest.mark.parametrize("name", ["cheque_number", "cheque_due_on"])
def test_a_cheque_has_a_number_and_a_day(cast: Cast, make_customer: Make, name: str) -> None:
    customer = make_customer()
    with cast.env("accountant", write=False) as env:
        cheque = {"method": "cheque", "cheque_number": "AA123", "cheque_due_on": env.today + timedelta(days=30)}

    assert written(cast, customer, 5, **cheque)
    with pytest.raises(Invalid) as caught:
        written(cast, customer, 5, **cheque | {name: None})
    assert set(caught.value.fields) == {name}


def test_of_two_receipts_for_one_receivable_the_second_is_refused(
    cast: Cast, make_customer: Make, make_order: Make, owed: Look, figures: Look
) -> None:
    customer = make_customer()
    order = make_order(100, customer=customer)
    receivable = owed(order)[0][0]
    first, second = (written(cast, customer, 60, (receivable, 60)) for _ in range(2))
    move(cast, first, "submit")
    move(cast, second, "submit")
    move(cast, first, "approve", by="gm")

    with pytest.raises(Overdrawn, match="only 40 is owed"):
        move(cast, second, "approve", by="gm")
    move(cast, second, "reject", by="gm", reason="重複")

    with cast.env("accountant") as env:
        record = env.get(Receipt, second)
        rows = env.session.scalars(select(ReceiptAllocation).where(ReceiptAllocation.receipt_id == second)).all()
        kept = {"allocations": [{"id": rows[0].id, "amount": Decimal(40)}]}
        env.records(Receipt).update(record, kept)
    move(cast, second, "submit")
    move(cast, second, "approve", by="gm")

    assert figures(order)[:5] == (100, 0, 0, 1, 1)


def test_a_credit_note_reduces_what_is_owed_last_and_never_what_was_received(
    cast: Cast, make_customer: Make, make_terms: Make, make_order: Make, make_receipt: Make, owed: Look, figures: Look
) -> None:
    customer = make_customer()
    terms = make_terms(("訂金", 60, "order", 0), ("尾款", 40, "order", 30))
    order = make_order(100, customer=customer, payment_terms_id=terms)
    make_receipt(customer, 50, {owed(order)[0][0]: 50})

    def note(amount: int) -> int:
        with cast.env("accountant") as env:
            given = {"order_id": order, "amount": Decimal(amount), "reason": "瑕疵", "certificate_number": "ZB-1"}
            id = env.records(CreditNote).create(given).id
            env.workflow.perform(env.get(CreditNote, id), "submit")
            return id

    def approve(id: int, name: str = "approve", **more: Any) -> None:
        with cast.env("gm") as env:
            env.workflow.perform(env.get(CreditNote, id), name, **more)

    first, second = note(45), note(6)
    approve(first)
    assert figures(order)[:5] == (50, 45, 5, 2, 1)
    assert [row[2] for row in owed(order)] == [5, 0]
    with pytest.raises(BelowReceived):
        approve(second)
    with pytest.raises(Invalid) as caught:
        note(6)
    assert set(caught.value.fields) == {"amount"}

    approve(first, "void", reason="誤開")

    assert figures(order)[:5] == (50, 0, 50, 2, 0)


def test_a_credit_note_names_receivables_of_its_own_order(
    cast: Cast, make_customer: Make, make_order: Make, owed: Look
) -> None:
    customer = make_customer()
    order, other = (make_order(100, customer=customer) for _ in range(2))
    with cast.env("accountant") as env:
        rows = [{"receivable_id": owed(other)[0][0], "amount": Decimal(1)}]
        given = {"order_id": order, "amount": Decimal(5), "reason": "瑕疵", "allocations": rows}
        with pytest.raises(Invalid, match="another order"):
            env.service(CreditNotes).create(given)


def test_the_books_name_what_does_not_balance(site: Site, make_order: Make, owed: Look) -> None:
    order = make_order(100)
    with site.system("spoil the books") as env:
        env.session.get_one(Receivable, owed(order)[0][0]).balance = Decimal(7)
        env.session.get_one(Order, order).outstanding_total = Decimal(8)
    with site.system("look") as env:
        found = list(env.service(Books).differences())
        env.session.get_one(Receivable, owed(order)[0][0]).balance = Decimal(100)
        env.session.get_one(Order, order).outstanding_total = Decimal(100)

    assert [line.partition(": ")[2] for line in found] == [
        "balance: 7 is kept, 100 is right",
        "received, credited, outstanding: 0, 0, 8 is kept, 0, 0, 100 is right",
    ]


def test_an_accountant_works_with_names_of_customers_that_they_may_not_open(
    cast: Cast, make_customer: Make, make_order: Make, owed: Look, figures: Look
) -> None:
    customer = make_customer("台榮精密")
    order = make_order(100, customer=customer)
    with cast.env("accountant") as env:
        receivable = env.get(Receivable, owed(order)[0][0])
        assert receivable.customer_name == "台榮精密"
        assert not env.can("read", Customer)
        given = {"amount": Decimal(120), "received_on": env.today, "method": "transfer"}
        receipt = env.service(Receipts).receive(receivable, given)
        assert (receipt.customer_name, receipt.allocated_total, receipt.unallocated_total) == ("台榮精密", 100, 20)
        with pytest.raises(Invalid) as caught, env.savepoint():
            env.service(Receipts).receive(receivable, given | {"method": "cheque"})
        assert set(caught.value.fields) == {"cheque_number", "cheque_due_on"}
        id = receipt.id
    move(cast, id, "submit")
    move(cast, id, "approve", by="gm")
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"name": "台榮精機"})

    with cast.env("accountant", write=False) as env:
        assert env.get(Receipt, id).customer_name == "台榮精機"
    assert figures(order)[:5] == (100, 0, 0, 1, 1)
