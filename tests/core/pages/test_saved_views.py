"""Saved views: what they show, who may use and change them, what they never do."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer
from core.addons import lifecycle
from core.errors import Forbidden, Invalid, NotFound, Stale
from core.exchange.log import exports
from core.saved_views import Query, View, changing, saved_views
from core.testing.cast import Cast

from .conftest import Browse, make, restrict


def fill(cast: Cast) -> None:
    with cast.env("sales") as env:
        for name, level in (("甲公司", "A"), ("乙公司", "B"), ("丙公司", "C")):
            make(env, Customer, name=name, level=level, next_contact_on=date(2026, 1, 5))


def names(html: str) -> list[str]:
    return re.findall(r'<td class="lead"><a href="/\w+/\d+">([^<]*)</a>', html)


def heads(html: str) -> list[str]:
    """What the columns are called, those only for the cards of a phone left out."""
    found = re.findall(r'<th scope="col" class="(?![^"]*card-only)[^"]*"[^>]*>\s*<(?:a|span)[^>]*>([^<]*)<', html)
    return [label.strip() for label in found]


def title(html: str) -> str:
    found = re.search(r'<span class="view-title-name">([^<]*)</span>', html)
    assert found is not None
    return found[1]


def keep(cast: Cast, username: str, query: Query, name: str = "重點", **shared: Any) -> int:
    with cast.env(username) as env:
        return changing.create(env, "customer", name, query, **shared)


def stored(cast: Cast, username: str, id: int) -> View:
    with cast.env(username) as env:
        return saved_views(env).get(env, id)


LEVEL_A = Query(filters=("level:is:A",), sort="-name")


def test_view_shows_what_is_saved_in_it(browse: Browse, cast: Cast) -> None:
    fill(cast)
    id = keep(cast, "sales", Query(any=("level:is:A", "level:is:B"), sort="-name", columns=("name", "region")))

    html = browse("sales").get(f"/customer?view={id}").text

    assert names(html) == ["甲公司", "乙公司"]
    assert title(html) == "重點"
    assert "view-changed" not in html
    assert heads(html)[:2] == ["Customer name", "Region"]


def test_what_the_address_adds_stays_beside_the_view_and_is_told(browse: Browse, cast: Cast) -> None:
    fill(cast)
    id = keep(cast, "sales", Query(any=("level:is:A", "level:is:B")))
    browser = browse("sales")

    html = browser.get(f"/customer?view={id}&any=level:is:B&any=level:is:C").text

    assert names(html) == ["乙公司"]
    assert "view-changed" in html
    # Sorted from here, the list is still what it was, with the view beside it.
    sort = re.search(r'href="(/customer\?[^"]*sort=-name[^"]*)"', html)
    assert sort is not None
    again = browser.get(sort[1].replace("&amp;", "&")).text
    assert names(again) == ["乙公司"]
    assert title(again) == "重點"


def test_address_that_holds_everything_may_leave_out_what_the_view_says(browse: Browse, cast: Cast) -> None:
    fill(cast)
    id = keep(cast, "sales", LEVEL_A)

    html = browse("sales").get(f"/customer?view={id}&changed=1&sort=-name").text

    assert len(names(html)) == 3
    assert "view-changed" in html


def test_view_is_saved_from_the_dialog_with_prepared_filters_as_its_own(browse: Browse, cast: Cast) -> None:
    fill(cast)
    browser = browse("manager")

    answer = browser.post("/views/customer/new?quick=mine&filter=level:is:A&sort=-name", {"name": "我的 A"})

    [view] = [view for view in saved_views_of(cast, "manager") if view.name == "我的 A"]
    assert answer.headers["Location"] == f"/customer?view={view.id}"
    assert view.query == Query(filters=("owner_id:is:me", "level:is:A"), sort="-name")
    assert view.audience == "private"


def saved_views_of(cast: Cast, username: str) -> list[View]:
    with cast.env(username) as env:
        return list(saved_views(env).usable(env, "customer"))


def test_view_without_a_name_is_refused_in_the_dialog(browse: Browse) -> None:
    answer = browse("sales").post("/views/customer/new?filter=level:is:A", {"name": " "})

    assert answer.status_code == 422
    assert "Please give the view a name." in answer.text


def test_private_view_is_nobody_elses(browse: Browse, cast: Cast) -> None:
    id = keep(cast, "sales", LEVEL_A)

    assert browse("manager").get(f"/customer?view={id}").status_code == 404
    assert "重點" not in browse("manager").get("/customer").text
    assert browse("manager").post(f"/views/{id}/delete").status_code == 404
    assert browse("gm").get(f"/export/customer.csv?view={id}").status_code == 404


@pytest.mark.parametrize(
    ("audience", "of", "sees"),
    [
        ("everybody", None, {"sales", "sales2", "manager", "gm"}),
        ("role", "salesperson", {"sales", "sales2", "gm"}),
        ("department", "sales", {"sales", "manager", "gm"}),
    ],
)
def test_shared_view_is_there_for_those_it_is_shared_with(
    cast: Cast, audience: str, of: str | None, sees: set[str]
) -> None:
    with cast.env("gm") as env:
        organisation = env.actor.organisation
        preset = {code: id for id, code in organisation.presets.items()}
        department = organisation.members[cast.ids["sales"]].department_id
    number = {"everybody": None, "role": preset["salesperson"], "department": department}[audience]
    keep(cast, "gm", LEVEL_A, "共用", audience=audience, audience_id=number)

    found = {who for who in ("sales", "sales2", "manager", "gm") if saved_views_of(cast, who)}

    assert found == sees


def test_only_those_who_may_publish_share_and_change_what_is_shared(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        keep(cast, "sales", LEVEL_A, audience="everybody")
    id = keep(cast, "manager", LEVEL_A, audience="everybody")

    with cast.env("sales") as env, pytest.raises(Forbidden):
        changing.save(env, saved_views(env).get(env, id), Query(), version=1)
    with cast.env("sales") as env, pytest.raises(Forbidden):
        changing.remove(env, saved_views(env).get(env, id))

    assert stored(cast, "sales", id).query == LEVEL_A


def test_salesperson_is_not_asked_with_whom_to_share(browse: Browse) -> None:
    html = browse("sales").part("/views/customer/new").text
    assert 'name="audience"' not in html

    answer = browse("sales").post("/views/customer/new", {"name": "x", "audience": "everybody"})

    assert answer.status_code == 303
    assert "everybody" not in answer.headers["Location"]


def test_salesperson_who_asks_to_share_keeps_a_private_view(browse: Browse, cast: Cast) -> None:
    browse("sales").post("/views/customer/new", {"name": "x", "audience": "everybody"})

    assert [view.audience for view in saved_views_of(cast, "sales")] == ["private"]
    assert saved_views_of(cast, "manager") == []


def test_two_who_save_at_once_do_not_overwrite_each_other(cast: Cast) -> None:
    id = keep(cast, "manager", LEVEL_A, audience="everybody")
    view = stored(cast, "gm", id)
    with cast.env("manager") as env:
        changing.save(env, view, Query(filters=("level:is:B",)), version=view.version)

    with cast.env("gm") as env, pytest.raises(Stale):
        changing.save(env, view, Query(filters=("level:is:C",)), version=view.version)

    assert stored(cast, "gm", id).query.filters == ("level:is:B",)


def test_renaming_what_somebody_else_saved_says_so(browse: Browse, cast: Cast) -> None:
    id = keep(cast, "manager", LEVEL_A)

    answer = browse("manager").post(f"/views/{id}/edit", {"name": "新名", "version": "7"})

    assert answer.status_code == 422
    assert "Somebody else changed this" in answer.text
    assert stored(cast, "manager", id).name == "重點"


def test_own_start_comes_before_that_of_everybody(browse: Browse, cast: Cast) -> None:
    mine, everybodys = keep(cast, "sales", LEVEL_A), keep(cast, "gm", Query(q="甲"), "大家", audience="everybody")
    browser = browse("sales")
    with cast.env("gm") as env:
        changing.set_default(env, "customer", saved_views(env).get(env, everybodys))
    assert browser.get("/customer").headers["Location"] == f"/customer?view={everybodys}"

    browser.post(f"/views/customer/start?view={mine}")
    assert browser.get("/customer").headers["Location"] == f"/customer?view={mine}"
    browser.post("/views/customer/start")

    assert browser.get("/customer").status_code == 200
    # An address that asks for something is answered as it is.
    assert browse("manager").get("/customer?filter=level:is:B").status_code == 200
    assert browse("manager").get("/customer").headers["Location"] == f"/customer?view={everybodys}"
    assert browse("manager").get("/customer?view=none").status_code == 200


def test_what_is_private_is_no_start_for_everybody_and_few_may_choose_it(cast: Cast) -> None:
    id = keep(cast, "manager", LEVEL_A, audience="everybody")
    with cast.env("manager") as env, pytest.raises(Forbidden):
        changing.set_default(env, "customer", saved_views(env).get(env, id))
    with cast.env("gm") as env:
        changing.set_default(env, "customer", saved_views(env).get(env, id))
    view = stored(cast, "manager", id)

    with cast.env("manager") as env:
        changing.describe(env, view, version=view.version, name="只有我", audience="private")

    assert not stored(cast, "manager", id).is_default
    assert saved_views_of(cast, "sales") == []


def test_deleted_view_leads_back_to_the_whole_list(browse: Browse, cast: Cast) -> None:
    id = keep(cast, "sales", LEVEL_A)
    browser = browse("sales")
    browser.post(f"/views/customer/start?view={id}")

    browser.post(f"/views/{id}/delete")

    assert browser.get("/customer").status_code == 200
    assert browser.get(f"/customer?view={id}").status_code == 404


@pytest.mark.parametrize("query", [Query(filters=("level:is:A",)), Query(any=("name:contains:甲", "level:is:A"))])
def test_view_by_a_hidden_field_shows_nothing_rather_than_more(browse: Browse, cast: Cast, query: Query) -> None:
    fill(cast)
    id = keep(cast, "gm", query, audience="everybody")
    restrict(cast.site, "salesperson", "customer", "level", "hidden")
    browser = browse("sales")

    html = browser.get(f"/customer?view={id}").text

    assert names(html) == []
    assert "This view filters by a field that you may not see" in html
    assert "level:is:A" not in html
    assert names(browse("manager").get(f"/customer?view={id}").text) != []


def test_whoever_takes_the_view_along_is_refused_the_hidden_field(browse: Browse, cast: Cast) -> None:
    id = keep(cast, "gm", LEVEL_A, audience="everybody")
    restrict(cast.site, "salesperson", "customer", "level", "hidden")
    browser = browse("sales")

    assert browser.get(f"/customer?view={id}&changed=1&filter=level:is:A").status_code == 400
    assert browser.get("/customer?any=level:is:A").status_code == 400
    assert browser.get(f"/customer?view={id}&any=level:is:A").text.count("<tr") == 0
    assert browser.post(f"/views/{id}/save?version=1&filter=level:is:A").status_code in (400, 403)


def test_view_by_a_hidden_field_is_not_overwritten_by_who_cannot_open_it(browse: Browse, cast: Cast) -> None:
    id = keep(cast, "gm", LEVEL_A, audience="everybody")
    restrict(cast.site, "manager", "customer", "level", "hidden")
    browser = browse("manager")

    html = browser.get(f"/customer?view={id}").text
    saved = browser.post(f"/views/{id}/save?version=1&view={id}")
    copied = browser.post(f"/views/customer/new?view={id}", {"name": "同樣"})

    assert f"/views/{id}/edit" in html
    assert f"/views/{id}/save" not in html
    assert "/views/customer/new" not in html
    assert (saved.status_code, copied.status_code) == (409, 409)
    assert stored(cast, "gm", id).query == LEVEL_A


def test_view_given_back_to_its_owner_leads_to_the_list(browse: Browse, cast: Cast) -> None:
    id = keep(cast, "gm", LEVEL_A, audience="everybody")
    browser = browse("manager")

    answer = browser.post(f"/views/{id}/edit", {"name": "重點", "audience": "private", "version": "1"})

    assert answer.location == "/customer"
    assert stored(cast, "gm", id).audience == "private"


def test_view_sorted_and_shown_by_a_hidden_field_does_without(browse: Browse, cast: Cast) -> None:
    fill(cast)
    id = keep(cast, "gm", Query(sort="-next_contact_on", columns=("name", "next_contact_on")), audience="everybody")
    restrict(cast.site, "salesperson", "customer", "next_contact_on", "hidden")

    html = browse("sales").get(f"/customer?view={id}").text

    assert len(names(html)) == 3
    assert heads(html) == ["Customer name"]


def test_view_whose_order_the_list_has_outgrown_opens_in_another(
    browse: Browse, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(cast)
    id = keep(cast, "sales", Query(sort="-level"))
    assert names(browse("sales").get(f"/customer?view={id}").text) == ["丙公司", "乙公司", "甲公司"]
    monkeypatch.setattr("core.orm.listing.counting.CAP", 2)

    answer = browse("sales").get(f"/customer?view={id}")

    assert answer.status_code == 200
    assert len(names(answer.text)) == 3
    assert browse("sales").get("/customer?sort=-level").status_code == 400


def test_saving_what_somebody_else_saved_is_a_conflict(browse: Browse, cast: Cast) -> None:
    id = keep(cast, "manager", LEVEL_A)

    answers = [
        browse("manager").post(f"/views/{id}/save?version={version}&filter=level:is:B")
        for version in ("7", "", "x", "9" * 30)
    ]

    assert [answer.status_code for answer in answers] == [409] * 4
    assert stored(cast, "manager", id).query == LEVEL_A


def test_view_by_a_field_that_is_gone_is_told_and_no_fault(browse: Browse, cast: Cast) -> None:
    fill(cast)
    id = keep(cast, "sales", Query(filters=("loyalty_points:gt:5",), columns=("name", "loyalty_points")))

    answer = browse("sales").get(f"/customer?view={id}")

    assert answer.status_code == 200
    assert "This view filters by a field that you may not see" in answer.text


def test_views_of_an_addon_that_is_off_are_gone_with_it(browse: Browse, cast: Cast) -> None:
    id = keep(cast, "sales", LEVEL_A)
    with cast.site.system("switch off for a test") as env:
        lifecycle.disable(env, "customer")
    browser = browse("sales")

    assert browser.get(f"/customer?view={id}").status_code == 404
    assert browser.get(f"/views/{id}/edit").status_code == 404
    assert browser.post(f"/views/{id}/save?version=1").status_code == 404


def test_bulk_actions_and_files_take_what_the_view_shows(browse: Browse, cast: Cast) -> None:
    fill(cast)
    id = keep(cast, "gm", Query(any=("level:is:A", "level:is:B"), sort="name", columns=("name", "email")))

    file = browse("gm").get(f"/export/customer.csv?view={id}").data.decode("utf-8-sig")

    lines = file.splitlines()
    assert lines[0].startswith("Customer name,E-mail")
    assert len(lines) == 3


def test_what_was_taken_out_by_alternatives_is_written_down_in_words(browse: Browse, cast: Cast) -> None:
    fill(cast)
    browse("gm").get("/export/customer.csv?any=level:is:A&any=level:is:B;kind:is:company")

    with cast.env("admin") as env:
        [told] = exports(env, 5)

    assert told.filters == ["Level is A or (Level is B and Company or person is Company)"]


def test_list_with_views_asks_the_database_as_little_as_without(browse: Browse, cast: Cast) -> None:
    fill(cast)
    browser = browse("sales")
    browser.get("/customer?filter=level:is:A&sort=-name")
    browser.get("/customer?filter=level:is:A&sort=-name")
    before = len(browser.statements)
    ids = [keep(cast, "sales", LEVEL_A, f"檢視 {number}") for number in range(20)]
    browser.get(f"/customer?view={ids[0]}")

    browser.get(f"/customer?view={ids[0]}")

    assert len(browser.statements) <= before


def test_columns_are_kept_per_reader_and_go_back_to_standard(browse: Browse, cast: Cast) -> None:
    fill(cast)
    browser = browse("sales")

    browser.post("/views/customer/columns", {"column": ["name", "email", "owner.title"]})

    html = browser.get("/customer").text
    assert heads(html) == ["Customer name", "E-mail", "Owner › Job title"]
    # The facts of a phone's cards stay, without becoming columns.
    assert len(re.findall(r'<th [^>]*class="[^"]*card-only', html)) == 2
    assert "E-mail" not in heads(browse("manager").get("/customer").text)
    browser.post("/views/customer/columns", {"reset": "1"})
    assert "E-mail" not in heads(browser.get("/customer").text)


def test_hidden_columns_are_neither_offered_nor_shown(browse: Browse, cast: Cast) -> None:
    fill(cast)
    restrict(cast.site, "salesperson", "customer", "email", "hidden")
    browser = browse("sales")

    panel = browser.part("/views/customer/columns").text
    browser.post("/views/customer/columns", {"column": ["name", "email", "note"]})

    assert 'value="email"' not in panel
    assert 'value="note"' in panel
    assert heads(browser.get("/customer?columns=name,email,note").text) == ["Customer name", "Note"]


def test_columns_over_a_link_leave_out_what_is_hidden_there(browse: Browse, cast: Cast) -> None:
    fill(cast)
    with cast.env("sales") as env:
        customer = env.session.scalars(select(Customer)).first()
        assert customer is not None
        make(env, Contact, name="王小明", customer_id=customer.id)
    restrict(cast.site, "salesperson", "customer", "level", "hidden")
    browser = browse("sales")

    panel = browser.part("/views/contact/columns").text
    shown = heads(browser.get("/contact?columns=name,customer.level,customer.region").text)

    assert 'value="customer.level"' not in panel
    assert 'value="customer.region"' in panel
    assert shown == ["Name", "Customer › Region"]


def test_columns_chosen_in_a_view_are_a_change_of_it(browse: Browse, cast: Cast) -> None:
    fill(cast)
    id = keep(cast, "sales", LEVEL_A)

    answer = browse("sales").post(f"/views/customer/columns?view={id}", {"column": ["name", "email"]})

    assert f"view={id}&changed=1" in answer.headers["Location"]
    assert "columns=name%2Cemail" in answer.headers["Location"]
    with cast.env("sales") as env:
        assert saved_views(env).choice(env, "customer").columns == ()


def test_name_is_bounded(cast: Cast) -> None:
    with pytest.raises(Invalid):
        keep(cast, "sales", LEVEL_A, "x" * 101)
    with cast.env("sales") as env, pytest.raises(NotFound):
        saved_views(env).get(env, 999)


@pytest.mark.parametrize("kind", ["board", "calendar", "analysis"])
def test_view_is_opened_the_way_it_was_looked_at(browse: Browse, cast: Cast, kind: str) -> None:
    fill(cast)
    browser = browse("sales")

    answer = browser.post(f"/views/customer/new?any=level:is:A&any=level:is:B&page={kind}", {"name": "看法"})

    [view] = saved_views_of(cast, "sales")
    assert view.query.page == kind
    assert answer.headers["Location"] == f"/customer/{kind}?view={view.id}"
    html = browser.get(answer.headers["Location"]).text
    assert title(html) == "看法"
    assert "view-changed" not in html
    assert "Level is A or Level is B" in html
