from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from addons.approval.models import ApprovalFlow, ApprovalRequest
from addons.customer.models import Contact, Customer
from addons.product.models import PriceList, PriceListLine, Product
from addons.sales.jobs import quotes_expire
from addons.sales.models import Currency, DiscountLimit, Order, Quote
from addons.sales.pages.shared import before_submitting, to_decide
from addons.sales.services import Quotes
from addons.sales.services.documents import Issued
from addons.sales.services.quotes import NotConvertible, NotRevisable, QuoteExpired, Superseded
from core.access.models import User, UserState
from core.api import Forbidden, Invalid, Locked, NotFound, Role, TransitionRefused, WrongState, clock, write_settings
from core.notifications.models import Notification
from core.site import Site
from core.testing.cast import Cast
from tests.addons.sales.conftest import Shop

D = Decimal


def read(shop: Shop, id: int, *names: str) -> list[Any]:
    with shop.cast.site.system("look", write=False) as env:
        record = env.session.get_one(Quote, id)
        return [getattr(record, name) for name in names]


def wrong(shop: Shop, who: str = "sales", /, **values: Any) -> dict[str, Any]:
    with shop.cast.env(who) as env, pytest.raises(Invalid) as refused:
        shop.write(env, **values)
    return {name: str(text[0] if isinstance(text, list) else text) for name, text in refused.value.fields.items()}


def days(shop: Shop, number: int) -> Any:
    with shop.cast.env("sales", write=False) as env:
        return env.service(Quotes).today + timedelta(days=number)


# Writing one.


def test_line_takes_what_it_leaves_open_from_its_product(shop: Shop) -> None:
    id = shop.quote()

    with shop.cast.env("sales", write=False) as env:
        quote = env.get(Quote, id)
        (line,) = env.parts(quote, "lines")
        assert (line.description, line.unit, line.tax_kind) == ("伺服馬達", "machine", "taxable")
        assert (line.unit_price, line.list_price, line.amount, line.net_amount) == (1000, 1000, 2000, 2000)
        assert (quote.subtotal, quote.tax_total, quote.untaxed_total, quote.total) == (2000, 100, 2000, 2100)
        assert (quote.name, quote.number, quote.state) == ("伺服馬達", None, "draft")
        assert quote.valid_until == quote.dated_on + timedelta(days=30)


def test_price_is_that_of_the_customers_list_and_quantity(shop: Shop, cast: Cast) -> None:
    with cast.env("gm") as env:
        prices = env.records(PriceList).create({"name": "A 級", "levels": ["A"]}).id
        row = {"price_list_id": prices, "product_id": shop.motor, "minimum_quantity": 10, "price": 900}
        env.records(PriceListLine).create(row)

    few, many = shop.quote(), shop.quote(lines=[{"product_id": shop.motor, "quantity": 10}])

    assert read(shop, few, "subtotal", "highest_discount") == [2000, 0]
    assert read(shop, many, "subtotal", "highest_discount") == [9000, 0]


def test_price_below_the_list_counts_as_a_discount(shop: Shop) -> None:
    lines = [{"product_id": shop.motor, "quantity": 1, "unit_price": 800, "discount_percent": 10}]
    id = shop.quote(lines=lines, discount_percent=5)

    assert read(shop, id, "subtotal", "discount_total", "highest_discount") == [720, 36, D("31.6")]


def test_inclusive_prices_are_filled_in_with_tax(shop: Shop) -> None:
    lines = [{"product_id": shop.motor, "quantity": 1}, {"product_id": shop.manual, "quantity": 1}]
    id = shop.quote(lines=lines, tax_mode="inclusive")

    assert read(shop, id, "subtotal", "untaxed_total", "tax_total", "total") == [1550, 1500, 50, 1550]


def test_tax_rate_is_a_setting_and_stays_with_the_document(shop: Shop, cast: Cast) -> None:
    before = shop.quote()
    with cast.site.system("settings") as env:
        write_settings(env.connection_of_core, {"sales.tax_rate": "8"})
    with cast.env("sales") as env:
        env.records(Quote).update(env.get(Quote, before), {"note": "x"})

    assert read(shop, before, "tax_total") == [100]
    assert read(shop, shop.quote(), "tax_total") == [160]


