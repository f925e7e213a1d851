"""Calendars: what stands on which day for whom, what is left out, and moving to another day."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape

import pytest

from addons.customer.models import Customer, Visit
from core import clock
from core.access.models import ShareLevel, User
from core.orm.versions import bump
from core.pages.spans import Span
from core.testing.cast import Cast

from .conftest import Browse, make, restrict

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def planned(cast: Cast, name: str, day: date, *, who: str = "sales", **values: object) -> int:
    with cast.env(who) as env:
        return int(make(env, Customer, name=name, next_contact_on=day, **values).id)


def days(html: str) -> dict[str, list[str]]:
    """Day → what stands on it, of the days with something."""
    found = {}
    for day, block in re.findall(r'<li class="cal-day[^>]*data-day="([\d-]+)"(.*?)</ul>', html, re.S):
        texts = re.findall(r'<(?:a|span) class="cal-link"[^>]*>(.*?)</(?:a|span)>\s*(?:<button|</li>)', block, re.S)
        if texts:
            found[day] = [unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))).strip() for text in texts]
    return found


def test_month_begins_and_ends_with_whole_weeks() -> None:
    chinese = Span.around("month", date(2026, 11, 23), "zh_Hant_TW")
    german = Span.around("month", date(2026, 11, 23), "de_DE")

    assert (chinese.first, chinese.last) == (date(2026, 11, 1), date(2026, 12, 5))
    assert (german.first, german.last) == (date(2026, 10, 26), date(2026, 12, 6))
    assert chinese.moved(1) == date(2026, 12, 1)
    assert chinese.moved(-1) == date(2026, 10, 1)
    assert chinese.title("zh_Hant_TW") == "2026年11月"


def test_records_stand_on_their_days_with_their_colour_in_words(browse: Browse, cast: Cast) -> None:
    planned(cast, "台榮精密", date(2026, 11, 25), level="A")
    planned(cast, "下個月", date(2026, 12, 25))

    html = browse("sales").get("/customer/calendar").text

    assert days(html) == {"2026-11-25": ["台榮精密 A"]}
    assert "November 2026" in html
    assert 'aria-current="date"' in html


def test_shows_only_what_the_reader_may_see(browse: Browse, cast: Cast) -> None:
    id = planned(cast, "台榮精密", date(2026, 11, 25))
    planned(cast, "南部客戶", date(2026, 11, 26), who="sales2")

    assert days(browse("sales2").get("/customer/calendar").text) == {"2026-11-26": ["南部客戶"]}
    assert browse("accountant").get("/customer/calendar").status_code == 404
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, id), user=cast.sales2, level=ShareLevel.READ)
    html = browse("sales2").get("/customer/calendar").text
    assert list(days(html)) == ["2026-11-25", "2026-11-26"]
    assert html.count("data-movable") == 1


@pytest.mark.parametrize("level", ["hidden", "masked", "masked_list"])
def test_dates_that_a_role_may_not_see_are_none(browse: Browse, cast: Cast, level: str) -> None:
    planned(cast, "台榮精密", date(2026, 11, 25))
    restrict(cast.site, "salesperson", "customer", "next_contact_on", level)

    answer = browse("sales").get("/customer/calendar?by=next_contact_on")

    html = answer.text
    assert answer.status_code == 200
    assert "台榮精密" not in html
    assert "by=next_contact_on" not in html


def test_moments_are_on_the_day_where_the_reader_is(browse: Browse, cast: Cast) -> None:
    id = planned(cast, "台榮精密", date(2026, 11, 30))
    with cast.env("sales") as env:
        make(env, Visit, customer_id=id, content="談", visited_at=datetime(2026, 11, 20, 17, 30, tzinfo=UTC))
    browser = browse("sales")
    assert days(browser.get("/visit/calendar").text) == {"2026-11-21": ["01:30 台榮精密 Visit"]}

    with cast.site.system("somebody moves") as env:
        env.session.get_one(User, cast.sales).timezone = "America/New_York"
        env.session.flush()
        bump(env.connection_of_core, "organisation")

    assert days(browser.get("/visit/calendar").text) == {"2026-11-20": ["12:30 台榮精密 Visit"]}


def test_filters_and_search_hold_and_go_along(browse: Browse, cast: Cast) -> None:
    planned(cast, "台榮精密", date(2026, 11, 25), level="A")
    planned(cast, "遠昇包裝", date(2026, 11, 25), level="B")
    browser = browse("sales")

    filtered = browser.get("/customer/calendar?filter=level:is:B&span=week").text
    searched = browser.get("/customer/calendar?q=台榮").text

    assert days(filtered) == {"2026-11-25": ["遠昇包裝 B"]}
    assert days(searched) == {"2026-11-25": ["台榮精密 A"]}
    assert "/customer?filter=level%3Ais%3AB" in filtered
    assert "/customer/calendar?filter=level%3Ais%3AB&amp;span=week&amp;day=2026-11-30" in filtered


def test_full_day_leads_to_its_list(browse: Browse, cast: Cast) -> None:
    for number in range(6):
        planned(cast, f"客戶{number}", date(2026, 11, 25))

    html = browse("sales").get("/customer/calendar").text

    assert len(days(html)["2026-11-25"]) == 4
    more = re.search(r'<a class="cal-more" href="([^"]*)">([^<]*)', html)
    assert more is not None
    assert more[2] == "+ 2 more"
    assert browse("sales").get(unescape(more[1])).text.count('<td class="lead"') == 6


def test_many_records_are_read_day_by_day(browse: Browse, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.pages.calendars.AT_ONCE", 3)
    for number in range(6):
        planned(cast, f"客戶{number}", date(2026, 11, 25))
    planned(cast, "隔天", date(2026, 11, 26))

    html = browse("sales").get("/customer/calendar").text

    assert {day: len(found) for day, found in days(html).items()} == {"2026-11-25": 4, "2026-11-26": 1}
    assert "+ 2 more" in html


def test_asks_the_same_for_one_and_for_many(browse: Browse, cast: Cast) -> None:
    planned(cast, "台榮精密", date(2026, 11, 25))
    browser = browse("sales")
    browser.get("/customer/calendar")
    browser.get("/customer/calendar")
    few = len(browser.statements)
    for number in range(30):
        planned(cast, f"客戶{number}", date(2026, 11, 1 + number % 28))

    browser.get("/customer/calendar")
    browser.get("/customer/calendar")

    assert len(browser.statements) == few


def test_day_makes_a_record_of_that_day(browse: Browse, cast: Cast) -> None:
    browser = browse("sales")
    html = browser.get("/customer/calendar").text

    assert "/customer/new?next_contact_on=2026-11-25&amp;next=%2Fcustomer%2Fcalendar" in html
    form = browser.get("/customer/new?next_contact_on=2026-11-25").text
    assert re.search(r'id="f-next_contact_on"[^>]*value="2026-11-25"', form)


def test_holidays_are_named_in_the_readers_language(browse: Browse) -> None:
    assert "元旦" in browse("sales", "zh_Hant_TW").get("/customer/calendar?day=2027-01-15").text or (
        "開國紀念日" in browse("sales", "zh_Hant_TW").get("/customer/calendar?day=2027-01-15").text
    )
    assert "Founding Day" in browse("sales").get("/customer/calendar?day=2027-01-15").text


@pytest.mark.parametrize(
    "query", ["day=x", "day=9999-12-31", "day=0001-01-01", "span=year", "by=name", "day=2026-02-30"]
)
def test_address_that_makes_no_sense_shows_something(browse: Browse, query: str) -> None:
    assert browse("sales").get(f"/customer/calendar?{query}").status_code == 200


class TestMoving:
    """To another day, by who may edit the record."""

    def test_keeps_the_time_of_day(self, browse: Browse, cast: Cast) -> None:
        id = planned(cast, "台榮精密", date(2026, 11, 30))
        with cast.env("sales") as env:
            at = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
            visit = make(env, Visit, customer_id=id, content="談", visited_at=at).id

        answer = browse("sales").post("/visit/calendar/move", {"id": visit, "by": "visited_at", "day": "2026-11-18"})

        assert answer.location == "/visit/calendar"
        with cast.env("sales") as env:
            assert env.get(Visit, visit).visited_at == datetime(2026, 11, 18, 2, 30, tzinfo=UTC)

    def test_says_why_not(self, browse: Browse, cast: Cast) -> None:
        id = planned(cast, "台榮精密", date(2026, 11, 30))
        with cast.env("sales") as env:
            visit = make(env, Visit, customer_id=id, content="談", visited_at=NOW).id
        sent = {"id": visit, "by": "visited_at", "day": "2026-11-28"}

        answer = browse("sales").post("/visit/calendar/move", sent, headers={"Accept": "application/json"})

        assert answer.status_code == 422
        assert "cannot be in the future" in answer.json["text"]

    def test_is_refused_to_who_may_only_read(self, browse: Browse, cast: Cast) -> None:
        id = planned(cast, "台榮精密", date(2026, 11, 30))
        sent = {"id": id, "by": "next_contact_on", "day": "2026-11-28"}
        assert browse("sales2").post("/customer/calendar/move", sent).status_code == 404
        with cast.env("gm") as env:
            env.records(Customer).share(env.get(Customer, id), user=cast.sales2, level=ShareLevel.READ)

        assert browse("sales2").post("/customer/calendar/move", sent).status_code == 422

        with cast.env("gm") as env:
            assert env.get(Customer, id).next_contact_on == date(2026, 11, 30)

    def test_writes_nothing_but_dates_of_the_calendar(self, browse: Browse, cast: Cast) -> None:
        id = planned(cast, "台榮精密", date(2026, 11, 30))

        answer = browse("sales").post("/customer/calendar/move", {"id": id, "by": "deal_on", "day": "2026-11-28"})

        assert answer.status_code == 404
        with cast.env("sales") as env:
            record = env.get(Customer, id)
            assert (record.deal_on, record.next_contact_on) == (None, date(2026, 11, 30))

    def test_dialog_asks_for_the_day(self, browse: Browse, cast: Cast) -> None:
        id = planned(cast, "台榮精密", date(2026, 11, 30))

        html = browse("sales").part(f"/customer/calendar/move?id={id}&back=/customer/calendar?span=week").text

        assert 'class="dialog-form"' in html
        assert 'value="2026-11-30"' in html
        assert 'name="back" value="/customer/calendar?span=week"' in html
