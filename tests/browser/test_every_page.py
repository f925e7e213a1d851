"""What holds on every page: no axe violation in light and dark, no scroll to the side, its language, print."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Enter, Live, visitors

ROOT = Path(__file__).resolve().parents[2]

PAGES = {
    "start": ("sales", "/"),
    "start of an administrator": ("admin", "/"),
    "customers": ("manager", "/customer"),
    "customers, filtered": ("manager", "/customer?q=有限&filter=level:in:A|B&sort=-last_visit_on"),
    "customers, by alternatives": ("manager", "/customer?any=level:is:A;status:is:won&any=region:is:taipei"),
    "customers, board": ("manager", "/customer/board?sort=-next_contact_on"),
    "customers, columns": ("manager", "/views/customer/columns"),
    "customers, new view": ("gm", "/views/customer/new?filter=level:is:A"),
    "customers, nothing found": ("sales", "/customer?q=沒有這家公司"),
    "customers, overdue": ("sales", "/customer?filter=next_contact_on:lt:today"),
    "recycle bin": ("manager", "/customer?bin=1"),
    "recycle bin, empty": ("manager", "/contact?bin=1"),
    "customers, forbidden": ("admin", "/customer"),
    "duplicates": ("gm", "/customer/duplicates"),
    "merge": ("gm", "/customer/merge?ids={customer}|{other}"),
    "contacts": ("sales", "/contact"),
    "visits": ("sales", "/visit"),
    "calendar of visits": ("manager", "/visit/calendar"),
    "calendar of customers, a week": ("manager", "/customer/calendar?span=week&filter=level:in:A|B"),
    "analysis of customers": ("manager", "/customer/analysis?filter=level:in:A|B"),
    "one chart": ("manager", "/customer/analysis/region"),
    "record a visit": ("sales", "/customer/compose"),
    "customer": ("manager", "/customer/{customer}"),
    "customer, details": ("manager", "/customer/{customer}/tab/details"),
    "customer, contacts": ("manager", "/customer/{customer}/tab/contacts"),
    "customer, visits": ("manager", "/customer/{customer}/tab/visits"),
    "customer, activity": ("manager", "/customer/{customer}/tab/activity"),
    "customer, group": ("manager", "/customer/{customer}/tab/group"),
    "customer, ownership": ("manager", "/customer/{customer}/tab/ownership"),
    "customer, files": ("manager", "/customer/{customer}/tab/files"),
    "customer, history": ("manager", "/customer/{customer}/tab/history"),
    "customer, collaborators": ("manager", "/customer/{customer}/tab/collaborators"),
    "contact": ("manager", "/contact/{contact}"),
    "visit": ("manager", "/visit/{visit}"),
    "new customer": ("sales", "/customer/new"),
    "edit customer": ("manager", "/customer/{customer}/edit"),
    "new visit": ("sales", "/visit/new"),
    "leave": ("admin", "/user/{sales}/leave"),
    "export log": ("admin", "/settings/exports"),
    "preferences": ("sales", "/preferences"),
    "arrange": ("sales", "/dashboard/home/arrange"),
    "notifications": ("sales", "/notifications"),
    "my jobs": ("sales", "/jobs"),
    "all jobs": ("admin", "/settings/jobs"),
    "scheduled jobs": ("admin", "/settings/jobs?state=scheduled"),
    "messages": ("admin", "/settings/mail"),
    "password": ("sales", "/password"),
    "sign-in": ("", "/signin"),
    "forgotten password": ("", "/password/forgot"),
    "not found": ("sales", "/customer/999999"),
    "not found, signed out": ("", "/password/reset/used"),
    "forbidden": ("sales", "/settings/company"),
    "users": ("admin", "/user"),
    "user": ("admin", "/user/{sales}"),
    "edit user": ("admin", "/user/{sales}/edit"),
    "roles of a user": ("admin", "/user/{sales}/roles"),
    "password of a user": ("admin", "/user/{sales}/password"),
    "departments": ("admin", "/department"),
    "department": ("admin", "/department/1"),
    "roles": ("admin", "/role"),
    "grants": ("admin", "/role/{role}/grants"),
    "lists": ("admin", "/settings/lists"),
    "values of a list": ("admin", "/settings/lists/customer.industry"),
    "new value": ("admin", "/settings/lists/customer.industry/new"),
    "company": ("admin", "/settings/company"),
    "addons": ("admin", "/settings/addons"),
    "addon": ("admin", "/settings/addons/customer"),
    "API": ("admin", "/api/docs"),
    "quotes": ("sales", "/quote"),
    "quotes, board": ("sales", "/quote/board"),
    "quote, draft": ("gm", "/quote/{draft_quote}"),
    "quote, waiting for a decision": ("gm", "/quote/{submitted_quote}"),
    "quote, sent": ("gm", "/quote/{sent_quote}"),
    "edit quote": ("gm", "/quote/{draft_quote}/edit"),
    "new quote": ("sales", "/quote/new"),
    "orders": ("sales", "/order"),
    "order": ("gm", "/order/{order}"),
    "changes of orders, none": ("sales", "/order_change"),
    "contract": ("gm", "/contract/{contract}"),
    "receivables": ("accountant", "/receivable"),
    "receivable": ("accountant", "/receivable/{receivable}"),
    "analysis of receivables": ("accountant", "/receivable/analysis"),
    "receipts": ("accountant", "/receipt"),
    "receipt": ("accountant", "/receipt/{receipt}"),
    "new receipt": ("accountant", "/receipt/new"),
    "opportunities": ("manager", "/opportunity"),
    "opportunities, board": ("manager", "/opportunity/board"),
    "analysis of opportunities": ("manager", "/opportunity/analysis"),
    "opportunity": ("gm", "/opportunity/{opportunity}"),
    "edit pipeline": ("admin", "/pipeline/{pipeline}/edit"),
    "products": ("sales", "/product"),
    "product": ("sales", "/product/{product}"),
    "price lists": ("sales", "/price_list"),
    "currencies": ("admin", "/currency"),
    "highest discounts": ("admin", "/discount_limit"),
    "my approvals": ("gm", "/approval"),
    "my approvals, none": ("sales", "/approval"),
    "approval flow, edited": ("admin", "/approval_flow/{flow}/editor"),
    "imports": ("gm", "/import"),
    "new import": ("gm", "/import/new?model=customer"),
    "columns of an import": ("gm", "/import/{draft}"),
    "import, tried": ("gm", "/import/{tried}"),
    "import, waiting": ("gm", "/import/{waiting}"),
    "import, done": ("gm", "/import/{done}"),
}

FAULTS = {"not found": 404, "not found, signed out": 404, "forbidden": 403}


@pytest.fixture(scope="module")
def places(live: Live) -> dict[str, int]:
    """Records that the addresses of the pages name."""
    from sqlalchemy import select

    from addons.customer.models import Contact, Customer, Visit
    from core.access.models import Role

    with live.site.env(live.ids["manager"]) as env:
        customer = env.session.scalars(
            select(Customer.id).where(Customer.owner_id == live.ids["sales"], Customer.level == "A").limit(1)
        ).one()
        found = {
            "customer": customer,
            "other": env.session.scalars(select(Customer.id).where(Customer.id != customer).limit(1)).one(),
            "contact": env.session.scalars(select(Contact.id).where(Contact.customer_id == customer).limit(1)).one(),
            "visit": env.session.scalars(select(Visit.id).where(Visit.customer_id == customer).limit(1)).one(),
            "sales": live.ids["sales"],
        }
    with live.site.system("find a role", write=False) as env:
        found["role"] = env.session.scalars(select(Role.id).where(Role.preset == "salesperson")).one()
    found |= sold(live)
    return found | {state: imported(live, state) for state in ("draft", "tried", "waiting", "done")}


def sold(live: Live) -> dict[str, int]:
    """One record of each kind that has to do with selling; quotes in the states whose pages differ most."""
    from sqlalchemy import func, select

    from addons.approval.models import ApprovalFlow
    from addons.opportunity.models import Opportunity, Pipeline
    from addons.product.models import Product
    from addons.sales.models import Contract, Order, Quote, Receipt, Receivable

    models = (Contract, Opportunity, Order, Pipeline, Product, Receipt, Receivable)
    with live.site.system("find what was sold", write=False) as env:
        found = {model.__name__.lower(): env.session.scalars(select(func.min(model.id))).one() for model in models}
        found["flow"] = env.session.scalars(select(func.min(ApprovalFlow.id))).one()
        for state in ("draft", "submitted", "sent"):
            quotes = select(func.min(Quote.id)).where(Quote.state == state, Quote.is_current)
            found[f"{state}_quote"] = env.session.scalars(quotes).one()
    return found


def imported(live: Live, state: str) -> int:
    """An import that has come so far, with rows that are right and wrong."""
    import io

    from addons.customer.models import Customer
    from core.api import importing
    from core.jobs import worker

    text = "客戶名稱,統一編號,等級,聯絡人姓名\n台榮測試,04595257,A,王小明\n立基測試,12345,特級,\n"
    received = importing.receive(live.site.settings, io.BytesIO(text.encode()), f"{state}.csv")
    with live.env("gm") as env:
        draft = importing.put_in(env, Customer, received)
        job = 0 if state == "draft" else importing.start(env, draft.id, is_try=state == "tried")
    if state in ("tried", "done"):
        assert worker.execute(live.site, job)
    return draft.id


@pytest.fixture(scope="module")
def pages(live: Live, browser: Browser) -> Iterator[Enter]:
    """One page for each person, kept for all the addresses of this module."""
    with visitors(live, browser) as make:
        kept: dict[Any, Page] = {}

        def at(username: str, path: str, **options: Any) -> Page:
            key = (username, *sorted(options.items()))
            if key in kept:
                kept[key].goto(path)
            else:
                kept[key] = make(username, path, **options)
            return kept[key]

        yield at


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_in_light_and_dark(pages: Enter, places: dict[str, int], name: str) -> None:
    username, path = PAGES[name]
    page = pages(username, path.format(**places), locale="zh-TW")

    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant-TW")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).not_to_have_attribute("data-bs-theme", "light")
    assert violations(page, "color-contrast") == []
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone(pages: Enter, places: dict[str, int], name: str) -> None:
    username, path = PAGES[name]
    page = pages(username, path.format(**places), locale="zh-TW", phone=True)

    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]") == [390, 390]
    assert left_out(page) == []


@pytest.mark.parametrize(
    "name",
    [
        "customers",
        "customer",
        "new customer",
        "grants",
        "merge",
        "duplicates",
        "quote, sent",
        "new quote",
        "order",
        "my approvals",
    ],
)
def test_phone_page_is_accessible(pages: Enter, places: dict[str, int], name: str) -> None:
    username, path = PAGES[name]
    page = pages(username, path.format(**places), locale="zh-TW", phone=True)

    assert violations(page) == []


SHOWN = {
    "palette": ".palette-item",
    "help": "#help",
    "filter": ".filter-form",
    "more": ".menu:popover-open",
    "assign": "#dialog",
    "composer": ".composer form",
    "inline": ".inline-form",
    "bulk": ".bulk",
    "account": "#user-menu",
}
"""What opens on a page, and where to see that it did."""


@pytest.mark.parametrize("opener", SHOWN)
def test_what_opens_is_accessible(pages: Enter, places: dict[str, int], opener: str) -> None:
    in_list = opener in ("filter", "bulk", "help")
    page = pages("manager", "/customer" if in_list else f"/customer/{places['customer']}")

    unfold(page, opener)

    expect(page.locator(SHOWN[opener]).first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")


def unfold(page: Page, opener: str) -> None:
    """Opens it as people do."""
    match opener:
        case "palette":
            page.keyboard.press("Control+k")
        case "help":
            page.keyboard.press("?")
        case "filter":
            page.get_by_role("button", name="Filter").click()
        case "composer":
            page.get_by_text("Record a visit…").click()
        case "bulk":
            page.locator("tbody").get_by_role("checkbox").first.check()
        case "account":
            page.get_by_role("button", name="Account of").click()
        case "inline":
            page.locator(".panel .fact").filter(has_text="Region").hover()
            page.get_by_role("complementary").get_by_role("button", name="Edit Region").click()
        case "more" | "assign":
            page.get_by_role("button", name="More actions").click()
    if opener == "assign":
        page.get_by_role("button", name="Assign").click()


@pytest.mark.parametrize("name", FAULTS)
def test_error_pages_are_ours(pages: Enter, places: dict[str, int], name: str) -> None:
    username, path = PAGES[name]
    page = pages(username, path.format(**places), locale="zh-TW")

    expect(page.locator(".error-status")).to_have_text(str(FAULTS[name]))
    expect(page.locator(".error-reference .number")).not_to_be_empty()
    page.get_by_role("link", name="回首頁").click()
    expect(page).not_to_have_url(path)


def test_paper_shows_the_record_without_what_is_around_it(pages: Enter, places: dict[str, int]) -> None:
    page = pages("manager", f"/customer/{places['customer']}", locale="zh-TW", color_scheme="dark")

    page.emulate_media(media="print")

    for chrome in (".side", ".topbar", ".page-actions", ".composer", ".toasts"):
        expect(page.locator(chrome).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_paper_repeats_the_head_of_a_list(pages: Enter) -> None:
    page = pages("manager", "/customer", locale="zh-TW")

    page.emulate_media(media="print")

    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    expect(page.locator(".tick").first).to_be_hidden()
    page.emulate_media(media="screen")


@cache
def axe() -> str:
    """The checker. Evaluated as a whole: a tag with it would be against the pages' own policy."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds, each as its rule and where."""
    page.evaluate(axe())
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = page.evaluate("options => axe.run(document, options)", only | {"resultTypes": ["violations"]})
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def left_out(page: Page) -> list[str]:
    """What sticks out of the window at the right, outside of what scrolls by itself or is cut with a sign."""
    return list(
        page.evaluate("""() => [...document.querySelectorAll("main *")]
            .filter((each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
            .filter((each) => !each.closest(".visually-hidden, .tabs, .views, thead, td, pre"))
            .filter((each) => each.offsetWidth > 1 && each.getBoundingClientRect().right > innerWidth + 1)
            .map((each) => each.outerHTML.slice(0, 120))""")
    )