def test_foreign_currency_has_its_own_decimals_and_a_rate_that_is_fixed_at_submission(shop: Shop, cast: Cast) -> None:
    with cast.env("gm") as env:
        usd = env.session.scalars(select(Currency).where(Currency.code == "USD")).one()
        env.records(Currency).update(usd, {"rate": "32", "is_active": True})
        usd_id = usd.id
    id = shop.quote(currency_id=usd_id, lines=[{"product_id": shop.motor, "quantity": 3}])

    def now(rate: str) -> None:
        with cast.env("gm") as env:
            env.records(Currency).update(env.get(Currency, usd_id), {"rate": rate})

    assert read(shop, id, "subtotal", "tax_total", "total", "rate") == [D("93.75"), D("4.69"), D("98.44"), 32]
    now("31.5")
    shop.go(id, "submit")
    now("30")
    shop.go(id, "approve")
    assert read(shop, id, "rate", "total") == [D("31.5"), D("98.44")]


def test_currency_without_a_rate_is_refused(shop: Shop, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        usd = env.session.scalars(select(Currency.id).where(Currency.code == "USD")).one()

    assert "exchange rate" in wrong(shop, currency_id=usd)["currency_id"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"quantity": -1}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": "1e9"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"unit_price": -5}, "unit_price"),
        ({"unit_price": 10**12}, "unit_price"),
        ({"discount_percent": 101}, "discount_percent"),
        ({"discount_percent": -1}, "discount_percent"),
        ({"product_id": 999, "description": "x", "unit_price": 1}, "product_id"),
        ({"amount": 1}, "amount"),
        ({"tax_kind": "none"}, "tax_kind"),
    ],
)
def test_absurd_line_is_refused_at_its_field(shop: Shop, line: dict[str, Any], field: str) -> None:
    row = {"product_id": shop.motor, "quantity": 1} | line

    assert list(wrong(shop, lines=[row])) == [f"lines.0.{field}"]


def test_lines_that_come_to_more_than_can_be_stored_are_refused(shop: Shop) -> None:
    row = {"description": "x", "quantity": 99_999_999, "unit_price": 999_999_999_999}

    assert "more than can be stored" in wrong(shop, lines=[row])["lines"]


def test_discounts_of_a_document_are_checked(shop: Shop) -> None:
    assert "not both" in wrong(shop, discount_percent=5, discount_amount=5)["discount_amount"]
    assert "more than the sum" in wrong(shop, discount_amount=2001)["discount_amount"]
    assert read(shop, shop.quote(discount_amount=2000), "total") == [0]


def test_product_that_is_off_sale_is_not_quoted_anew(shop: Shop, cast: Cast) -> None:
    id = shop.quote()
    with cast.env("gm") as env:
        env.records(Product).update(env.get(Product, shop.motor), {"sale_state": "off"})

    assert "no longer on sale" in wrong(shop)["lines.0.product_id"]
    with cast.env("sales") as env:
        env.records(Quote).update(env.get(Quote, id), {"discount_percent": 5})
    assert read(shop, id, "total") == [1995]


def test_contact_is_one_of_the_customer(shop: Shop, cast: Cast) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "b"}).id
        contact = env.records(Contact).create({"name": "王", "customer_id": other}).id

    assert "another customer" in wrong(shop, contact_id=contact)["contact_id"]


def test_quote_does_not_end_before_it_begins(shop: Shop) -> None:
    assert "before the date" in wrong(shop, valid_until=days(shop, -1))["valid_until"]


def test_form_is_filled_with_what_follows_from_a_choice(shop: Shop, cast: Cast) -> None:
    with cast.env("sales") as env:
        given = {"name": "王", "customer_id": shop.customer, "is_primary": True}
        contact = env.records(Contact).create(given).id
        quotes = env.service(Quotes)
        row = {"product_id": shop.motor, "quantity": D(1)}
        values = quotes.defaults() | {"customer_id": shop.customer, "lines": [row]}

        assert quotes.follow("customer_id", values, None) == {"contact_id": contact}
        assert quotes.follow("lines.0.product_id", values, None) == {
            "lines.0.description": "伺服馬達",
            "lines.0.unit": "machine",
            "lines.0.tax_kind": "taxable",
            "lines.0.unit_price": 1000,
        }
        assert quotes.follow("tax_mode", values | {"tax_mode": "inclusive"}, None) == {"lines.0.unit_price": 1050}
        assert quotes.follow("lines.7.product_id", values, None) == {}


# Through its review.


