"""Lists as files."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from core import clock
from core.exchange.files import csv_cell
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast

from .conftest import Browse, grant, make, restrict

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def customers(cast: Cast) -> Iterator[None]:
    with clock.frozen(NOW):
        with cast.env("gm") as env:
            make(env, Customer, name="=1+2", level="A", owner_id=cast.sales, phone="+886 2 2345 6789")
            make(env, Customer, name="宏達鋼鐵", level="B", owner_id=cast.sales2, next_contact_on=env.today)
        yield


def rows(browse: Browse, username: str, query: str = "") -> list[dict[str, str]]:
    answer = browse(username).get(f"/export/customer.csv{query}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_csv_has_what_the_list_shows(browse: Browse) -> None:
    found = rows(browse, "gm", "?sort=name")

    assert [row["Customer name"] for row in found] == ["'=1+2", "宏達鋼鐵"]
    assert (found[1]["Owner"], found[1]["Next contact"]) == ("黃志明", "2026-11-23")
    assert found[0]["Phone"] == "'+886 2 2345 6789"


def test_the_file_has_the_filters_of_the_list(browse: Browse) -> None:
    assert [row["Customer name"] for row in rows(browse, "gm", "?filter=level:is:B")] == ["宏達鋼鐵"]
    assert [row["Customer name"] for row in rows(browse, "gm", "?q=鋼鐵")] == ["宏達鋼鐵"]


def test_all_pages_go_in(browse: Browse, cast: Cast) -> None:
    with cast.env("gm") as env:
        for number in range(130):
            make(env, Customer, name=f"客戶 {number:03}")

    assert len(rows(browse, "gm", "?after=&at=51")) == 132


def test_the_grant_to_export_decides(browse: Browse, site: Site) -> None:
    assert browse("sales").get("/export/customer.csv").status_code == 403
    grant(site, "salesperson", "customer", "export", "own")

    assert [row["Customer name"] for row in rows(browse, "sales")] == ["'=1+2"]


def test_the_grant_to_export_has_a_reach_of_its_own(browse: Browse, site: Site, cast: Cast) -> None:
    grant(site, "accountant", "customer", "read", "all")
    grant(site, "accountant", "customer", "export", "own")

    assert rows(browse, "accountant") == []


def test_masked_and_hidden_fields_stay_so(browse: Browse, site: Site) -> None:
    restrict(site, "general_manager", "customer", "phone", "masked_list")
    restrict(site, "general_manager", "customer", "level", "hidden")

    found = rows(browse, "gm", "?sort=name")

    assert found[0]["Phone"] == "'+8○○89"
    assert "Level" not in found[0]


def test_xlsx_holds_text_as_text(browse: Browse) -> None:
    answer = browse("gm").get("/export/customer.xlsx?sort=name")

    book = zipfile.ZipFile(io.BytesIO(answer.data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    book.close()
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert "Customers%202026-11-23.xlsx" in answer.headers["Content-Disposition"] or (
        "Customers 2026-11-23.xlsx" in answer.headers["Content-Disposition"]
    )
    assert "<t>=1+2</t>" in sheet
    assert "<f>" not in sheet
    assert "<v>46349</v>" in sheet


def test_an_export_is_written_down(browse: Browse, cast: Cast) -> None:
    rows(browse, "gm", "?filter=level:is:A")

    with cast.env("admin") as env, env.system("look") as session:
        entry = session.scalars(select(Change).where(Change.action == "export")).one()
    assert (entry.model, entry.user_id) == ("customer", cast.gm)
    assert (entry.changes["rows"], entry.changes["filters"]) == ([None, 1], [None, ["level:is:A"]])


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_becomes_a_formula(text: str) -> None:
    assert csv_cell(text) == f"'{text}"
