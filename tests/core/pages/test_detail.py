"""A record's page: header, tabs, timeline, history, collaborators."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from addons.base.services import Grants
from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.access.models import FieldLevel, Role, Scope, ShareLevel
from core.env import Env
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from core.testing.plugin import BACKENDS

from .conftest import Browse, make, restrict, sent_form

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        return int(make(env, Customer, name="台榮精密", phone="02-2345-6789", level="A").id)


def titles(html: str) -> list[str]:
    found = re.findall(r'<span class="event-title">(.*?)</span><span class="event-meta">', html)
    return [re.sub(r"<[^>]*>", "", title).strip() for title in found]


def tabs(html: str) -> dict[str, str]:
    found = re.findall(r'id="tab-(\w+)"[^>]*>([^<]*)(?:<span class="tab-count">([^<]*)</span>)?</a>', html)
    return {key: count for key, _label, count in found}


def test_header_tabs_and_counts(browse: Browse, cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        for name in ("王小明", "陳大文"):
            make(env, Contact, name=name, customer_id=customer)

    html = browse("sales").get(f"/customer/{customer}").text

    assert "<h1>台榮精密</h1>" in html
    assert 'data-copy="C00001"' in html
    assert tabs(html) == {
        "timeline": "",
        "details": "",
        "contacts": "2",
        "visits": "",
        "opportunities": "",
        "quotes": "",
        "orders": "",
        "receivables": "",
        "receipts": "",
        "credit_notes": "",
        "contracts": "",
        "activity": "",
        "group": "",
        "ownership": "1",
        "files": "",
        "history": "",
        "collaborators": "",
    }
    assert 'href="/customer/1/edit" data-shortcut="e"' in html
    assert "actions/delete" not in html


def test_a_page_asks_as_much_with_many_children_as_with_one(browse: Browse, cast: Cast, customer: int) -> None:
    def add(count: int) -> None:
        with cast.env("sales") as env:
            for number in range(count):
                contact = make(env, Contact, name=f"王{number}", customer_id=customer)
                at = NOW - timedelta(hours=number)
                make(env, Visit, customer_id=customer, content="談", contact_id=contact.id, visited_at=at)

    browser = browse("sales")
    counts = []
    for number in (1, 30):
        add(number)
        for _ in range(2):
            for key in ("timeline", "details", "contacts", "visits", "history"):
                browser.get(f"/customer/{customer}/tab/{key}")
                counts.append(len(browser.statements))

    assert counts[5:10] == counts[15:20]
    assert max(counts[15:20]) <= 36


def test_timeline_merges_changes_and_children_newest_first(browse: Browse, cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        make(env, Visit, customer_id=customer, content="早上 <談妥>", visited_at=NOW - timedelta(hours=2))
        with clock.frozen(NOW + timedelta(hours=1)):
            env.records(Customer).update(env.get(Customer, customer), {"phone": "02-8888-8888"})

    html = browse("sales").get(f"/customer/{customer}").text

    assert titles(html) == ["Changed 1 field", "Created", "Visit Visit"]
    assert "早上 &lt;談妥&gt;" in html
    assert '<a href="/visit/1">Visit</a>' in html
    assert '<span class="change-before"><a href="tel:0223456789">02-2345-6789</a></span>' in html


def test_timeline_goes_on_page_by_page(browse: Browse, cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        for number in range(60):
            # Several at the same moment, so that a page ends among equals.
            at = NOW - timedelta(hours=number // 4)
            make(env, Visit, customer_id=customer, content=f"#{number:02}.", visited_at=at)
    browser, url, seen, pages = browse("sales"), f"/customer/{customer}", [], 0

    while url:
        html = browser.get(url).text
        seen += re.findall(r"#(\d\d)\.", html)
        more = re.search(r'class="timeline-more"><a class="btn btn-ghost" href="([^"]*)"', html)
        url, pages = more[1].replace("&amp;", "&") if more else "", pages + 1

    assert pages == 3
    assert sorted(seen) == [f"{number:02}" for number in range(60)]


def test_history_tells_in_full_and_hides_what_is_hidden(browse: Browse, cast: Cast, site: Site, customer: int) -> None:
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"phone": "02-8888-8888", "level": "B"})
        env.records(Customer).update(env.get(Customer, customer), {"email": "secret@example.com"})
    restrict(site, "salesperson", "customer", "phone", "masked")
    restrict(site, "salesperson", "customer", "email", "hidden")

    html = browse("sales").get(f"/customer/{customer}/tab/history").text

    assert titles(html) == ["Changed 2 fields", "Created"]
    assert "secret" not in html
    assert "E-mail" not in html
    assert "8888" not in html
    assert "02○○88" in html
    assert 'class="change-label">Customer name</span>' in html


def test_history_masks_what_it_links_to(browse: Browse, cast: Cast, customer: int) -> None:
    with cast.env("gm") as env:
        parent = make(env, Customer, name="宏岳自動化設備公司", owner_id=cast.gm)
        env.records(Customer).update(env.get(Customer, customer), {"parent_id": parent.id})

    mine = browse("sales").get(f"/customer/{customer}/tab/history").text
    theirs = browse("gm").get(f"/customer/{customer}/tab/history").text

    assert "宏岳自動化設備公司" not in mine
    assert "宏岳○○公司" in mine
    assert '<a href="/customer/2">宏岳自動化設備公司</a>' in theirs


def test_details_are_edited_in_place(browse: Browse, customer: int) -> None:
    html = browse("sales").get(f"/customer/{customer}/tab/details").text

    assert 'data-edit-url="/customer/1/field/address"' in html
    assert "/field/owner_id" not in html
    assert "/field/last_visit_on" not in html
    assert "/field/locked_until" not in html


def test_children_are_a_list_of_their_own(browse: Browse, cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        make(env, Contact, name="王小明", customer_id=customer)
        other = make(env, Customer, name="別家")
        make(env, Contact, name="陳大文", customer_id=other.id)
    browser = browse("sales")

    html = browser.get(f"/customer/{customer}/tab/contacts?sort=-name").text
    part = browser.part(f"/customer/{customer}/tab/contacts", "div#list-contact").text

    assert "王小明" in html
    assert "陳大文" not in html
    assert "/contact/new?customer_id=1&amp;next=%2Fcustomer%2F1%2Ftab%2Fcontacts" in html
    assert 'href="/customer/1/tab/contacts?sort=name"' in html
    assert part.lstrip().startswith('<div id="list-contact"')


def test_a_script_gets_the_tab_alone(browse: Browse, customer: int) -> None:
    part = browse("sales").part(f"/customer/{customer}/tab/details", "section#detail-main").text

    assert part.lstrip().startswith('<section id="detail-main"')
    assert 'id="tab-details" aria-current="page"' in part


def noted(html: str) -> list[tuple[str, str]]:
    """The labels of what an entry says, with what became of them."""
    found = re.findall(r'change-label">([^<]*)</span>.*?change-after">(.*?)</span></li>', html, re.DOTALL)
    return [(label, re.sub(r"<[^>]*>", "", value)) for label, value in found]


def test_history_tells_who_was_let_in(browse: Browse, cast: Cast, customer: int) -> None:
    with cast.env("gm") as env:
        records, record = env.records(Customer), env.get(Customer, customer)
        records.share(record, user=cast.sales2, level=ShareLevel.EDIT, until=NOW + timedelta(days=7))
    with cast.env("gm") as env:
        env.records(Customer).unshare(env.get(Customer, customer), user=cast.sales2)

    html = browse("sales").get(f"/customer/{customer}").text

    assert titles(html)[:2] == ["Collaborator removed", "Collaborator added"]
    assert ("User", "黃志明") in noted(html)
    assert ("Access", "may see and edit") in noted(html)
    assert ("Until", "in 7 days 12:00") in noted(html)


def test_history_tells_which_grants_changed(browse: Browse, cast: Cast) -> None:
    with cast.env("admin") as env:
        role = next(r for r in env.session.scalars(select(Role)) if r.preset == "salesperson")
        scopes, levels = {("customer", "read"): Scope.ALL}, {("customer", "phone"): FieldLevel.MASKED}
        env.service(Grants).save(role, scopes, levels)
        url = f"/role/{role.id}/tab/history"

    html = browse("admin").get(url).text

    assert "Grants changed" in titles(html)
    assert ("Customers › Read", "All") in noted(html)
    assert ("Customers › Phone", "Masked") in noted(html)


@pytest.mark.parametrize(
    ("action", "title"),
    [("file_added", "File added"), ("password", "Password set"), ("teleported", "Another change")],
)
def test_history_never_shows_a_code(
    browse: Browse, cast: Cast, site: Site, customer: int, action: str, title: str
) -> None:
    with site.system("an entry of an addon") as env:
        row = {"model": "customer", "record_id": customer, "action": action, "at": NOW, "user_id": cast.gm}
        env.connection_of_core.execute(insert(Change).values(**row, reason="", changes={"file": [None, "quote.pdf"]}))

    html = browse("sales").get(f"/customer/{customer}/tab/history").text

    assert title in titles(html)
    assert action not in titles(html)
    assert (("File", "quote.pdf") in noted(html)) is (action == "file_added")


def test_timeline_names_nobody_whom_the_reader_may_not_know(
    browse: Browse, cast: Cast, site: Site, customer: int
) -> None:
    with cast.env("gm") as env:
        make(env, Visit, customer_id=customer, content="談", visited_at=NOW - timedelta(days=1))
    assert "張淑芬" in browse("sales").get(f"/customer/{customer}").text
    restrict(site, "salesperson", "visit", "owner_id", "masked")
    restrict(site, "salesperson", "customer", "created_by", "hidden")
    restrict(site, "salesperson", "customer", "updated_by", "hidden")

    html = browse("sales").get(f"/customer/{customer}").text

    assert "張淑芬" not in html
    assert 'class="event-who"' not in html
    assert titles(html)[-1].startswith("Visit")


@pytest.mark.parametrize(
    "before",
    [
        "x",
        "0001-01-01T00:00:00+14:00~0~1",
        "9999-12-31T23:59:59-12:00~0~1",
        "9999-12-31T23:00:00Z~1~1",
        f"2026-01-01T00:00:00Z~0~{'9' * 30}",
        f"2026-01-01T00:00:00Z~0~{'9' * 5000}",
        f"2026-01-01T00:00:00Z~{'9' * 30}~1",
        "2026-01-01T00:00:00Z~0~-1",
    ],
    ids=range(8),
)
def test_a_malformed_place_in_the_timeline_is_a_bad_request(browse: Browse, customer: int, before: str) -> None:
    answer = browse("sales").get(f"/customer/{customer}", query_string={"before": before})

    assert answer.status_code == 400


@pytest.mark.parametrize("level", ["hidden", "masked"])
def test_notice_tells_nothing_of_a_field_that_the_reader_may_not_see(
    browse: Browse, cast: Cast, site: Site, customer: int, level: str
) -> None:
    with cast.env("sales") as env:
        make(env, Contact, name="王小明", customer_id=customer)
        env.records(Customer).update(env.get(Customer, customer), {"next_contact_on": date(2026, 11, 20)})
    assert "overdue for 3 days" in browse("sales").get(f"/customer/{customer}").text
    restrict(site, "salesperson", "customer", "next_contact_on", level)

    html = browse("sales").get(f"/customer/{customer}").text

    assert "overdue" not in html
    assert "never been visited" in html


class TestComposer:
    """The short form above the timeline."""

    def test_saves_a_child_in_one_go(self, browse: Browse, cast: Cast, customer: int) -> None:
        browser = browse("sales")
        form = sent_form(browser.get(f"/customer/{customer}").text)
        form["content"], form["next_contact_on"] = "談妥了", "2026-11-30"

        answer = browser.post(f"/customer/{customer}/compose", form)

        assert (answer.status_code, answer.location) == (303, f"/customer/{customer}")
        with cast.env("sales") as env:
            record = env.get(Customer, customer)
            assert (record.last_visit_on, record.next_contact_on) == (date(2026, 11, 23), date(2026, 11, 30))

    def test_comes_back_open_with_what_was_typed(self, browse: Browse, customer: int) -> None:
        browser = browse("sales")
        form = sent_form(browser.get(f"/customer/{customer}").text)
        form["content"], form["visited_at"] = "談 <妥>", "2027-01-01T10:00"

        answer = browser.post(f"/customer/{customer}/compose", form)

        assert answer.status_code == 422
        assert "<details open>" in answer.text
        assert "談 &lt;妥&gt;</textarea>" in answer.text
        assert re.search(r'id="c-visited_at-error">.*?cannot be in the future', answer.text, re.DOTALL)

    def test_belongs_to_the_record_of_the_page(self, browse: Browse, cast: Cast, customer: int) -> None:
        with cast.env("gm") as env:
            other = make(env, Customer, name="別家", owner_id=cast.gm).id
        browser = browse("sales")
        form = sent_form(browser.get(f"/customer/{customer}").text)
        form["content"], form["customer_id"] = "談", str(other)

        browser.post(f"/customer/{customer}/compose", form)

        with cast.env("gm") as env:
            assert env.get(Visit, 1).customer_id == customer


class TestCollaborators:
    """Who else may see an owned record."""

    def test_are_added_and_removed(self, browse: Browse, cast: Cast, customer: int) -> None:
        browser = browse("gm")
        url = f"/customer/{customer}/actions"
        assert 'name="user_id"' in browser.get(f"{url}/share").text

        form = {"user_id": str(cast.sales2), "level": "edit", "until": "2026-11-30"}
        added = browser.post(f"{url}/share", form)
        html = browser.get(f"/customer/{customer}/tab/collaborators").text

        assert added.location == f"/customer/{customer}/tab/collaborators"
        assert "黃志明" in html
        assert "may see and edit" in html
        assert browse("sales2").get(f"/customer/{customer}").status_code == 200
        browser.post(f"{url}/unshare", {"user_id": str(cast.sales2)})
        assert browse("sales2").get(f"/customer/{customer}").status_code == 404

    def test_last_through_their_last_day(self, browse: Browse, cast: Cast, customer: int) -> None:
        form = {"user_id": str(cast.sales2), "level": "read", "until": "2026-11-23"}
        browse("gm").post(f"/customer/{customer}/actions/share", form)

        assert browse("sales2").get(f"/customer/{customer}").status_code == 200
        with clock.frozen(NOW + timedelta(hours=13)):
            assert browse("sales2").get(f"/customer/{customer}").status_code == 404

    def test_are_not_changed_by_who_may_not(self, browse: Browse, cast: Cast, customer: int) -> None:
        browser = browse("sales")
        html = browser.get(f"/customer/{customer}/tab/collaborators").text

        answer = browser.post(f"/customer/{customer}/actions/share", {"user_id": str(cast.sales2), "level": "edit"})

        assert "actions/share" not in html
        assert answer.location == f"/customer/{customer}"
        assert browse("sales2").get(f"/customer/{customer}").status_code == 404

    def test_a_collaborator_sees_the_page_without_what_only_owners_do(
        self, browse: Browse, cast: Cast, customer: int
    ) -> None:
        with cast.env("gm") as env:
            env.records(Customer).share(env.get(Customer, customer), user=cast.sales2, level=ShareLevel.READ)

        html = browse("sales2").get(f"/customer/{customer}").text

        assert "<h1>台榮精密</h1>" in html
        assert "/edit" not in html
        assert "/field/" not in html


def test_a_part_of_an_addon_that_fails_is_left_out(
    browse: Browse, cast: Cast, customer: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from addons.customer.pages import notices

    def fail(env: object, record: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(notices, "_has_contact", fail)

    answer = browse("sales").get(f"/customer/{customer}")

    assert answer.status_code == 200
    assert "<h1>台榮精密</h1>" in answer.text
    assert "The notice no_contact failed and is left out of the page." in caplog.text


class TestIsolation:
    """What an addon does wrong in the database costs its own part of the page."""

    @pytest.fixture(params=BACKENDS)
    def backend(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_a_failed_statement_leaves_the_page_usable(
        self, browse: Browse, cast: Cast, customer: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from addons.customer.pages import notices

        def fail(env: Env, record: Customer) -> bool:
            env.session.scalar(select(func.no_such_function(Customer.id)))
            return True

        monkeypatch.setattr(notices, "_has_contact", fail)

        html = browse("sales").get(f"/customer/{customer}").text

        assert "<h1>台榮精密</h1>" in html
        assert "never been visited" in html
        assert titles(html) == ["Created"]