def test_number_comes_at_submission_and_stays(shop: Shop) -> None:
    first, second = shop.quote("submit"), shop.quote()
    shop.go(first, "reject", reason="太貴")
    shop.go(second, "submit")
    shop.go(first, "submit")

    month = f"{clock.now():%Y%m}"
    assert read(shop, first, "number", "state") == [f"Q-{month}-0001", "submitted"]
    assert read(shop, second, "number") == [f"Q-{month}-0002"]


def test_quote_without_lines_is_not_submitted(shop: Shop) -> None:
    id = shop.quote(lines=[])

    with pytest.raises(TransitionRefused, match="at least one line"):
        shop.go(id, "submit")


def test_submitted_quote_is_locked_but_for_its_note(shop: Shop, cast: Cast) -> None:
    id = shop.quote("submit")
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "b"}).id

    for values in ({"customer_id": other}, {"lines": []}, {"discount_percent": 3}):
        with cast.env("sales") as env, pytest.raises(Locked):
            env.records(Quote).update(env.get(Quote, id), values)
    with cast.env("sales") as env:
        env.records(Quote).update(env.get(Quote, id), {"note": "已電話確認"})
    assert read(shop, id, "note", "customer_id", "total") == ["已電話確認", shop.customer, 2100]


def test_author_takes_it_back(shop: Shop) -> None:
    id = shop.quote("submit", "recall")

    assert read(shop, id, "state") == ["draft"]


def test_nobody_approves_what_they_have_submitted_unless_a_setting_says_so(shop: Shop, cast: Cast) -> None:
    with cast.env("manager") as env:
        id = shop.write(env, customer_id=shop.customer).id
        env.workflow.perform(env.get(Quote, id), "submit")

    with cast.env("manager") as env, pytest.raises(TransitionRefused, match="submitted this yourself"):
        env.workflow.perform(env.get(Quote, id), "approve")
    with cast.site.system("settings") as env:
        write_settings(env.connection_of_core, {"sales.self_approval": True})
    shop.go(id, "approve")
    assert read(shop, id, "state", "submitted_by_id", "approved_by_id") == ["approved", cast.manager, cast.manager]


def test_sales_may_not_approve(shop: Shop, cast: Cast) -> None:
    id = shop.quote("submit")

    with cast.env("sales") as env, pytest.raises(Forbidden):
        env.workflow.perform(env.get(Quote, id), "approve")


def limit(cast: Cast, **limits: int) -> None:
    with cast.site.system("limits") as env:
        roles = {role.preset: role.id for role in env.session.scalars(select(Role))}
        for preset, highest in limits.items():
            env.records(DiscountLimit).create({"role_id": roles[preset], "highest": highest})


def test_discount_above_the_limits_takes_somebody_whose_limit_covers_it(shop: Shop, cast: Cast) -> None:
    limit(cast, salesperson=10, manager=15)
    at, over, far = (shop.quote("submit", discount_percent=percent) for percent in (10, 15, "15.01"))

    shop.go(at, "approve")
    shop.go(over, "approve")
    with pytest.raises(TransitionRefused, match=r"15\.01 % is above your limit of 15 %"):
        shop.go(far, "approve")
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Quote, far), "approve")
    assert read(shop, far, "state") == ["approved"]


def test_own_limit_of_the_submitter_needs_nobody_higher(shop: Shop, cast: Cast) -> None:
    limit(cast, salesperson=30, manager=15)
    id = shop.quote("submit", discount_percent=20)

    shop.go(id, "approve")

    assert read(shop, id, "state") == ["approved"]


def test_who_has_left_gives_no_discount_any_more(shop: Shop, cast: Cast) -> None:
    limit(cast, manager=15)
    id = shop.quote("submit", discount_percent=20)
    with cast.site.system("sales leaves") as env:
        env.session.get_one(User, cast.sales).state = UserState.LEFT

    with pytest.raises(TransitionRefused, match="above your limit of 15 %"):
        shop.go(id, "approve")


def test_quote_with_a_number_is_voided_and_not_deleted(shop: Shop, cast: Cast) -> None:
    id, draft = shop.quote("submit", "recall"), shop.quote()

    with cast.env("manager") as env:
        with pytest.raises(Issued):
            env.records(Quote).delete(env.get(Quote, id))
        env.records(Quote).delete(env.get(Quote, draft))
    shop.go(id, "void", reason="不要了")
    assert read(shop, id, "state") == ["void"]


# Revisions.


