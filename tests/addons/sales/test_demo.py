from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from addons.customer.models import Customer
from addons.opportunity.models import Opportunity
from addons.sales.models import (
    Contract,
    Currency,
    DiscountLimit,
    Order,
    OrderLine,
    PaymentTerms,
    Quote,
    QuoteLine,
    Receipt,
    Receivable,
)
from addons.sales.services import Books
from core import clock
from core.access.models import User
from core.addons import demo
from core.env import Env
from core.orm.tables import Change
from core.site import Site


def all_of(env: Env, model: Any, *conditions: Any) -> list[Any]:
    return list(env.session.scalars(select(model).where(*conditions).order_by(model.id)))


def states(env: Env, model: Any) -> dict[str, int]:
    return dict(env.session.execute(select(model.state, func.count()).group_by(model.state)).all())


def test_there_is_as_much_of_everything_as_there_should_be(loaded: Env) -> None:
    quotes = all_of(loaded, Quote)
    revisions = Counter(quote.origin_id or quote.id for quote in quotes)

    assert sum(quote.is_current for quote in quotes) == len(revisions) == 70
    assert Counter(revisions.values()) == {1: 55, 2: 10, 3: 5}
    counts = {m.key(): loaded.session.scalar(select(func.count(m.id))) for m in (Order, Contract, Receivable, Receipt)}
    assert counts == {"order": 45, "contract": 30, "receivable": 120, "receipt": 95}


def test_documents_are_in_every_state(loaded: Env) -> None:
    assert set(states(loaded, Quote)) == {
        "draft",
        "submitted",
        "approved",
        "sent",
        "accepted",
        "ordered",
        "declined",
        "expired",
        "void",
    }
    assert set(states(loaded, Order)) == {"draft", "submitted", "approved", "in_progress", "done", "void"}
    assert set(states(loaded, Contract)) == {"pending", "active", "expired", "ended"}
    assert set(states(loaded, Receipt)) == {"draft", "submitted", "approved", "rejected", "void"}
    assert set(states(loaded, Receivable)) == {"not_due", "partial", "paid", "overdue", "void"}


def test_the_books_balance(loaded: Env) -> None:
    assert list(loaded.service(Books).differences()) == []
    for order in all_of(loaded, Order, Order.state.in_(("approved", "in_progress", "done"))):
        owed = all_of(loaded, Receivable, Receivable.order_id == order.id)
        assert sum(each.amount for each in owed) == order.total > 0
    currencies = {order.currency_id for order in all_of(loaded, Order)}
    assert len(currencies) >= 3


def test_lines_tax_and_totals_add_up(loaded: Env) -> None:
    for model, part, link in ((Quote, QuoteLine, QuoteLine.quote_id), (Order, OrderLine, OrderLine.order_id)):
        for document in all_of(loaded, model):
            lines = all_of(loaded, part, link == document.id)
            assert sum(line.amount for line in lines) == document.subtotal
            assert document.untaxed_total + document.tax_total == document.total
            assert [line.position for line in lines] == list(range(1, len(lines) + 1))
            assert {line.owner_id for line in lines} == {document.owner_id}


def test_an_order_is_like_the_quote_that_it_came_from(loaded: Env) -> None:
    for order in all_of(loaded, Order, Order.quote_id.is_not(None)):
        quote = loaded.session.get_one(Quote, order.quote_id)
        assert (quote.state, quote.order_id, quote.is_current) == ("ordered", order.id, True)
        assert (quote.total, quote.customer_id, quote.rate) == (order.total, order.customer_id, order.rate)


@pytest.mark.parametrize("model", [Quote, Order, Contract, Receipt])
def test_numbers_have_no_gaps(loaded: Env, model: Any) -> None:
    numbers = sorted(each.number for each in all_of(loaded, model, model.number.is_not(None)))
    by_month = Counter(number.rpartition("-")[0] for number in numbers)

    assert len(set(numbers)) == len(numbers) > 20
    assert numbers == [f"{month}-{n:04}" for month in sorted(by_month) for n in range(1, by_month[month] + 1)]
    drafts = all_of(loaded, model, model.number.is_(None))
    assert {each.state for each in drafts} <= {"draft", "pending"}


def test_an_order_in_three_instalments_is_paid_in_part(loaded: Env) -> None:
    (receivable,) = all_of(loaded, Receivable, Receivable.state == "partial")
    order = loaded.session.get_one(Order, receivable.order_id)

    terms = loaded.session.get_one(PaymentTerms, order.payment_terms_id)
    assert (terms.name, order.state) == ("訂金 30%、交貨 60%、驗收 10%", "in_progress")
    assert (order.instalments, order.instalments_paid) == (3, 1)
    assert 0 < order.outstanding_total < order.total


