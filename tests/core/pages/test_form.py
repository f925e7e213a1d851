"""Creating and changing records in forms."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from addons.customer.models import Customer
from core.clock import now
from core.errors import NotFound, Stale
from core.i18n import Text
from core.orm.tables import Change
from core.pages.form import Draft
from core.pages.nodes import Section
from core.records import Records
from core.site import Site
from core.testing.cast import Cast
from core.testing.plugin import BACKENDS

from .conftest import Browse, make, restrict, sent_form


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        return int(make(env, Customer, name="台榮精密", phone="02-2345-6789", level="A").id)


def stored(cast: Cast, id: int) -> Customer:
    with cast.env("admin") as env, env.system("look") as session:
        return session.get_one(Customer, id)


def test_new_form_starts_with_the_defaults(browse: Browse, cast: Cast) -> None:
    html = browse("sales").get("/customer/new").text

    form = sent_form(html)
    assert "<h1>New Customer</h1>" in html
    assert (form["status"], form["kind"], form["owner_id"]) == ("potential", "company", str(cast.sales))


def test_an_address_offers_values_to_a_new_record(browse: Browse, customer: int) -> None:
    html = browse("sales").get(f"/contact/new?customer_id={customer}&name=王小明&nonsense=1&birthday=x").text

    assert sent_form(html)["customer_id"] == str(customer)
    assert 'value="台榮精密"' in html
    assert sent_form(html)["name"] == "王小明"


def test_create_stores_and_leads_to_the_record(browse: Browse, cast: Cast) -> None:
    browser = browse("sales")
    form = sent_form(browser.get("/customer/new").text)
    form["name"], form["website"] = "宏達 <鋼鐵>", "example.com"
    form.setlist("tags", ["key_account", "technical"])

    answer = browser.post("/customer/new", form)

    assert (answer.status_code, answer.location) == (303, "/customer/1")
    record = stored(cast, 1)
    assert (record.name, record.website) == ("宏達 <鋼鐵>", "https://example.com")
    assert (record.tags, record.owner_id, record.number) == (["key_account", "technical"], cast.sales, "C00001")
    assert "宏達 &lt;鋼鐵&gt; created" in browser.get("/customer/1").text


def test_errors_stand_at_the_field_and_keep_what_was_typed(browse: Browse, cast: Cast) -> None:
    browser = browse("sales", "zh_Hant_TW")
    form = sent_form(browser.get("/customer/new").text)
    form["name"], form["phone"], form["tax_id"], form["received_on"] = "", "不是電話", "12345678", "昨天"

    answer = browser.post("/customer/new", form)

    html = answer.text
    assert answer.status_code == 422
    assert re.search(r'<input id="f-phone"[^>]* aria-describedby="f-phone-error" aria-invalid="true"', html)
    assert 'value="不是電話"' in html
    assert 'value="昨天"' in html
    assert re.search(r'id="f-name-error">.*?請填寫此欄位', html)
    assert '<li><a href="#f-name">' in html
    assert stored_count(cast) == 0


def stored_count(cast: Cast) -> int:
    with cast.env("admin") as env, env.system("look") as session:
        return len(session.scalars(select(Customer)).all())


def test_what_the_service_refuses_stands_at_the_field(browse: Browse, customer: int) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"/customer/{customer}/edit").text)
    form["parent_id"] = str(customer)

    answer = browser.post(f"/customer/{customer}/edit", form)

    assert answer.status_code == 422
    assert '<a href="#f-parent_id">Parent customer: This customer cannot be part of its own group.</a>' in answer.text


def test_a_save_writes_only_what_was_changed(browse: Browse, cast: Cast, customer: int) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"/customer/{customer}/edit").text)
    form["phone"] = "02-8765-4321"

    answer = browser.post(f"/customer/{customer}/edit", form)

    assert answer.location == f"/customer/{customer}"
    with cast.env("admin") as env, env.system("look") as session:
        entries = session.scalars(select(Change).where(Change.model == "customer", Change.action == "update")).all()
    assert [entry.changes for entry in entries] == [{"phone": ["02-2345-6789", "02-8765-4321"]}]


def test_an_untouched_form_changes_nothing(browse: Browse, cast: Cast, customer: int) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"/customer/{customer}/edit").text)

    assert browser.post(f"/customer/{customer}/edit", form).status_code == 303
    assert stored(cast, customer).version == 1


def test_a_box_that_is_emptied_is_stored_as_empty(browse: Browse, cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"tags": ["technical"]})
    browser = browse("sales")
    form = sent_form(browser.get(f"/customer/{customer}/edit").text)
    assert form.getlist("tags") == ["technical"]
    form.poplist("tags")

    browser.post(f"/customer/{customer}/edit", form)

    assert stored(cast, customer).tags == []


@pytest.mark.parametrize("change", [{"deleted_at": now()}, {"owner_id": None}])
def test_a_record_that_goes_while_it_is_saved_is_not_found(
    cast: Cast, customer: int, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any, record: Any, *args: Any, **kwargs: Any) -> None:
        raise Stale(model="customer", id=record.id, version=2)

    monkeypatch.setattr(Records, "update", refuse)
    sections = [Section(key="main", label=Text(""), fields=("name",))]
    with cast.env("sales") as env:
        draft = Draft(env, Customer, sections, record=env.get(Customer, customer), sent=MultiDict({"name": "台榮"}))
        with env.system("somebody else, at the same moment") as session:
            for name, value in change.items():
                setattr(session.get_one(Customer, customer), name, value)

        with pytest.raises(NotFound):
            draft.save()


class TestStaleSave:
    """Two people have the form open; the other one saves first."""

    @pytest.fixture(params=BACKENDS)
    def backend(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def forms(self, browse: Browse, cast: Cast, customer: int) -> tuple[str, dict[str, str]]:
        browser = browse("sales")
        form = sent_form(browser.get(f"/customer/{customer}/edit").text)
        with cast.env("manager") as env:
            env.records(Customer).update(env.get(Customer, customer), {"phone": "02-1111-2222", "level": "B"})
        form["phone"], form["name"] = "02-3333-4444", "台榮"
        return f"/customer/{customer}/edit", form

    def test_shows_the_comparison_and_stores_nothing(
        self, browse: Browse, cast: Cast, customer: int, forms: tuple[str, dict[str, str]]
    ) -> None:
        answer = browse("sales").post(*forms)

        assert answer.status_code == 409
        assert "陳建宏 saved this first" in answer.text
        rows = re.findall(r'<fieldset class="conflict-row( is-conflict)?">.*?</fieldset>', answer.text, re.DOTALL)
        assert len(rows) == 3
        assert rows.count(" is-conflict") == 1
        for name, yours in (("phone", True), ("name", True), ("level", False)):
            value = "yours" if yours else "theirs"
            assert f'name="keep-{name}" value="{value}" checked' in answer.text
        assert 'value="02-3333-4444"' in answer.text
        assert stored(cast, customer).phone == "02-1111-2222"

    def test_saves_what_was_chosen(
        self, browse: Browse, cast: Cast, customer: int, forms: tuple[str, dict[str, str]]
    ) -> None:
        browser = browse("sales")
        form = sent_form(browser.post(*forms).text)
        form.update({"keep-phone": "theirs", "keep-name": "yours", "keep-level": "theirs"})

        answer = browser.post(forms[0], form)

        record = stored(cast, customer)
        assert answer.status_code == 303
        assert (record.phone, record.name, record.level, record.version) == ("02-1111-2222", "台榮", "B", 3)

    def test_may_put_ones_own_value_over_the_others(
        self, browse: Browse, cast: Cast, customer: int, forms: tuple[str, dict[str, str]]
    ) -> None:
        browser = browse("sales")
        form = sent_form(browser.post(*forms).text)
        form.update({"keep-phone": "yours", "keep-name": "theirs", "keep-level": "yours"})
        form["level"] = "A"

        browser.post(forms[0], form)

        record = stored(cast, customer)
        assert (record.phone, record.name, record.level) == ("02-3333-4444", "台榮精密", "A")

    def test_is_compared_again_when_somebody_saves_once_more(
        self, browse: Browse, cast: Cast, customer: int, forms: tuple[str, dict[str, str]]
    ) -> None:
        browser = browse("sales")
        form = sent_form(browser.post(*forms).text)
        with cast.env("manager") as env:
            env.records(Customer).update(env.get(Customer, customer), {"phone": "02-9999-9999"})

        answer = browser.post(forms[0], form)

        assert answer.status_code == 409
        assert "02-9999-9999" in answer.text
        assert stored(cast, customer).phone == "02-9999-9999"


def test_a_read_only_field_is_shown_and_not_written(browse: Browse, cast: Cast, site: Site, customer: int) -> None:
    restrict(site, "salesperson", "customer", "phone", "read")
    browser = browse("sales")
    html = browser.get(f"/customer/{customer}/edit").text

    form = sent_form(html)
    form["phone"] = "02-0000-0000"
    answer = browser.post(f"/customer/{customer}/edit", form)

    assert '<output id="f-phone"><a href="tel:0223456789">02-2345-6789</a></output>' in html
    assert answer.status_code == 303
    assert stored(cast, customer).phone == "02-2345-6789"


@pytest.mark.parametrize("level", ["hidden", "masked"])
def test_what_is_hidden_or_masked_is_nowhere_in_a_form(browse: Browse, site: Site, customer: int, level: str) -> None:
    restrict(site, "salesperson", "customer", "phone", level)

    html = browse("sales").get(f"/customer/{customer}/edit").text

    assert "2345" not in html
    assert ("f-phone" in html) == (level == "masked")


def test_the_owner_is_not_changed_by_an_edit(browse: Browse, cast: Cast, customer: int) -> None:
    browser = browse("gm")
    html = browser.get(f"/customer/{customer}/edit").text
    form = sent_form(html)
    form["owner_id"] = str(cast.gm)

    browser.post(f"/customer/{customer}/edit", form)

    assert '<output id="f-owner_id">' in html
    assert stored(cast, customer).owner_id == cast.sales


def test_creating_for_somebody_out_of_reach_is_refused_in_the_form(browse: Browse, cast: Cast) -> None:
    browser = browse("sales")
    form = sent_form(browser.get("/customer/new").text)
    form["name"], form["owner_id"] = "新客戶", str(cast.sales2)

    answer = browser.post("/customer/new", form)

    assert answer.status_code == 422
    assert "You are not allowed to do this." in answer.text
    assert 'value="新客戶"' in answer.text
    assert stored_count(cast) == 0


def test_a_value_switched_off_stays_where_it_is_held(browse: Browse, cast: Cast, site: Site, customer: int) -> None:
    from sqlalchemy import update

    from core.orm.tables import ListValue
    from core.orm.versions import bump

    with site.system("switch a value off") as env:
        off = update(ListValue).where(ListValue.list == "customer.level", ListValue.code == "A")
        env.connection_of_core.execute(off.values(is_active=False))
        bump(env.connection_of_core, "lists")

    held = browse("sales").get(f"/customer/{customer}/edit").text
    fresh = browse("sales").get("/customer/new").text

    assert '<option value="A" selected>' in held
    assert '<option value="A"' not in fresh
    assert '<option value="B"' in fresh


@pytest.mark.parametrize("url", ["/customer/{id}/edit", "/customer/{id}", "/customer/{id}/tab/history"])
def test_what_is_gone_and_what_is_not_ones_own_are_the_same(browse: Browse, customer: int, url: str) -> None:
    browser = browse("sales2")

    mine, gone = browser.get(url.format(id=customer)), browser.get(url.format(id=99999))

    assert (mine.status_code, gone.status_code) == (404, 404)
    strip = re.compile(
        r"[0-9A-F]{4}-[0-9A-F]{4}|value=\"[\w=-]{60,}\"|csrf-token\" content=\"[^\"]*|{&#34;X-CSRF[^}]*}"
    )
    assert strip.sub("", mine.text) == strip.sub("", gone.text)


@pytest.mark.parametrize("url", ["/nothing", "/nothing/new", "/nothing/1", "/customer/1/tab/nothing", "/session/1"])
def test_what_has_no_page_is_not_found(browse: Browse, customer: int, url: str) -> None:
    assert browse("sales").get(url).status_code == 404


def test_somebody_who_may_not_create_gets_no_form(browse: Browse) -> None:
    assert browse("accountant").get("/customer/new").status_code == 403


def test_the_address_to_go_on_to_stays_on_the_site(browse: Browse, customer: int) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"/contact/new?customer_id={customer}&next=/customer/{customer}/tab/contacts").text)
    form["name"] = "王小明"
    assert form["next"] == f"/customer/{customer}/tab/contacts"

    assert browser.post("/contact/new", form).location == f"/customer/{customer}/tab/contacts"
    form["next"] = "//evil.example"
    assert browser.post("/contact/new", form).location.startswith("/contact/")


def test_made_up_links_show_no_outline(browse: Browse, cast: Cast, customer: int) -> None:
    with cast.env("gm") as env:
        hidden = make(env, Customer, name="宏岳自動化設備公司", owner_id=cast.gm).id
    browser = browse("sales")
    form = sent_form(browser.get(f"/customer/{customer}/edit").text)
    form["parent_id"] = str(hidden)

    offered = browser.get(f"/customer/new?parent_id={hidden}").text
    refused = browser.post(f"/customer/{customer}/edit", form)

    assert refused.status_code == 422
    assert "Please choose an existing record." in refused.text
    for html in (offered, refused.text):
        assert "宏岳" not in html
