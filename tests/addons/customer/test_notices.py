"""What a customer's page says to do next, and with which button."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.access.models import ShareLevel
from core.testing.cast import Cast
from core.testing.web import Visitor

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
Browse = Callable[..., Visitor]


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def made(cast: Cast, **values: Any) -> int:
    """A customer of sales that lacks nothing, but for what `values` take away."""
    whole = {"name": "台榮精密", "phone": "02-2345-6789", "next_contact_on": date(2026, 12, 1), "level": "A"}
    with cast.env("sales") as env:
        id = int(env.records(Customer).create(whole | values).id)
        env.records(Contact).create({"name": "王小明", "customer_id": id})
    return id


def visited(cast: Cast, customer: int, day: date, **values: Any) -> None:
    with cast.env("sales") as env:
        at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        env.records(Visit).create({"customer_id": customer, "content": "談過", "visited_at": at, **values})


def notices(visit: Browse, customer: int, who: str = "sales") -> list[tuple[str, str]]:
    """(what is said, what the button says) of the notices, the first one first."""
    html = visit(who).get(f"/customer/{customer}").text
    block = re.search(r'<section class="next".*?</section>', html, re.S)
    if block is None:
        return []
    parts = re.findall(r"<(?:p|span)>([^<]*)</(?:p|span)>\s*(?:<a[^>]*>([^<]*)</a>)?", block[0])
    return [(unescape(text), button) for text, button in parts]


def test_customer_that_lacks_nothing_is_left_alone(cast: Cast, visit: Browse) -> None:
    id = made(cast)
    visited(cast, id, date(2026, 11, 20), next_contact_on=date(2026, 12, 1))

    assert notices(visit, id) == []


def test_most_urgent_comes_first_with_its_button(cast: Cast, visit: Browse) -> None:
    id = made(cast, next_contact_on=date(2026, 11, 20), phone=None)

    assert notices(visit, id) == [
        ("The next contact has been overdue for 3 days. Get in touch, then record the visit.", "Record a visit"),
        ("This customer has never been visited. Record the first visit or call.", "Record a visit"),
        ("There is no phone number yet.", "Fill in"),
    ]


@pytest.mark.parametrize(
    ("level", "day", "said"),
    [
        ("A", date(2026, 10, 23), "Quiet for 31 days; 30 are usual for level A."),
        ("A", date(2026, 10, 24), None),
        ("D", date(2026, 10, 1), None),
        (None, date(2020, 1, 1), None),
    ],
)
def test_quiet_by_the_rhythm_of_the_level(
    cast: Cast, visit: Browse, level: str | None, day: date, said: str | None
) -> None:
    id = made(cast, level=level, next_contact_on=None)
    visited(cast, id, day)

    found = notices(visit, id)

    assert ((said, "Record a visit") in found) is (said is not None)
    assert ("No next contact is planned. Set a date so that the customer is not forgotten.", "Plan") in found


def test_business_number_is_missed_once_a_company_has_bought(cast: Cast, visit: Browse) -> None:
    said = ("The unified business number is missing; invoices need it.", "Fill in")

    assert said in notices(visit, made(cast, status="won"))
    assert said not in notices(visit, made(cast, name="甲", status="intent"))
    assert said not in notices(visit, made(cast, name="乙", status="won", kind="person"))
    assert said not in notices(visit, made(cast, name="丙", status="won", tax_id="04595257"))


def test_number_of_somebody_there_will_do(cast: Cast, visit: Browse) -> None:
    id = made(cast, phone=None)
    with cast.env("sales") as env:
        env.records(Contact).create({"name": "陳大文", "customer_id": id, "mobile": "0912-345-678"})

    assert "There is no phone number yet." not in dict(notices(visit, id))


def test_duplicates_lead_to_merging_for_those_who_may(cast: Cast, visit: Browse) -> None:
    first, second = made(cast), made(cast, name="台榮精密有限公司")
    said = "1 other customer is probably the same."

    assert (said, "Compare") in notices(visit, first)
    assert f"/customer/merge?ids={first}|{second}" in unescape(visit("sales").get(f"/customer/{first}").text)
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, first), user=cast.sales2, level=ShareLevel.READ)
    assert said not in dict(notices(visit, first, "sales2"))


def test_reader_who_may_change_nothing_has_no_buttons(cast: Cast, visit: Browse) -> None:
    id = made(cast, phone=None, next_contact_on=None)
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, id), user=cast.sales2, level=ShareLevel.READ)

    found = notices(visit, id, "sales2")

    assert {button for _said, button in found} == {""}
    assert "There is no phone number yet." in dict(found)


def test_contact_is_added_in_a_dialog(cast: Cast, visit: Browse) -> None:
    with cast.env("sales") as env:
        id = env.records(Customer).create({"name": "新客戶"}).id
    browser = visit("sales")
    page = unescape(browser.get(f"/customer/{id}").text)
    address = re.search(r'data-dialog-url="(/contact/new[^"]*)"', page)
    assert address is not None

    dialog = browser.get(address[1], **{"HX-Request": "true"})

    assert 'class="dialog-form"' in dialog.text
    assert "<!doctype" not in dialog.text
    assert f'name="customer_id" value="{id}"' in dialog.text
