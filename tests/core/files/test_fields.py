"""Files in fields: sent with a form or over the API, seen with the field, never anybody else's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from addons.customer.models import Customer, Visit
from core import clock
from core.access.models import FieldGrant, Role
from core.errors import Invalid
from core.files import binding, jobs
from core.files.binding import MOST_WAITING, keep_file
from core.files.models import WAITING, Attachment
from core.files.store import path_of
from core.orm.field import Field, Kind
from core.orm.filters import operators
from core.orm.tables import Change
from core.orm.versions import bump
from core.pages.cells import Cells
from core.site import Site
from core.testing.cast import Cast
from core.testing.factories import Factory
from core.testing.queries import assert_constant
from core.testing.web import BASE, ApiClient, Visitor

Visiting = Callable[..., Visitor]
Api = Callable[[str], ApiClient]


def picture(color: str = "#2f5fd0", size: tuple[int, int] = (800, 600)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, color).save(made, "JPEG")
    return made.getvalue()


PICTURE = picture()


@pytest.fixture
def make(cast: Cast) -> Factory:
    return Factory(cast)


@pytest.fixture
def customer(make: Factory) -> int:
    return make(Customer, name="台榮精密機械", by="sales").id


def form(customer: int, **values: Any) -> dict[str, Any]:
    plain = {"customer_id": str(customer), "method": "visit", "content": "看了產線", "visited_at": "2026-01-05T10:00"}
    return plain | values


def chosen(content: bytes = PICTURE, name: str = "產線.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def created(visitor: Visitor, customer: int, **values: Any) -> int:
    answer = visitor.post("/visit/new", form(customer, photo=chosen()) | values)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def photo_of(site: Site, id: int) -> int | None:
    with site.system("look", write=False) as env:
        return env.session.get_one(Visit, id).photo


def held_in(answer: TestResponse) -> str:
    """What the form would send back as the photo."""
    found = re.search(r'<input type="hidden" name="photo" value="(\d*)">', answer.text)
    assert found is not None
    return found[1]


def sent(client: ApiClient, content: bytes = PICTURE, name: str = "產線.jpg", **headers: str) -> TestResponse:
    return client.client.post(
        "/api/v1/file",
        data={"file": (io.BytesIO(content), name)},
        headers=client.headers | headers,
        base_url=BASE,
        buffered=True,
    )


def sent_id(client: ApiClient, content: bytes = PICTURE, name: str = "產線.jpg") -> int:
    answer = sent(client, content, name)
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return int(answer.json["data"]["id"])


def restrict(site: Site, level: str, *, role: str = "salesperson", field: str = "photo") -> None:
    with site.system("field access for a test") as env:
        role_id = env.session.scalar(select(Role.id).where(Role.preset == role))
        row = {"role_id": role_id, "model": "visit", "field": field, "level": level}
        env.connection_of_core.execute(insert(FieldGrant).values(row))
        bump(env.connection_of_core, "organisation")


def test_a_form_stores_the_picture_with_its_record(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")

    id = created(visitor, customer)

    file = photo_of(site, id)
    page = visitor.get(f"/visit/{id}").text
    assert f'<img class="thumb" src="/thumbnail/{file}" alt="Photo (產線.jpg)" width="320" height="240"' in page
    assert f'src="/thumbnail/{file}"' in visitor.get("/visit").text
    assert f'src="/thumbnail/{file}"' in visitor.get(f"/customer/{customer}").text
    full = visitor.get(f"/file/{file}/x.jpg")
    assert Image.open(io.BytesIO(full.data)).size == (800, 600)
    small = visitor.get(f"/thumbnail/{file}")
    assert (small.mimetype, Image.open(io.BytesIO(small.data)).size) == ("image/webp", (320, 240))
    assert small.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_the_form_offers_the_camera_and_shows_what_is_there(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")
    id = created(visitor, customer)

    page = visitor.get(f"/visit/{id}/edit").text

    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'<input id="f-photo" name="photo"[^>]* type="file" accept="image/\*">', page)
    assert held_in(visitor.get(f"/visit/{id}/edit")) == str(photo_of(site, id))
    assert 'name="photo-remove"' in page


def test_a_mistake_elsewhere_keeps_what_was_chosen(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")

    refused = visitor.post("/visit/new", form(customer, content="", photo=chosen()))
    held = held_in(refused)
    again = visitor.post("/visit/new", form(customer, photo=held))

    assert refused.status_code == 422
    assert "Please fill in this field." in refused.text
    assert f'src="/thumbnail/{held}"' in refused.text
    assert visitor.get(f"/thumbnail/{held}").status_code == 200
    id = int(again.headers["Location"].rsplit("/", 1)[1])
    assert photo_of(site, id) == int(held)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "leer.jpg", "The file is empty."),
        (b"%PDF-1.7\nhello", "quote.jpg", "Please choose a picture: PNG, JPEG or WebP."),
        (PICTURE[:200], "broken.jpg", "This picture cannot be read. Is the file damaged?"),
        (b"\xff\xd8\xff" + bytes(2 * 1024 * 1024), "large.jpg", "The file is too large; at most 1 MB."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_its_field(
    app: Flask, visit: Visiting, site: Site, customer: int, content: bytes, name: str, message: str
) -> None:
    site.settings = replace(site.settings, max_upload_mb=1)
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    visitor = visit("sales")

    answer = visitor.post("/visit/new", form(customer, photo=chosen(content, name)))
    # The client keeps what is large on disk, open.
    answer.request.environ["wsgi.input"].close()

    assert answer.status_code == 422
    error = re.search(r'id="f-photo-error">(.*?)</p>', answer.text, re.DOTALL)
    assert error is not None
    assert message in error[1]
    assert "看了產線" in answer.text
    assert held_in(answer) == ""
    with site.system("look", write=False) as env:
        assert env.session.scalars(select(Visit.id)).all() == []


def test_errors_are_in_the_readers_language(visit: Visiting, customer: int) -> None:
    answer = visit("sales", locale="zh-TW").post("/visit/new", form(customer, photo=chosen(b"%PDF-1.7", "a.jpg")))

    assert "請選擇圖片" in answer.text


def test_a_refused_file_leaves_the_one_that_is_there(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")
    id = created(visitor, customer)
    stored = photo_of(site, id)

    answer = visitor.post(
        f"/visit/{id}/edit",
        form(customer, version="1", original=f'{{"photo": "{stored}"}}', photo=chosen(b"%PDF-1.7", "a.pdf")),
    )

    assert answer.status_code == 422
    assert held_in(answer) == str(stored)
    assert photo_of(site, id) == stored


def test_replacing_keeps_the_old_one_in_the_history(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")
    id = created(visitor, customer)
    first = photo_of(site, id)

    visitor.post(
        f"/visit/{id}/edit",
        form(customer, version="1", original=f'{{"photo": "{first}"}}', photo=chosen(picture("#aa2200"), "新產線.jpg")),
    )

    second = photo_of(site, id)
    assert second not in (None, first)
    history = visitor.get(f"/visit/{id}/tab/history").text
    assert re.search(
        r'alt="Photo \(產線.jpg\)"[^>]*></a> 產線.jpg</.*alt="Photo \(新產線.jpg\)"[^>]*></a> 新產線.jpg<',
        history,
        re.S,
    )
    assert visitor.get(f"/file/{first}").status_code == 200
    assert "No files yet" in visitor.get(f"/visit/{id}/tab/files").text


def test_removing_works_without_scripts(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")
    id = created(visitor, customer)
    stored = str(photo_of(site, id))

    values = {"version": "1", "original": f'{{"photo": "{stored}"}}', "photo": stored, "photo-remove": "1"}
    answer = visitor.post(f"/visit/{id}/edit", form(customer) | values)

    assert answer.status_code == 303, answer.text
    assert photo_of(site, id) is None
    assert "/thumbnail/" not in visitor.get("/visit").text


def test_a_deleted_record_hides_its_file_until_it_comes_back(
    visit: Visiting, site: Site, cast: Cast, customer: int
) -> None:
    id = created(visit("sales"), customer)
    file = photo_of(site, id)

    with cast.env("manager") as env:
        act = env.records(Visit).delete(env.records(Visit).get(id))
    gone = visit("manager").get(f"/file/{file}").status_code
    with cast.env("manager") as env:
        env.records(Visit).restore(act)

    assert gone == 404
    assert photo_of(site, id) == file
    assert visit("manager").get(f"/file/{file}").status_code == 200


def test_a_short_form_takes_a_picture_too(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")

    answer = visitor.post(f"/customer/{customer}/compose", form(customer, photo=chosen()))

    assert answer.status_code == 303, answer.text
    with site.system("look", write=False) as env:
        assert env.session.scalars(select(Visit.photo)).one() is not None


def test_outsiders_see_nothing_of_it(visit: Visiting, api: Api, site: Site, customer: int) -> None:
    id = created(visit("sales"), customer)
    file = photo_of(site, id)
    outsider = visit("sales2")

    for url in (f"/file/{file}", f"/file/{file}/產線.jpg", f"/thumbnail/{file}"):
        assert outsider.get(url).status_code == 404, url
    assert api("sales2").get(f"/file/{file}").status_code == 404
    assert api("sales").get(f"/file/{file}").data == visit("sales").get(f"/file/{file}").data


def test_what_waits_is_its_senders_alone(visit: Visiting, api: Api, cast: Cast, site: Site) -> None:
    waiting = sent_id(api("sales"))

    for username in ("sales2", "manager", "gm", "admin"):
        visitor = visit(username)
        assert visitor.get(f"/file/{waiting}").status_code == 404, username
        assert visitor.get(f"/thumbnail/{waiting}").status_code == 404, username
        assert api(username).get(f"/file/{waiting}").status_code == 404, username
    assert visit("sales").get(f"/file/{waiting}").status_code == 200


def test_nobody_binds_what_somebody_else_sent(visit: Visiting, api: Api, site: Site, cast: Cast, make: Factory) -> None:
    theirs = sent_id(api("sales"), name="秘密.jpg")
    own = make(Customer, by="sales2").id

    page = visit("sales2").post("/visit/new", form(own, photo=str(theirs)))
    body = {"customer_id": own, "content": "x", "visited_at": "2026-01-05T10:00:00Z", "photo": theirs}
    answer = api("sales2").post("/visit", body)
    with cast.env("sales2") as env, pytest.raises(Invalid):
        env.session.add(Visit(customer_id=own, method="visit", content="x", visited_at=clock.now(), photo=theirs))
        env.session.flush()

    assert page.status_code == 422
    assert "Please choose the file again." in page.text
    assert "秘密" not in page.text
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["fields"] == {"photo": ["Please choose the file again."]}
    with site.system("look", write=False) as env:
        assert env.session.get_one(Attachment, theirs).model == WAITING


def test_many_at_once_are_as_strict(api: Api, cast: Cast, site: Site, make: Factory) -> None:
    own, theirs = make(Customer, by="sales2").id, sent_id(api("sales"))
    mine = sent_id(api("sales2"))
    row = {"customer_id": own, "content": "x", "visited_at": clock.now()}

    with cast.env("sales2") as env:
        outcome = env.records(Visit).create_many(
            [row | {"photo": theirs}, row | {"photo": mine}, row | {"photo": mine}]
        )

    assert list(outcome.ids) == [1]
    assert list(outcome.problems) == [0, 2]
    with site.system("look", write=False) as env:
        bound = env.session.get_one(Attachment, mine)
        assert (bound.model, bound.record_id) == ("visit", outcome.ids[1])


def test_a_file_never_moves_to_another_record(visit: Visiting, api: Api, site: Site, customer: int) -> None:
    """Not even by those who may edit both: from a record of narrow access it would become visible in another one."""
    visitor = visit("sales")
    first = photo_of(site, created(visitor, customer))
    other = created(visitor, customer, photo=chosen(picture("#118833"), "b.jpg"))

    answer = api("sales").patch(f"/visit/{other}", {"photo": first})
    of_tab = visitor.post(f"/customer/{customer}/files", {"file": chosen()}, Accept="application/json").json
    assert of_tab is not None
    from_tab = api("sales").patch(f"/visit/{other}", {"photo": of_tab["data"][0]["id"]})

    assert (answer.status_code, from_tab.status_code) == (422, 422)
    assert photo_of(site, other) != first
    with site.system("look") as env, pytest.raises(Invalid):
        env.session.get_one(Visit, other).photo = first
        env.session.flush()


def test_made_up_ids_tell_nothing(visit: Visiting, site: Site, customer: int, make: Factory) -> None:
    hidden = photo_of(site, created(visit("sales"), customer, photo=chosen(PICTURE, "秘密.jpg")))
    own = make(Customer, by="sales2").id
    outsider = visit("sales2")

    for made_up in (str(hidden), "999999", "0", "x", "9" * 30):
        refused = outsider.post("/visit/new", form(own, content="", photo=made_up))
        assert refused.status_code == 422
        assert "秘密" not in refused.text, made_up
        assert f"/thumbnail/{hidden}" not in refused.text
    offered = outsider.get(f"/visit/new?customer_id={own}&photo={hidden}")
    assert held_in(offered) == ""
    assert "秘密" not in offered.text


@pytest.mark.parametrize(("level", "status"), [("hidden", 404), ("masked", 404), ("masked_list", 200), ("read", 200)])
def test_a_file_is_as_visible_as_its_field(
    visit: Visiting, api: Api, site: Site, customer: int, level: str, status: int
) -> None:
    id = created(visit("sales"), customer)
    file = photo_of(site, id)

    restrict(site, level)

    visitor = visit("sales")
    assert visitor.get(f"/file/{file}").status_code == status
    assert visitor.get(f"/thumbnail/{file}").status_code == status
    assert api("sales").get(f"/file/{file}").status_code == status
    for url in (f"/visit/{id}", f"/visit/{id}/tab/history", f"/visit/{id}/edit", f"/customer/{customer}"):
        assert (f"/thumbnail/{file}" in visitor.get(url).text) is (status == 200), url
    in_lists = f"/thumbnail/{file}" in visitor.get("/visit").text
    assert in_lists is (level == "read")
    data = api("sales").get(f"/visit/{id}").json
    assert data is not None
    expected = {"hidden": "absent", "masked": "○○○"}
    told = data["data"].get("photo", "absent")
    assert told == expected[level] if level in expected else told["name"] == "產線.jpg"


def test_who_may_only_read_the_field_cannot_write_it(visit: Visiting, api: Api, site: Site, customer: int) -> None:
    restrict(site, "read")

    answer = visit("sales").post("/visit/new", form(customer, photo=chosen()))

    assert answer.status_code == 303, answer.text
    assert photo_of(site, int(answer.headers["Location"].rsplit("/", 1)[1])) is None
    body = {"customer_id": customer, "content": "x", "visited_at": "2026-01-05T10:00:00Z"}
    refused = api("sales").post("/visit", body | {"photo": sent_id(api("sales"))})
    assert refused.status_code == 422


def test_the_api_sends_binds_reads_and_removes(api: Api, site: Site, customer: int) -> None:
    client = api("sales")
    answer = sent(client)
    assert answer.json is not None
    file = answer.json["data"]
    body = {"customer_id": customer, "content": "x", "visited_at": "2026-01-05T10:00:00Z", "photo": file["id"]}

    made = client.post("/visit", body).json
    assert made is not None
    id = made["data"]["id"]
    listed = client.get("/visit").json
    removed = client.patch(f"/visit/{id}", {"photo": None}).json
    history = client.get(f"/visit/{id}/history").json

    assert answer.status_code == 201
    assert file == {
        "id": file["id"],
        "name": "產線.jpg",
        "size": len(client.get(f"/file/{file['id']}").data),
        "type": "image/jpeg",
        "url": f"/api/v1/file/{file['id']}",
    }
    assert made["data"]["photo"] == file
    assert listed is not None
    assert listed["data"][0]["photo"] == file
    assert removed is not None
    assert removed["data"]["photo"] is None
    assert history is not None
    assert history["data"][0]["changes"]["photo"] == {"before": file, "after": None}


@pytest.mark.parametrize("given", [True, "5", 1.5, {"id": 1}, [], -1])
def test_the_api_takes_ids_only(api: Api, customer: int, given: Any) -> None:
    body = {"customer_id": customer, "content": "x", "visited_at": "2026-01-05T10:00:00Z", "photo": given}

    answer = api("sales").post("/visit", body)

    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["error"]["fields"]) == ["photo"]


def test_the_api_refuses_what_is_no_file(api: Api) -> None:
    client = api("sales")

    assert client.post("/file", {"file": "x"}).status_code == 415
    empty = sent(client, b"", "a.txt")
    assert empty.status_code == 422
    assert empty.json is not None
    assert empty.json["error"]["fields"] == {"file": ["The file is empty."]}
    headers = {"Authorization": "Bearer nonsense"}
    stranger = client.client.post("/api/v1/file", data={"file": chosen()}, headers=headers, base_url=BASE)
    assert stranger.status_code == 401


def test_sending_again_with_the_same_key_sends_once(api: Api) -> None:
    key = {"Idempotency-Key": "k1"}
    client = api("sales")

    first, again = sent(client, **key), sent(client, **key)
    other = sent(client, picture("#000000"), **key)

    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422


def test_the_description_of_the_api_has_files(api: Api) -> None:
    spec = api("sales").get("/openapi.json").json
    assert spec is not None

    photo = spec["components"]["schemas"]["visit"]["properties"]["photo"]
    assert photo["anyOf"] == [{"$ref": "#/components/schemas/File"}, {"type": "null"}]
    assert spec["components"]["schemas"]["visit.new"]["properties"]["photo"]["type"] == ["integer", "null"]
    assert "multipart/form-data" in spec["paths"]["/file"]["post"]["requestBody"]["content"]


def test_a_stale_save_compares_files_and_keeps_the_new_one(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")
    id = created(visitor, customer)
    stored = photo_of(site, id)
    visitor.post(f"/visit/{id}/edit", form(customer, version="1", original='{"content": ""}', content="別人先改了"))

    values = form(customer, version="1", content="別人先改了", photo=chosen(picture("#aa2200"), "新產線.jpg"))
    stale = visitor.post(f"/visit/{id}/edit", values | {"original": f'{{"photo": "{stored}"}}'})
    held = held_in(stale)
    values = form(customer, version="2", content="別人先改了", photo=held)
    saved = visitor.post(f"/visit/{id}/edit", values | {"original": f'{{"photo": "{stored}"}}'})

    assert stale.status_code == 409
    assert "新產線.jpg" in stale.text
    assert saved.status_code == 303, saved.text
    assert photo_of(site, id) == int(held)


def test_the_api_says_which_file_was_stored_when_a_save_is_stale(api: Api, visit: Visiting, customer: int) -> None:
    id, client = created(visit("sales"), customer), api("sales")
    client.patch(f"/visit/{id}", {"content": "變了"})

    new = sent_id(client)
    answer = client.patch(f"/visit/{id}", {"photo": new, "version": 1})

    assert answer.status_code == 409
    assert answer.json is not None
    compared = answer.json["error"]["comparison"]["photo"]
    assert (compared["stored"]["name"], compared["given"]) == ("產線.jpg", new)


def test_files_that_were_never_used_are_gone_after_a_day(api: Api, visit: Visiting, site: Site, customer: int) -> None:
    waiting = sent_id(api("sales"), picture("#00aa88"))
    bound = photo_of(site, created(visit("sales"), customer))

    with site.system("tidy") as env:
        jobs.purge_waiting(env)
    soon = visit("sales").get(f"/file/{waiting}").status_code
    with clock.frozen(clock.now() + timedelta(hours=25)), site.system("tidy") as env:
        jobs.purge_waiting(env)

    assert soon == 200
    with site.system("look", write=False) as env:
        assert env.session.scalars(select(Attachment.id)).all() == [bound]


def test_tidying_keeps_thumbnails_of_what_is_there(api: Api, visit: Visiting, site: Site, customer: int) -> None:
    import os

    visitor = visit("sales")
    bound, waiting = photo_of(site, created(visitor, customer)), sent_id(api("sales"), picture("#00aa88"))
    for file in (bound, waiting):
        assert visitor.get(f"/thumbnail/{file}").status_code == 200
    for path in (site.settings.data / "files").glob("*/*/*"):
        os.utime(path, (0, 0))

    with clock.frozen(clock.now() + timedelta(hours=25)), site.system("tidy") as env:
        jobs.purge_waiting(env)
        jobs.purge(env)

    with site.system("look", write=False) as env:
        sha256 = env.session.scalars(select(Attachment.sha256)).one()
    left = set((site.settings.data / "files").glob("*/*/*"))
    small = site.settings.data / "files" / "thumbnails" / sha256[:2] / sha256
    assert left == {path_of(site.settings, sha256), small}


def test_nobody_fills_the_disk_with_what_waits(
    visit: Visiting, api: Api, site: Site, cast: Cast, customer: int
) -> None:
    row = {
        "model": WAITING,
        "record_id": 0,
        "field": "",
        "name": "x",
        "size": 1,
        "sha256": "0" * 64,
        "mime": "text/plain",
    }
    with site.system("many files") as env:
        rows = [row | {"created_at": clock.now(), "created_by": cast.sales} for _ in range(MOST_WAITING)]
        env.connection_of_core.execute(insert(Attachment), rows)

    assert sent(api("sales"), b"kept nowhere").status_code == 422
    form_of_one = visit("sales").post("/visit/new", form(customer, photo=chosen()))
    assert form_of_one.status_code == 422
    assert "Too many of your files belong to nothing yet." in form_of_one.text
    assert [path for path in (site.settings.data / "files").rglob("*") if path.is_file()] == []
    assert sent(api("sales2")).status_code == 201


def test_what_waits_is_limited_in_size_too(api: Api, site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "MOST_WAITING_FILES_OF_FULL_SIZE", 0)

    assert sent(api("sales"), b"first").status_code == 201
    assert sent(api("sales"), b"second").status_code == 422
    assert sent(api("sales2"), b"third").status_code == 201


def test_lists_look_all_files_up_at_once(visit: Visiting, site: Site, customer: int) -> None:
    visitor = visit("sales")
    created(visitor, customer)

    def grow() -> None:
        for number in range(6):
            created(visitor, customer, content=f"第 {number} 次", photo=chosen(picture(f"#0000{number}0"), "x.jpg"))

    assert_constant(site, lambda: visitor.get("/visit"), grow)
    assert_constant(site, lambda: visitor.get(f"/customer/{customer}"), grow)


def test_lists_are_filtered_by_whether_there_is_one(visit: Visiting, api: Api, customer: int) -> None:
    id = created(visit("sales"), customer)
    without = created(visit("sales"), customer, photo="")

    found = {word: api("sales").get(f"/visit?filter=photo:empty:{word}").json for word in ("yes", "no")}

    assert found["yes"] is not None
    assert [row["id"] for row in found["yes"]["data"]] == [without]
    assert found["no"] is not None
    assert [row["id"] for row in found["no"]["data"]] == [id]
    assert [name for name, _label in operators(Field(Kind.IMAGE, Visit.__title__))] == ["empty"]


def test_an_export_has_the_names(visit: Visiting, cast: Cast, customer: int) -> None:
    created(visit("sales"), customer)

    answer = visit("gm").get("/export/visit.csv")

    assert answer.status_code == 200, answer.text
    row = next(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert row["Photo"] == "產線.jpg"


def test_there_is_no_editor_in_a_list(visit: Visiting, customer: int) -> None:
    id = created(visit("sales"), customer)

    assert visit("sales").get(f"/visit/{id}/cell/photo").status_code == 403


def test_code_gives_a_field_a_file(cast: Cast, site: Site, customer: int) -> None:
    with cast.env("sales") as env:
        id = keep_file(env, name="a/b\\量測.jpg", stream=io.BytesIO(PICTURE))
        values = {"customer_id": customer, "content": "x", "visited_at": clock.now(), "photo": id}
        made = env.records(Visit).create(values)
        env.flush()
        stored = env.connection_of_core.execute(
            select(Attachment.name, Attachment.model, Attachment.record_id, Attachment.field)
        ).one()
        change = env.connection_of_core.scalar(select(Change.changes).where(Change.model == "visit"))

    assert tuple(stored) == ("量測.jpg", "visit", made.id, "photo")
    assert change is not None
    assert change["photo"] == [None, id]


def test_other_files_show_name_and_size(cast: Cast, customer: int) -> None:
    spec = Field(Kind.FILE, Visit.__title__, name="photo", model="visit")
    with cast.env("sales") as env:
        id = keep_file(env, name="量測 1.jpg", stream=io.BytesIO(PICTURE))
        env.records(Visit).create({"customer_id": customer, "content": "x", "visited_at": clock.now(), "photo": id})
        env.flush()
        cells = Cells(env)

        full, in_list = cells.format(spec, id), cells.format(spec, id, in_list=True)
        elsewhere = cells.format(Field(Kind.FILE, Visit.__title__, name="photo", model="customer"), id)

    assert str(in_list) == (
        f'<a class="file-link" href="/file/{id}/%E9%87%8F%E6%B8%AC%201.jpg" hx-boost="false">量測 1.jpg</a>'
    )
    assert str(full).startswith(str(in_list) + ' <span class="muted">')
    assert elsewhere == ""