def test_instalments_are_overdue_by_45_and_95_days(loaded: Env) -> None:
    late = all_of(loaded, Receivable, Receivable.state == "overdue")

    assert {45, 95} <= {(loaded.today - each.due_on).days for each in late}
    assert all(each.balance > 0 for each in late)


def test_a_surplus_is_kept_and_a_cheque_bounced(loaded: Env) -> None:
    (surplus,) = all_of(loaded, Receipt, Receipt.state == "approved", Receipt.unallocated_total > 0)
    (bounced,) = all_of(loaded, Receipt, Receipt.state == "void")

    assert surplus.unallocated_total == 20_000
    assert (bounced.method, bounced.allocated_total) == ("cheque", 0)
    history = all_of(loaded, Change, Change.model == "receipt", Change.record_id == bounced.id)
    assert [entry.action for entry in history] == ["create", "submit", "approve", "void"]
    assert "退票" in history[-1].reason


def test_a_quote_of_sales_waits_for_the_general_manager(loaded: Env) -> None:
    (quote,) = all_of(loaded, Quote, Quote.state == "submitted", Quote.highest_discount > 15)

    users = dict(loaded.session.execute(select(User.id, User.username)).all())
    assert users[quote.owner_id] == "sales"
    assert quote.highest_discount == 18
    limits = [limit.highest for limit in all_of(loaded, DiscountLimit)]
    assert sorted(limits) == [10, 15]


def test_a_quote_expired_and_a_deal_was_won_at_its_third_revision(loaded: Env) -> None:
    expired = all_of(loaded, Quote, Quote.state == "expired")
    third = all_of(loaded, Quote, Quote.state == "ordered", Quote.revision == 3)

    assert len(expired) == 3
    assert all(quote.valid_until < loaded.today for quote in expired)
    assert all(
        quote.valid_until >= loaded.today for quote in all_of(loaded, Quote, Quote.state == "sent", Quote.is_current)
    )
    won = [loaded.session.get_one(Opportunity, quote.opportunity_id) for quote in third if quote.opportunity_id]
    assert {each.state for each in won} == {"won"}
    assert third[0].total < loaded.session.get_one(Quote, third[0].origin_id).total


def test_documents_fit_the_customers_that_they_are_for(loaded: Env) -> None:
    for model in (Quote, Order):
        for document in all_of(loaded, model, model.opportunity_id.is_not(None)):
            opportunity = loaded.session.get_one(Opportunity, document.opportunity_id)
            assert opportunity.customer_id == document.customer_id
    rows = loaded.session.execute(select(Receipt.owner_id, Receipt.root_owner_id)).all()
    assert all(owner == root for owner, root in rows)


@pytest.mark.parametrize("backend", ["sqlite"])  # Python says when everything happened.
@pytest.mark.parametrize("hour", [0, 7, 15])
def test_what_happened_lies_in_the_past_and_in_its_order(company: Site, hour: int) -> None:
    """Whenever in the day of the company the demo is loaded."""
    today = datetime.combine(clock.now().date(), time(), ZoneInfo("Asia/Taipei"))
    with clock.frozen(today + timedelta(hours=hour, minutes=40)):
        demo.load(company)
        with company.system("look", write=False) as env:
            look_at_the_past(env)


def look_at_the_past(loaded: Env) -> None:
    models = ("quote", "order", "contract", "receivable", "receipt")
    entries = all_of(loaded, Change, Change.model.in_(models))

    assert [(e.model, e.record_id, e.action, e.at) for e in entries if e.at > clock.now()] == []
    assert [(e.model, e.record_id, e.action, e.at) for e in entries if e.user_id is None and e.action != "expire"] == []
    first = [entry for entry in entries if entry.action == "submit"]
    assert all(entry.changes["state"] == ["draft", "submitted"] for entry in first if entry.model != "receipt")
    moments: dict[tuple[str, int], Any] = {}
    for entry in entries:
        key = entry.model, entry.record_id
        assert moments.get(key, entry.at) <= entry.at
        moments[key] = entry.at
    for quote in all_of(loaded, Quote, Quote.approved_by_id.is_not(None)):
        assert quote.approved_by_id != quote.submitted_by_id


def test_receivables_and_receipts_name_their_customer(loaded: Env) -> None:
    names = {each.id: each.name for each in all_of(loaded, Customer)}
    found = [*all_of(loaded, Receivable), *all_of(loaded, Receipt)]

    assert [each.customer_name for each in found] == [names[each.customer_id] for each in found]


def test_foreign_currencies_are_in_use_only_while_the_demo_is_there(demo_company: Site) -> None:
    with demo_company.system("look", write=False) as env:
        used = {each.code: each.rate for each in all_of(env, Currency, Currency.rate.is_not(None))}
    demo.remove(demo_company)
    with demo_company.system("look", write=False) as env:
        left = [each.code for each in all_of(env, Currency) if each.rate is not None or each.is_active]
    assert set(used) == {"USD", "JPY", "EUR"}
    assert left == []