def revise(shop: Shop, id: int) -> int:
    with shop.cast.env("sales") as env:
        return env.service(Quotes).revise(env.get(Quote, id)).id


def test_revision_keeps_the_one_before_as_it_was(shop: Shop, cast: Cast) -> None:
    first = shop.quote("submit", "approve", "send", discount_percent=5)

    second = revise(shop, first)
    with cast.env("sales") as env:
        env.records(Quote).update(env.get(Quote, second), {"discount_percent": 10})
    shop.go(second, "submit")

    number = read(shop, first, "number")[0]
    assert read(shop, first, "state", "is_current", "total", "revision") == ["sent", False, 1995, 1]
    assert read(shop, second, "number", "is_current", "revision", "origin_id", "total") == [
        f"{number}-2",
        True,
        2,
        first,
        1890,
    ]
    third = shop.quote("submit")
    assert read(shop, third, "number")[0].endswith("-0002")


def test_second_press_gives_the_same_draft(shop: Shop) -> None:
    id = shop.quote("submit", "approve")

    assert revise(shop, id) == revise(shop, id)


def test_superseded_revision_is_refused_everywhere(shop: Shop) -> None:
    id = shop.quote("submit", "approve", "send")
    second = revise(shop, id)
    shop.go(second, "submit")

    for name in ("send", "accept"):
        with pytest.raises(TransitionRefused, match="later revision"):
            shop.go(id, name)
    with pytest.raises(Superseded):
        revise(shop, id)
    with shop.cast.env("sales") as env, pytest.raises(Superseded):
        env.service(Quotes).convert(env.get(Quote, id))


def test_draft_is_changed_and_not_revised(shop: Shop) -> None:
    with pytest.raises(NotRevisable):
        revise(shop, shop.quote())


def test_deleting_a_revision_makes_the_one_before_the_latest_again(shop: Shop, cast: Cast) -> None:
    id = shop.quote("submit", "approve")
    second = revise(shop, id)

    with cast.env("manager") as env:
        act = env.records(Quote).delete(env.get(Quote, second))
    assert read(shop, id, "is_current") == [True]
    with cast.env("manager") as env:
        env.records(Quote).restore(act)
    assert read(shop, id, "is_current") == [False]
    assert read(shop, second, "is_current", "revision") == [True, 2]


# Into an order.


def convert(shop: Shop, id: int) -> int:
    with shop.cast.env("sales") as env:
        return env.service(Quotes).convert(env.get(Quote, id)).id


def test_conversion_makes_one_order_with_the_same_lines_taxes_and_terms(shop: Shop, cast: Cast) -> None:
    lines = [
        {"product_id": shop.motor, "quantity": 3, "discount_percent": 5, "note": "黑色"},
        {"description": "安裝", "quantity": 1, "unit_price": 800, "tax_kind": "zero"},
    ]
    given = {"lines": lines, "tax_mode": "inclusive", "discount_amount": 7, "delivery": "自取", "terms": "保固一年"}
    id = shop.quote("submit", "approve", "accept", **given)

    order_id = convert(shop, id)

    assert convert(shop, id) == order_id
    assert read(shop, id, "state", "order_id") == ["ordered", order_id]
    with cast.env("sales", write=False) as env:
        quote, order = env.get(Quote, id), env.get(Order, order_id)
        same = ("customer_id", "owner_id", "name", "tax_mode", "tax_rate", "delivery", "terms", "subtotal")
        same += ("discount_total", "untaxed_total", "tax_total", "total", "highest_discount", "currency_id")
        assert [getattr(order, name) for name in same] == [getattr(quote, name) for name in same]
        names = ("product_id", "description", "quantity", "unit_price", "tax_kind", "amount", "net_amount", "note")
        assert [[getattr(row, name) for name in names] for row in env.parts(order, "lines")] == [
            [getattr(row, name) for name in names] for row in env.parts(quote, "lines")
        ]
        assert (order.state, order.number, order.quote_id) == ("draft", None, id)


@pytest.mark.parametrize("states", [(), ("submit",), ("submit", "approve"), ("submit", "approve", "send")])
def test_only_what_was_accepted_is_converted(shop: Shop, states: tuple[str, ...]) -> None:
    with pytest.raises(NotConvertible):
        convert(shop, shop.quote(*states))


