"""Files of records: who may see, add and remove them, and what the browser is told."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from core import clock
from core.errors import Invalid
from core.files import attachments, jobs
from core.files.models import COMPANY
from core.files.store import keep, path_of
from core.i18n import _
from core.orm.settings import write_settings
from core.orm.tables import Change
from core.pages.catalogue import catalogue_of
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[..., Visitor]


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "#2f5fd0").save(made, kind, **options)
    return made.getvalue()


@pytest.fixture
def customer(site: Site, cast: Cast) -> int:
    with cast.env("sales") as env:
        return int(env.records("customer").create({"name": "台榮精密機械"}).id)


def send(visitor: Visitor, customer: int, content: bytes, name: str = "報價單.pdf") -> TestResponse:
    return visitor.post(f"/customer/{customer}/files", {"file": (io.BytesIO(content), name)}, Accept="application/json")


def sent(visitor: Visitor, customer: int, content: bytes, name: str = "報價單.pdf") -> dict[str, Any]:
    answer = send(visitor, customer, content, name)
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    found: dict[str, Any] = answer.json["data"][0]
    return found


PDF = b"%PDF-1.7\nhello"


def test_adding_and_removing_a_file_is_told_in_the_history(visit: Visit, site: Site, cast: Cast, customer: int) -> None:
    visitor = visit("sales")

    file = sent(visitor, customer, PDF)
    visitor.post(f"/customer/{customer}/files/{file['id']}/delete")

    with site.system("look", write=False) as env:
        of_files = select(Change).where(Change.model == "customer", Change.action.startswith("file_"))
        entries = env.session.scalars(of_files.order_by(Change.id)).all()
        assert [(e.action, e.record_id, e.user_id, e.changes) for e in entries] == [
            ("file_added", customer, cast.sales, {"file": [None, "報價單.pdf"]}),
            ("file_removed", customer, cast.sales, {"file": ["報價單.pdf", None]}),
        ]
    page = visitor.get(f"/customer/{customer}").text
    assert "File added" in page
    assert "File removed" in page


def test_a_file_comes_back_as_it_was(visit: Visit, customer: int) -> None:
    visitor = visit("sales")

    file = sent(visitor, customer, PDF)
    with visitor.get(file["url"]) as answer:
        assert answer.status_code == 200
        assert answer.data == PDF
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "filename*=UTF-8''%E5%A0%B1%E5%83%B9%E5%96%AE.pdf" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert (file["name"], file["size"], file["mime"]) == ("報價單.pdf", len(PDF), "application/pdf")


def test_only_who_sees_the_record_gets_the_file(visit: Visit, customer: int) -> None:
    url = sent(visit("sales"), customer, PDF)["url"]

    missing = visit("sales2").get("/file/999/x")
    hidden = visit("sales2").get(url)

    assert (hidden.status_code, missing.status_code) == (404, 404)
    for header in ("Content-Type", "Cache-Control", "Content-Security-Policy"):
        assert hidden.headers[header] == missing.headers[header]
    assert visit().get(url).headers["Location"].startswith("/signin?next=%2Ffile%2F1%2F")
    with visit("manager").get(url) as answer:
        assert answer.status_code == 200


def test_who_loses_the_record_loses_its_files(visit: Visit, customer: int, cast: Cast) -> None:
    visitor = visit("sales")
    url = sent(visitor, customer, PDF)["url"]

    with cast.env("gm") as env:
        env.records("customer").assign(env.records("customer").get(customer), to=cast.sales2)

    assert visitor.get(url).status_code == 404


def test_a_deleted_record_takes_its_files_along(visit: Visit, customer: int, cast: Cast) -> None:
    visitor = visit("manager")
    url = sent(visitor, customer, PDF)["url"]

    with cast.env("manager") as env:
        env.records("customer").delete(env.records("customer").get(customer))

    assert visitor.get(url).status_code == 404


def test_who_may_not_edit_may_not_add_or_remove(visit: Visit, customer: int, cast: Cast) -> None:
    from core.access.models import ShareLevel

    file = sent(visit("sales"), customer, PDF)
    assert send(visit("sales2"), customer, PDF).status_code == 404

    with cast.env("manager") as env:
        records = env.records("customer")
        records.share(records.get(customer), user=cast.sales2, level=ShareLevel.READ)

    assert send(visit("sales2"), customer, PDF).status_code == 403
    assert visit("sales2").post(f"/customer/{customer}/files/{file['id']}/delete").status_code == 403
    with visit("sales2").get(file["url"]) as answer:
        assert answer.status_code == 200


def test_removing_a_file(visit: Visit, customer: int) -> None:
    visitor = visit("sales")
    file = sent(visitor, customer, PDF)

    assert visitor.post(f"/customer/{customer}/files/{file['id']}/delete").status_code == 303

    assert visitor.get(file["url"]).status_code == 404
    assert visitor.post(f"/customer/{customer}/files/{file['id']}/delete").status_code == 404


def test_a_file_of_another_record_is_not_removed(visit: Visit, customer: int, cast: Cast) -> None:
    visitor = visit("sales")
    file = sent(visitor, customer, PDF)
    with cast.env("sales") as env:
        other = env.records("customer").create({"name": "別家"}).id

    assert visitor.post(f"/customer/{other}/files/{file['id']}/delete").status_code == 404
    with visitor.get(file["url"]) as answer:
        assert answer.status_code == 200


def test_sending_needs_the_csrf_token(visit: Visit, customer: int) -> None:
    data = {"file": (io.BytesIO(PDF), "x.pdf")}

    assert visit("sales").client.post(f"/customer/{customer}/files", data=data).status_code == 400


@pytest.mark.parametrize(("content", "message"), [(b"", "The file is empty."), (None, "Please choose a file.")])
def test_nothing_is_no_file(visit: Visit, customer: int, content: bytes | None, message: str) -> None:
    visitor = visit("sales")
    answer = send(visitor, customer, content, "x") if content is not None else send(visitor, customer, b"", "")

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["fields"] == {"file": [message]}


def test_a_file_that_is_too_large_is_refused(site: Site) -> None:
    settings = replace(site.settings, max_upload_mb=1)

    with pytest.raises(Invalid) as refused:
        keep(settings, io.BytesIO(b"x" * (1024 * 1024 + 1)))

    assert refused.value.fields == {"file": [_("The file is too large; at most {limit} MB.", limit=1)]}
    assert list((site.settings.data / "files" / "incoming").iterdir()) == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_shown_in_place(visit: Visit, customer: int, kind: str) -> None:
    visitor = visit("sales")

    file = sent(visitor, customer, picture(kind), "photo.exe")
    with visitor.get(file["url"]) as answer:
        assert answer.mimetype == f"image/{kind.lower()}"
        assert answer.headers["Content-Disposition"].startswith("inline")
    assert (file["width"], file["height"]) == (40, 20)


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (b"<html><script>alert(1)</script>", "x.png", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "x.svg", "text/plain"),
        (b"MZ\x90\x00\x03", "x.jpg", "application/octet-stream"),
        ("統一編號,名稱\n".encode(), "list.csv", "text/plain"),
    ],
)
def test_what_is_no_picture_is_never_shown_in_place(
    visit: Visit, customer: int, content: bytes, name: str, mime: str
) -> None:
    visitor = visit("sales")

    file = sent(visitor, customer, content, name)
    with visitor.get(file["url"]) as answer:
        assert answer.mimetype == mime
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_place_where_a_photo_was_taken_is_forgotten(visit: Visit, customer: int) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (25.0, 2.0, 1.0)
    visitor = visit("sales")

    file = sent(visitor, customer, picture("JPEG", exif=exif), "photo.jpg")
    with visitor.get(file["url"]) as answer:
        stored = answer.data

    assert b"SecretCamera" not in stored
    assert dict(Image.open(io.BytesIO(stored)).getexif()) == {}
    assert (file["width"], file["height"]) == (20, 40)


def test_a_picture_that_hides_something_is_made_anew(visit: Visit, customer: int) -> None:
    visitor = visit("sales")

    file = sent(visitor, customer, picture("PNG") + b"<script>alert(1)</script>", "x.png")
    with visitor.get(file["url"]) as answer:
        assert b"<script>" not in answer.data


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\nbroken", "This picture cannot be read. Is the file damaged?"),
        (picture("JPEG")[:300], "This picture cannot be read. Is the file damaged?"),
    ],
)
def test_a_damaged_picture_is_refused(visit: Visit, customer: int, content: bytes, message: str) -> None:
    answer = send(visit("sales"), customer, content, "x.png")

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["fields"] == {"file": [message]}


def test_a_picture_that_would_fill_the_memory_is_refused_unread(visit: Visit, customer: int) -> None:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )

    answer = send(visit("sales"), customer, bomb, "bomb.png")

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["fields"]["file"][0].startswith("This picture")


def test_the_same_content_is_kept_once(visit: Visit, customer: int, site: Site) -> None:
    visitor = visit("sales")

    first, second = sent(visitor, customer, PDF, "a.pdf"), sent(visitor, customer, PDF, "b.pdf")

    digest = hashlib.sha256(PDF).hexdigest()
    stored = [p for p in (site.settings.data / "files").glob("*/*/*") if p.is_file()]
    assert [p.name for p in stored] == [digest]
    assert stored[0] == site.settings.data / "files" / digest[:2] / digest[2:4] / digest
    assert first["id"] != second["id"]


def test_several_files_come_at_once(visit: Visit, customer: int, cast: Cast) -> None:
    files = [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(b"text"), "b.txt")]

    answer = visit("sales").post(f"/customer/{customer}/files", {"file": files})

    with cast.env("sales") as env:
        tab = "/tab/files" if any(t.key == "files" for t in catalogue_of(env).models["customer"].tabs) else ""
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/customer/{customer}{tab}")
    with cast.env("sales") as env:
        assert [f.name for f in attachments.files_of(env, env.records("customer").get(customer))] == ["b.txt", "a.pdf"]


def test_a_refused_file_leaves_no_row(visit: Visit, customer: int, cast: Cast) -> None:
    files = [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(b""), "empty.txt")]

    assert visit("sales").post(f"/customer/{customer}/files", {"file": files}).status_code == 422

    with cast.env("sales") as env:
        assert attachments.files_of(env, env.records("customer").get(customer)) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("報價單.pdf", "報價單.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\報價.xlsx", "報價.xlsx"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_clean_name(given: str, kept: str) -> None:
    assert attachments.clean_name(given) == kept


def test_the_logo_is_public(app: Flask, visit: Visit, site: Site) -> None:
    assert visit().get("/logo").status_code == 404
    content = keep(site.settings, io.BytesIO(picture("PNG")))
    with site.system("logo") as env:
        file = attachments.add(env, COMPANY, 0, "logo.png", content)
        write_settings(env.connection_of_core, {"company.logo": file.id})

    with visit().get("/logo") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "image/png"
        assert Image.open(io.BytesIO(answer.data)).size == (40, 20)


def test_the_logo_shows_no_file_of_a_record(visit: Visit, site: Site, customer: int) -> None:
    file = sent(visit("sales"), customer, picture("PNG"), "x.png")
    with site.system("logo") as env:
        write_settings(env.connection_of_core, {"company.logo": file["id"]})

    assert visit().get("/logo").status_code == 404


def test_tidying_removes_only_what_nothing_has(visit: Visit, customer: int, site: Site) -> None:
    import os

    visitor = visit("sales")
    kept, removed = sent(visitor, customer, PDF, "a.pdf"), sent(visitor, customer, b"other", "b.txt")
    orphan = keep(site.settings, io.BytesIO(b"orphan"))
    fresh = keep(site.settings, io.BytesIO(b"fresh"))
    visitor.post(f"/customer/{customer}/files/{removed['id']}/delete")
    for path in (site.settings.data / "files").glob("*/*/*"):
        if path != path_of(site.settings, fresh.sha256):
            os.utime(path, (0, 0))

    with clock.frozen(clock.now() + timedelta(days=31)), site.system("tidy") as env:
        jobs.purge(env)

    names = {p.name for p in (site.settings.data / "files").glob("*/*/*")}
    assert names == {hashlib.sha256(PDF).hexdigest(), fresh.sha256}
    assert orphan.sha256 not in names
    with visitor.get(kept["url"]) as answer:
        assert answer.data == PDF


def test_a_full_disk_leaves_nothing_half_done(
    visit: Visit, customer: int, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("core.files.store.os.fsync", full)
    answer = send(visit("sales"), customer, PDF)
    monkeypatch.undo()

    assert answer.status_code == 507
    folder: Path = site.settings.data / "files"
    assert [p for p in folder.rglob("*") if p.is_file()] == []
    assert send(visit("sales"), customer, PDF).status_code == 201


def test_the_tab_lists_the_files(visit: Visit, customer: int, app: Flask, cast: Cast) -> None:
    from flask import g

    from core.files.tab import files_tab

    sent(visit("sales"), customer, PDF)
    tab = files_tab("customer.detail.tabs")
    assert tab.render is not None

    with app.test_request_context("/customer/1"), cast.env("sales") as env:
        g.env = env
        html = tab.render(env, env.records("customer").get(customer))

    assert "報價單.pdf" in html
    assert "14 B" in html
    assert f'action="/customer/{customer}/files"' in html
    assert "林怡君" in html
