"""Printing records: who may, what is on the paper for whom, and the note of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.access.models import FieldGrant, FieldLevel, Grant, Role, ShareLevel
from core.env import Env
from core.errors import NotFound
from core.files import attachments
from core.files.models import COMPANY
from core.files.store import keep
from core.i18n import _
from core.jobs import worker
from core.orm.settings import write_settings
from core.orm.tables import Change
from core.orm.versions import bump
from core.pages import catalogue
from core.pages.nodes import PrintTemplate
from core.printing import records as printing
from core.printing.context import Records, as_plain
from core.printing.templates import template_of
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.core.addons.hooking import install
from tests.core.printing import reading

NAME = "台榮精密機械股份有限公司"


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        values = {"name": NAME, "phone": "02-2345-6789", "address": "新北市五權一路 88 號", "level": "A"}
        return int(env.records(Customer).create(values).id)


def restrict(site: Site, preset: str, field: str, level: FieldLevel) -> None:
    with site.system("restrict a field") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == preset)).one()
        env.session.add(FieldGrant(role_id=role, model="customer", field=field, level=level.value))
        bump(env.connection_of_core, "organisation")


def grant(site: Site, preset: str, scope: str) -> None:
    """Sets the grant to print customers."""
    with site.system("change a grant") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == preset)).one()
        found = env.session.scalars(select(Grant).where(Grant.role_id == role, Grant.action == "print"))
        for each in found:
            if each.model == "customer":
                each.scope = scope
        env.session.flush()
        bump(env.connection_of_core, "organisation")


def test_print_has_what_the_page_has(site: Site, customer: int, cast: Cast, visit: Callable[..., Visitor]) -> None:
    with site.system("letterhead") as env:
        told = {"company.name": "宏岳自動化", "company.business_number": "66128035", "company.phone": "02-2990-6688"}
        write_settings(env.connection_of_core, told)
    with cast.env("sales") as env:
        env.records(Contact).create({"customer_id": customer, "name": "江曉雯", "job_title": "特助"})

    told_en = reading.shown(visit("sales").get(f"/customer/{customer}/print"))
    told_zh = reading.shown(visit("sales", locale="zh-TW").get(f"/customer/{customer}/print"))

    for word in (NAME, "宏岳自動化", "66128035", "02-2990-6688", "02-2345-6789", "江曉雯", "特助", "C00001"):
        assert word in told_en
    assert "Page1of1" in told_en
    assert "Printedby林怡君" in told_en
    assert "第1頁，共1頁" in told_zh
    assert "列印：林怡君" in told_zh


def test_print_is_named_after_the_record(customer: int, visit: Callable[..., Visitor]) -> None:
    answer = visit("sales").get(f"/customer/{customer}/print")

    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("inline")
    assert "filename*=UTF-8''Data%20sheet%20%E5%8F%B0" in disposition


def test_print_leaves_hidden_fields_out(site: Site, customer: int, visit: Callable[..., Visitor]) -> None:
    restrict(site, "salesperson", "phone", FieldLevel.HIDDEN)

    told = reading.shown(visit("sales").get(f"/customer/{customer}/print"))

    assert NAME in told
    assert "2345" not in told
    assert "2345" in reading.shown(visit("gm").get(f"/customer/{customer}/print"))


def test_print_masks_what_is_masked(site: Site, customer: int, cast: Cast, visit: Callable[..., Visitor]) -> None:
    restrict(site, "salesperson", "phone", FieldLevel.MASKED)

    told = reading.shown(visit("sales").get(f"/customer/{customer}/print"))

    assert "02-2345-6789" not in told
    assert "02○○" in told
    with cast.env("sales", write=False) as env:
        data = next(Records(env, Customer, template_of(env, Customer).node).of([env.get(Customer, customer)]))
    assert data["fields"]["phone"]["value"] is None
    assert "2345" not in json.dumps(data)


def test_records_of_others_do_not_exist(customer: int, visit: Callable[..., Visitor], api: Any) -> None:
    assert visit("sales2").get(f"/customer/{customer}/print").status_code == 404
    assert visit("sales2").get(f"/customer/print?ids={customer}").status_code == 404
    assert visit("accountant").get(f"/customer/{customer}/print").status_code == 404
    assert api("sales2").get(f"/customer/{customer}/print").status_code == 404
    assert visit().get(f"/customer/{customer}/print").status_code in (302, 303, 401)


def test_who_sees_a_record_needs_the_grant_to_print_it(
    site: Site, customer: int, visit: Callable[..., Visitor], api: Callable[[str], ApiClient]
) -> None:
    grant(site, "salesperson", "none")

    assert visit("sales").get(f"/customer/{customer}/print").status_code == 403
    assert visit("sales").get(f"/customer/print?ids={customer}").status_code == 403
    assert visit("sales").post("/customer/bulk/print", {"ids": str(customer)}).status_code == 403
    assert visit("sales").get("/print/customer").status_code == 403
    answer = api("sales").get(f"/customer/{customer}/print")
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "forbidden")
    assert "/print" not in visit("sales").get(f"/customer/{customer}").get_data(as_text=True)
    assert "/print" not in visit("sales").get("/customer").get_data(as_text=True)


def test_grant_to_print_has_a_scope_of_its_own(
    site: Site, cast: Cast, customer: int, visit: Callable[..., Visitor]
) -> None:
    grant(site, "manager", "own")
    with cast.env("manager") as env:
        own = env.records(Customer).create({"name": "瑞豐"}).id

    assert visit("manager").get(f"/customer/{customer}").status_code == 200
    assert visit("manager").get(f"/customer/{customer}/print").status_code == 403
    assert "瑞豐" in reading.shown(visit("manager").get(f"/customer/{own}/print"))
    many = reading.shown(visit("manager").get(f"/customer/print?ids={customer}|{own}"))
    assert (NAME in many, "瑞豐" in many) == (False, True)
    listed = reading.shown(visit("manager").get("/print/customer"))
    assert (NAME in listed, "瑞豐" in listed) == (False, True)


def test_collaborators_print_what_they_may_read(cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    with cast.env("manager") as env:
        env.records(Customer).share(env.get(Customer, customer), user=cast.sales2, level=ShareLevel.READ)

    assert NAME in reading.shown(visit("sales2").get(f"/customer/{customer}/print"))


def test_unknown_template_and_model_are_not_found(customer: int, visit: Callable[..., Visitor]) -> None:
    for url in (f"/customer/{customer}/print?template=x", "/nothing/1/print", "/customer/999/print", "/print/nothing"):
        assert visit("gm").get(url).status_code == 404, url


def test_printing_is_noted(cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    before = clock.now()
    visit("sales").get(f"/customer/{customer}/print")

    with cast.site.system("read the log", write=False) as env:
        noted = env.session.scalars(select(Change).where(Change.action == "print")).one()
    assert (noted.model, noted.record_id, noted.user_id) == ("customer", customer, cast.sales)
    assert noted.changes["template"] == [None, "record"]
    assert noted.at >= before
    page = visit("sales").get(f"/customer/{customer}/tab/history").get_data(as_text=True)
    assert "Printed: Data sheet" in page
    page = visit("sales", locale="zh-TW").get(f"/customer/{customer}").get_data(as_text=True)
    assert "已列印：資料表" in page


def test_nothing_is_noted_of_what_was_refused(cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    visit("sales2").get(f"/customer/{customer}/print")

    with cast.site.system("read the log", write=False) as env:
        assert env.session.scalars(select(Change).where(Change.action == "print")).all() == []


def test_many_are_one_document(cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "瑞豐"}).id
    with cast.env("sales2") as env:
        hidden = env.records(Customer).create({"name": "南方"}).id

    answer = visit("sales").post("/customer/bulk/print", {"ids": f"{other}|{customer}|{hidden}"})
    made = visit("sales").get(answer.headers["Location"]).data

    found = reading.pages(made)
    assert ("瑞豐" in found[0], NAME in found[1], len(found)) == (True, True, 2)
    assert all("Page1of1" in page for page in found)


def test_very_many_are_printed_in_the_background(
    site: Site, cast: Cast, customer: int, visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.printing.views.AT_ONCE", 1)
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "瑞豐"}).id
    browser = visit("sales")

    answer = browser.post("/customer/bulk/print", {"ids": f"{other}|{customer}"})
    job = int(answer.headers["Location"].rpartition("/")[2])
    assert worker.execute(site, job)

    found = browser.get(f"/jobs/{job}/file")
    assert found.headers["Content-Disposition"].startswith("attachment")
    assert (NAME in reading.shown(found), "瑞豐" in reading.shown(found)) == (True, True)
    assert browser.get(f"/customer/print?ids={other}|{customer}").status_code == 409
    assert visit("gm").get(f"/jobs/{job}/file").status_code == 404


def test_too_many_are_refused(customer: int, visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.printing.views.MOST", 1)

    assert visit("sales").post("/customer/bulk/print", {"ids": f"{customer}|2"}).status_code == 409


def test_api_prints(customer: int, api: Callable[[str], ApiClient]) -> None:
    answer = api("sales").get(f"/customer/{customer}/print?template=record")

    assert NAME in reading.shown(answer)
    assert api("sales").get(f"/customer/{customer}/print?template=x").status_code == 404
    described = api("sales").get("/openapi.json").json["paths"]["/customer/{id}/print"]["get"]
    assert "application/pdf" in described["responses"]["200"]["content"]
    assert described["parameters"][0]["schema"]["enum"] == ["record"]


def test_buttons_lead_to_the_document(customer: int, visit: Callable[..., Visitor]) -> None:
    detail = visit("sales").get(f"/customer/{customer}").get_data(as_text=True)
    listing = visit("sales").get("/customer").get_data(as_text=True)

    assert f'href="/customer/{customer}/print?template=record" target="_blank"' in detail
    assert 'formaction="/customer/bulk/print?template=record" formtarget="_blank"' in listing
    assert 'href="/print/customer" target="_blank"' in listing


def test_paper_has_whole_dates_and_amounts(cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    with cast.env("sales") as env:
        today = env.today
        env.records(Visit).create(
            {"customer_id": customer, "visited_at": clock.now(), "method": "phone", "content": "x"}
        )

    told = reading.shown(visit("sales", locale="zh-TW").get(f"/customer/{customer}/print"))

    assert "今天" not in told
    assert told.count(f"{today:%Y/%m/%d}") > 1


def test_charts_of_a_page_are_no_tables(customer: int, cast: Cast) -> None:
    with cast.env("sales") as env:
        env.records(Visit).create({"customer_id": customer, "content": "拜訪"})

        data = next(Records(env, Customer, template_of(env, Customer).node).of([env.get(Customer, customer)]))

    assert [table["key"] for table in data["tables"]] == ["visits", "ownership"]


def test_long_tables_say_how_much_is_left(
    cast: Cast, customer: int, visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.printing.tables.MOST_CHILDREN", 2)
    with cast.env("sales") as env:
        for number in range(5):
            env.records(Contact).create({"customer_id": customer, "name": f"N{number}"})

    told = reading.shown(visit("sales").get(f"/customer/{customer}/print"))

    assert sum(f"N{number}" in told for number in range(5)) == 2
    assert "and3more" in told


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_logo_is_on_the_paper(kind: str, site: Site, customer: int, visit: Callable[..., Visitor]) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (3000, 400), "#0a7f55").save(drawn, kind)
    content = keep(site.settings, io.BytesIO(drawn.getvalue()))
    with site.system("logo") as env:
        file = attachments.add(env, COMPANY, 0, "logo", content)
        write_settings(env.connection_of_core, {"company.logo": file.id, "company.name": "很長" * 30})

    answer = visit("sales").get(f"/customer/{customer}/print")

    assert "很長" in reading.shown(answer)
    assert [picture.image.size for picture in PdfReader(io.BytesIO(answer.data)).pages[0].images] == [(1200, 160)]


def test_file_of_a_record_is_no_logo(site: Site, cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 20)).save(drawn, "PNG")
    sent = {"file": (io.BytesIO(drawn.getvalue()), "x.png")}
    file = visit("sales").post(f"/customer/{customer}/files", sent, Accept="application/json").json["data"][0]
    with site.system("logo") as env:
        write_settings(env.connection_of_core, {"company.logo": file["id"]})

    answer = visit("sales").get(f"/customer/{customer}/print")

    assert list(PdfReader(io.BytesIO(answer.data)).pages[0].images) == []


def test_broken_logo_does_not_keep_a_document(site: Site, customer: int, visit: Callable[..., Visitor]) -> None:
    with site.system("logo") as env:
        write_settings(env.connection_of_core, {"company.logo": 999, "company.accent": '"); panic("'})

    assert NAME in reading.shown(visit("sales").get(f"/customer/{customer}/print"))


def test_enormous_logo_does_not_keep_a_document(
    site: Site, customer: int, visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 20)).save(drawn, "PNG")
    with site.system("logo") as env:
        file = attachments.add(env, COMPANY, 0, "logo", keep(site.settings, io.BytesIO(drawn.getvalue())))
        write_settings(env.connection_of_core, {"company.logo": file.id})
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)

    assert NAME in reading.shown(visit("sales").get(f"/customer/{customer}/print"))


def test_hostile_values_are_printed(cast: Cast, visit: Callable[..., Visitor]) -> None:
    hostile = '#read("/etc/passwd") $x$ \\ "'
    with cast.env("sales") as env:
        id = env.records(Customer).create({"name": hostile, "address": "x" * 150}).id

    told = reading.shown(visit("sales").get(f"/customer/{id}/print"))

    assert reading.squeezed(hostile) in told
    assert told.count("x") >= 150


def test_own_template_stands_beside_the_plain_one(
    site: Site,
    cast: Cast,
    customer: int,
    visit: Callable[..., Visitor],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "card.typ").write_text(
        "#let document(record, about) = [#record.name #about.words.hello #record.added.keys().join()]", "utf-8"
    )
    card = PrintTemplate(
        model=Customer,
        key="card",
        label=_("Card"),
        source="card.typ",
        filename=_("{number} {label}/{name}"),
        words={"hello": _("Hello")},
        when=lambda env, record: record.level == "A",
    )
    contribute(site, monkeypatch, card, tmp_path)
    install(site, "extra", lambda_of_context())
    with cast.env("sales") as env:
        plain = env.records(Customer).create({"name": "瑞豐", "level": "B"}).id

    answer = visit("sales").get(f"/customer/{customer}/print?template=card")

    assert reading.shown(answer) == f"{NAME}Helloextra"
    assert "C00001%20Card%20%E5%8F%B0" in answer.headers["Content-Disposition"]
    assert visit("sales").get(f"/customer/{plain}/print?template=card").status_code == 404
    page = visit("sales").get(f"/customer/{customer}").get_data(as_text=True)
    assert ("Print: Card" in page, "Print: Data sheet" in page) == (True, True)
    assert "Print: Card" not in visit("sales").get(f"/customer/{plain}").get_data(as_text=True)


def lambda_of_context() -> Callable[..., Any]:
    def print_context(env: Env, record: Any) -> dict[str, Any]:
        return {"extra": {"name": record.name}}

    return print_context


def contribute(site: Site, monkeypatch: pytest.MonkeyPatch, node: PrintTemplate, folder: Path) -> None:
    """Adds the template to the pages of the site, as one of core with its source in `folder`."""
    built = catalogue.build

    def with_template(*given: Any) -> catalogue.Catalogue:
        found = built(*given)
        pages = found.models["customer"]
        models = {**found.models, "customer": replace(pages, templates={**pages.templates, node.key: node})}
        return replace(found, models=models)

    monkeypatch.setattr(catalogue, "build", with_template)
    monkeypatch.setattr(catalogue, "_catalogues", type(catalogue._catalogues)())
    of = printing.template_of
    monkeypatch.setattr("core.printing.templates.folder_of", lambda env, found: folder if found is node else _own(of))


def _own(_of: Any) -> Path:
    from core.printing.engine import OWN

    return OWN


def test_as_plain_takes_data_alone() -> None:
    told = as_plain({"sum": Decimal("1.50"), "on": date(2026, 11, 23), "text": _("Print"), "all": (1, None, True, 0.5)})

    assert told == {"sum": "1.5", "on": "2026-11-23", "text": "Print", "all": [1, None, True, 0.5]}
    with pytest.raises(TypeError, match="BytesIO"):
        as_plain([io.BytesIO()])


def test_template_of_names_the_first(cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert template_of(env, Customer).node.key == "record"
        with pytest.raises(NotFound):
            template_of(env, Customer, "x")