def test_quote_is_not_called_ordered_without_an_order(shop: Shop) -> None:
    id = shop.quote("submit", "approve", "accept")

    with pytest.raises(TransitionRefused, match="Convert"):
        shop.go(id, "order")


def test_expired_quote_is_neither_accepted_nor_converted_but_revised(shop: Shop, cast: Cast) -> None:
    id = shop.quote("submit", "approve")
    with cast.site.system("time passes") as env:
        quote = env.session.get_one(Quote, id)
        quote.valid_until = days(shop, -1)
        env.session.flush()

    with pytest.raises(TransitionRefused, match="expired"):
        shop.go(id, "accept")
    shop.go(id, "expire")
    with pytest.raises(QuoteExpired):
        convert(shop, id)
    with pytest.raises(WrongState):
        shop.go(id, "accept")
    second = revise(shop, id)
    assert read(shop, second, "state", "valid_until") == ["draft", days(shop, 30)]


def test_others_see_none_of_it(shop: Shop, cast: Cast) -> None:
    id = shop.quote("submit", "approve", "accept")

    with cast.env("sales2", write=False) as env, pytest.raises(NotFound):
        env.get(Quote, id)


def test_quotes_expire_at_night_and_their_owners_are_told(shop: Shop, site: Site, cast: Cast) -> None:
    old, sent, accepted, fresh = (
        shop.quote("submit", "approve", *more) for more in ((), ("send",), ("accept",), ("send",))
    )
    with site.system("time passes") as env:
        for id in (old, sent, accepted):
            env.session.get_one(Quote, id).valid_until = days(shop, -1)
        env.session.get_one(Quote, fresh).valid_until = days(shop, 0)

    quotes_expire(site)
    quotes_expire(site)

    assert [read(shop, id, "state")[0] for id in (old, sent, accepted, fresh)] == [
        "expired",
        "expired",
        "accepted",
        "sent",
    ]
    with site.system("look", write=False) as env:
        told = env.session.scalars(select(Notification).where(Notification.kind == "sales.quote_expired")).all()
    assert [notification.user_id for notification in told] == [cast.sales] * 2


def test_quote_that_waits_for_a_decision_expires_and_keeps_none_of_the_others_from_it(shop: Shop, cast: Cast) -> None:
    first, second = shop.quote(), shop.quote()
    step = {"who": "users", "users": [cast.gm]}
    with cast.env("admin") as env:
        flow = {"name": "Voiding", "model": "quote", "transition": "void", "steps": [step]}
        env.records(ApprovalFlow).create(flow)
    for id in (first, second):
        with cast.env("sales") as env:
            env.workflow.perform(env.get(Quote, id), "submit")
        with cast.env("manager") as env:
            env.workflow.perform(env.get(Quote, id), "approve")
    with cast.env("manager") as env:
        assert env.workflow.perform(env.get(Quote, first), "void", reason="mistake").waiting

    with clock.frozen(clock.now() + timedelta(days=40)):
        quotes_expire(cast.site)

    assert [read(shop, id, "state") for id in (first, second)] == [["expired"], ["expired"]]
    with cast.site.system("look", write=False) as env:
        assert env.session.scalars(select(ApprovalRequest.state)).all() == ["withdrawn"]


def test_quote_above_the_limit_says_who_can_approve_it(shop: Shop, cast: Cast) -> None:
    with cast.site.system("limits") as env:
        roles = dict(env.session.execute(select(Role.preset, Role.id)).all())
        for preset, highest in (("salesperson", 5), ("manager", 10)):
            env.records(DiscountLimit).create({"role_id": roles[preset], "highest": highest})
    id = shop.quote(discount_percent=20)

    with cast.env("sales") as env:
        quote = env.get(Quote, id)
        before = str(before_submitting(env, quote))
        env.workflow.perform(quote, "submit")
        after = str(to_decide(env, quote))

    assert "above what you give by yourself" in before
    assert after.startswith("Waits for 張淑芬: the discount is above")


def test_quote_that_is_not_current_offers_nothing_but_says_why(shop: Shop, visit: Any) -> None:
    first = shop.quote("submit", "approve", "send")
    revise(shop, first)

    page = visit("sales").get(f"/quote/{first}").get_data(as_text=True)

    assert "actions/void" not in page
    assert "actions/accept" not in page
    assert "There is a later revision of this quote." in page
    assert "Edit: Internal note" in page
    with pytest.raises(TransitionRefused, match="later revision"):
        shop.go(first, "void", reason="不要了")
