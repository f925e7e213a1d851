"""Importing as people do it: a file is uploaded, its columns are assigned, it is tried, imported and undone."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from addons.customer.models import Contact, Customer
from core.exchange.imports import asked, running, sampling
from core.exchange.imports.asked import IMPORTS, Asked
from core.exchange.imports.models import ImportState
from core.jobs import worker
from core.notifications.models import Notification
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[..., Visitor]

SHEET = """客戶名稱,統一編號,等級,客戶負責人,聯絡人姓名
台榮精密,04595257,A,林怡君,王小明
立基電子,12345,C,,李大華
三陽金屬,,特級,林怡君,
"""
ASSIGNED = {
    "field-0": "customer.name",
    "field-1": "customer.tax_id",
    "field-2": "customer.level",
    "field-3": "customer.owner_id",
    "field-4": "contact.name",
    "key": "0",
    "mode": "both",
}


def upload(visitor: Visitor, content: bytes, name: str = "客戶.csv", model: str = "customer") -> TestResponse:
    return visitor.post("/import/new", {"model": model, "file": (io.BytesIO(content), name)})


def begun(visitor: Visitor, text: str = SHEET) -> str:
    answer = upload(visitor, text.encode())
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def run(site: Site, url: str) -> Asked:
    """Does the job that the import waits for."""
    id = int(url.rpartition("/")[2])
    with site.engine.connect() as connection:
        job = connection.scalar(select(IMPORTS.c.job_id).where(IMPORTS.c.id == id))
    assert job is not None
    assert worker.execute(site, job)
    with site.engine.connect() as connection:
        return asked.read(connection, id)


def names(cast: Cast) -> list[str]:
    with cast.env("gm", write=False) as env:
        return sorted(env.session.scalars(select(Customer.name)))


def text_of(answer: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_a_file_is_uploaded_assigned_tried_imported_and_undone(site: Site, cast: Cast, visit: Visit) -> None:
    gm = visit("gm")
    url = begun(gm)
    page = gm.get(url)
    assert re.search(r'<option value="customer.name" selected>', page.text)
    assert "Guessed" in page.text
    assert "台榮精密" in page.text
    assert '<label for="text-2-1">特級</label>' in page.text

    assert gm.post(url, ASSIGNED | {"do": "try"}).status_code == 303
    assert "data-job-then" in gm.get(url).text
    tried = run(site, url)
    assert (tried.state, tried.counts["created"], tried.counts["refused"]) == (ImportState.CHECKED, 1, 2)
    assert names(cast) == []
    page = gm.get(url)
    assert "To be created" in page.text
    assert "“特級” is not in the list." in page.text
    assert 'data-label="統一編號" class="is-wrong"' in page.text

    texts = {"text-customer.level": "特級", "code-customer.level": "A"}
    assert gm.post(url, ASSIGNED | texts | {"do": "import"}).status_code == 303
    done = run(site, url)
    assert (done.state, done.counts["created"], done.counts["refused"]) == (ImportState.DONE, 2, 1)
    assert names(cast) == ["三陽金屬", "台榮精密"]
    with cast.env("gm", write=False) as env:
        assert dict(env.session.execute(select(Customer.name, Customer.level)).all()) == {
            "台榮精密": "A",
            "三陽金屬": "A",
        }
        assert env.session.scalars(select(Contact.name)).all() == ["王小明"]
    assert "Undo the import" in gm.get(url).text
    assert "To be created" not in gm.get(url).text

    assert gm.post(f"{url}/undo").status_code == 303
    undone = run(site, url)
    assert undone.state is ImportState.UNDONE
    assert names_alive(cast) == []
    assert "This import was taken back." in gm.get(url).text


def names_alive(cast: Cast) -> list[str]:
    with cast.env("gm", write=False) as env:
        return list(env.session.scalars(select(Customer.name).where(Customer.deleted_at.is_(None))))


def test_who_imports_is_notified_at_the_end(site: Site, cast: Cast, visit: Visit) -> None:
    gm = visit("gm")
    url = begun(gm)
    gm.post(url, ASSIGNED | {"do": "import"})

    run(site, url)

    with site.engine.connect() as connection:
        told = connection.execute(select(Notification.user_id, Notification.url)).all()
    assert [user for user, _url in told if user == cast.gm] == [cast.gm]
    assert any("/jobs/" in (to or "") for _user, to in told)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_refused_rows_come_as_a_file_that_can_be_imported_again(
    site: Site, cast: Cast, visit: Visit, kind: str
) -> None:
    gm = visit("gm")
    url = begun(gm, "客戶名稱,統一編號,備註\n=壞公司,12345,+886 2 2345 6789\n")
    gm.post(url, {"field-0": "customer.name", "field-1": "customer.tax_id", "field-2": "customer.note", "do": "import"})
    run(site, url)

    file = gm.get(f"{url}/refused.{kind}")

    rows = read_file(kind, file.data)
    assert rows[0] == ["客戶名稱", "統一編號", "備註", "Not taken in because"]
    assert rows[1][3].startswith("統一編號: ")
    assert not rows[1][0].startswith("=") or kind == "xlsx"
    right = file.data.decode("utf-8-sig").replace("12345,", "04595257,") if kind == "csv" else None
    if right is not None:
        again = begun(gm, right)
        assert "Not taken in because" in gm.get(again).text
        fields = {"field-0": "customer.name", "field-1": "customer.tax_id", "field-2": "customer.note", "do": "import"}
        gm.post(again, fields)
        assert run(site, again).counts["created"] == 1
        with cast.env("gm", write=False) as env:
            assert env.session.execute(select(Customer.name, Customer.note)).all() == [("=壞公司", "+886 2 2345 6789")]


def read_file(kind: str, data: bytes) -> list[list[str]]:
    if kind == "xlsx":
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return [[str(cell) for cell in row] for row in sheet.to_python()]
    import csv

    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.csv", "This file is empty."),
        (b"PK\x03\x04 this is no archive", "a.xlsx", "This file cannot be read."),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07" * 50, "a.png", "This file cannot be read."),
        ('名稱\n"沒有關上\n'.encode(), "a.csv", "Line 2 cannot be read."),
    ],
)
def test_a_wrong_file_is_explained_at_the_file_field(
    site: Site, visit: Visit, content: bytes, name: str, message: str
) -> None:
    answer = upload(visit("gm"), content, name)

    assert answer.status_code == 422
    assert re.search(rf'id="file-error">.*{re.escape(message)}', answer.text)
    assert '<option value="customer" selected>' in answer.text
    assert not list((site.settings.data / "imports").glob("*"))


def test_no_file_is_asked_for(visit: Visit) -> None:
    answer = visit("gm").post("/import/new", {"model": "customer"})

    assert (answer.status_code, "Please choose a file." in answer.text) == (422, True)


def test_a_wrong_assignment_is_said_at_its_column_and_kept(visit: Visit) -> None:
    gm = visit("gm")
    url = begun(gm)

    answer = gm.post(url, ASSIGNED | {"field-1": "customer.name", "do": "try"})

    assert answer.status_code == 422
    assert 'id="field-1-error"' in answer.text
    assert "Two columns cannot go into the same field." in answer.text
    assert "data-job-then" not in gm.get(url).text


def test_the_file_is_read_another_way(visit: Visit) -> None:
    gm = visit("gm")
    answer = upload(gm, "客戶名稱;電話\n台榮;02-2345-6789\n".encode("big5"))
    url = answer.headers["Location"]
    assert "客戶名稱" in gm.get(url).text

    gm.post(f"{url}/read", {"encoding": "big5hkscs", "delimiter": ",", "header_row": "1"})

    assert "客戶名稱;電話" in gm.get(url).text
    wrong = gm.post(f"{url}/read", {"encoding": "utf-8-sig", "delimiter": ",", "header_row": "1"})
    assert wrong.status_code == 422
    assert "not in the chosen encoding" in wrong.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("post", ""),
        ("post", "/read"),
        ("post", "/undo"),
        ("post", "/discard"),
        ("get", "/refused.csv"),
    ],
)
def test_somebody_elses_import_does_not_exist(visit: Visit, method: str, path: str) -> None:
    url = begun(visit("gm"))

    answer: Any = getattr(visit("manager"), method)(f"{url}{path}")

    assert answer.status_code == 404


def test_only_who_may_import_sees_it(site: Site, visit: Visit) -> None:
    sales, gm = visit("sales"), visit("gm")

    assert sales.get("/import").status_code == 403
    assert upload(sales, SHEET.encode()).status_code == 403
    assert "/import/new?model=customer" not in sales.get("/customer").text
    assert "/import/new?model=customer" in gm.get("/customer").text
    assert 'href="/import"' in gm.get("/customer").text
    with site.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(IMPORTS)) == 0


def test_an_import_that_has_not_begun_is_discarded_with_its_file(site: Site, visit: Visit) -> None:
    gm = visit("gm")
    url = begun(gm)
    assert len(list((site.settings.data / "imports").glob("*"))) == 1

    assert gm.post(f"{url}/discard").status_code == 303

    assert gm.get(url).status_code == 404
    assert list((site.settings.data / "imports").glob("*")) == []


def test_one_that_runs_is_left_alone(visit: Visit) -> None:
    gm = visit("gm")
    url = begun(gm)
    gm.post(url, ASSIGNED | {"do": "import"})

    answers = [gm.post(f"{url}{path}", ASSIGNED).status_code for path in ("", "/discard", "/undo")]

    assert answers == [409, 409, 409]


def test_a_failed_import_says_why_and_can_be_undone(
    site: Site, visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "LOOKED_AT", 10)
    monkeypatch.setattr(running, "ROWS", 20)
    gm = visit("gm")
    url = begun(gm, "客戶名稱,電話\n" + "".join(f"客戶{number},\n" for number in range(50)) + '"沒有關上,\n')
    gm.post(url, {"field-0": "customer.name", "do": "import"})

    with pytest.raises(AssertionError):
        run(site, url)

    page = gm.get(url)
    assert "Line 52 cannot be read." in page.text
    assert names(cast) == []
