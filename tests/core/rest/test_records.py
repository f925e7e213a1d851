"""The five operations on records, as different people see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.access.models import FieldGrant, Role
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor

Api = Callable[[str], ApiClient]
BASIC = {"name": "台榮精密機械", "level": "A", "phone": "02-2345-6789"}


def made(client: ApiClient, **values: Any) -> dict[str, Any]:
    answer = client.post("/customer", BASIC | values)
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    found: dict[str, Any] = answer.json["data"]
    return found


def error(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.json["error"]
    return found


def test_creating_answers_the_record_and_where_it_is(api: Api, cast: Cast) -> None:
    answer = api("sales").post("/customer", BASIC | {"tags": [], "next_contact_on": "2026-12-01"})

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.json is not None
    data = answer.json["data"]
    assert answer.headers["Location"] == f"/api/v1/customer/{data['id']}"
    assert (data["name"], data["number"], data["next_contact_on"]) == ("台榮精密機械", "C00001", "2026-12-01")
    assert data["owner_id"] == cast.sales
    assert data["owner"] == {"id": cast.sales, "label": "林怡君"}
    assert data["created_at"].endswith("Z")
    assert api("sales").get(answer.headers["Location"].removeprefix("/api/v1")).json == answer.json


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"level": "A"}, "name", "Please fill in this field."),
        ({"name": None}, "name", "Please fill in this field."),
        ({"name": 5}, "name", "Please enter text."),
        ({"name": "x" * 201}, "name", "At most 200 characters; these are 201."),
        (BASIC | {"level": "Z"}, "level", "“Z” is not in the list."),
        (BASIC | {"nonsense": 1}, "nonsense", "There is no such field."),
        (BASIC | {"id": 7}, "id", "You may not change this field."),
        (BASIC | {"owner": {"id": 1}}, "owner", "You may not change this field."),
        (BASIC | {"number": "C1"}, "number", "You may not change this field."),
        (BASIC | {"next_contact_on": "31.1.2026"}, "next_contact_on", "Please enter a date, such as 2026-01-31."),
        (
            BASIC | {"next_contact_on": "2026-01-31T10:00"},
            "next_contact_on",
            "Please enter a date, such as 2026-01-31.",
        ),
        (BASIC | {"parent_id": "1"}, "parent_id", "Please choose an existing record."),
        (BASIC | {"parent_id": True}, "parent_id", "Please choose an existing record."),
        (BASIC | {"parent_id": 999}, "parent_id", "Please choose an existing record."),
        (BASIC | {"tags": "a"}, "tags", "Please choose from the list."),
        (BASIC | {"email": "nobody"}, "email", "Please enter an e-mail address, such as name@example.com."),
    ],
)
def test_a_wrong_value_is_named_at_its_field(api: Api, body: dict[str, Any], field: str, message: str) -> None:
    answer = api("sales").post("/customer", body)

    assert answer.status_code == 422
    assert error(answer)["code"] == "invalid"
    assert error(answer)["fields"] == {field: [message]}


def test_a_wrong_moment_is_refused(api: Api) -> None:
    client = api("sales")
    customer = made(client)["id"]

    for wrong in ("2026-01-31", "2026-01-31T10:00:00", 5, "soon"):
        answer = client.post("/visit", {"customer_id": customer, "visited_at": wrong})
        assert answer.status_code == 422
        assert "visited_at" in error(answer)["fields"], wrong


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_request"),
        (b"[]", "application/json", 400, "bad_request"),
        (b'{"name": NaN}', "application/json", 400, "bad_request"),
        (b"[" * 100_000, "application/json", 400, "bad_request"),
        (b"name=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"\xff\xfe", "application/json", 400, "bad_request"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(api: Api, data: bytes, kind: str, status: int, code: str) -> None:
    client = api("sales")

    answer = client.client.post("/api/v1/customer", data=data, content_type=kind, headers=client.headers)

    assert (answer.status_code, error(answer)["code"]) == (status, code)


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    answer = api("sales").post("/customer", {"name": "x" * 6_000_000})

    assert (answer.status_code, error(answer)["code"]) == (413, "too_large")


def test_changing_keeps_what_is_not_given(api: Api) -> None:
    client = api("sales")
    id = made(client)["id"]

    answer = client.patch(f"/customer/{id}", {"level": "B"})

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.json is not None
    data = answer.json["data"]
    assert (data["level"], data["phone"], data["version"]) == ("B", "02-2345-6789", 2)


@pytest.mark.parametrize("how", ["header", "weak", "body"])
def test_an_older_author_gets_the_comparison(api: Api, how: str) -> None:
    client = api("sales")
    id = made(client)["id"]
    client.patch(f"/customer/{id}", {"level": "B", "phone": "03-333-3333"})

    body: dict[str, Any] = {"level": "C", "phone": "03-333-3333", "name": "新名稱"}
    headers = {"header": {"If-Match": '"1"'}, "weak": {"If-Match": 'W/"1"'}, "body": {}}[how]
    answer = client.patch(f"/customer/{id}", body | ({"version": 1} if how == "body" else {}), **headers)

    assert answer.status_code == 409
    found = error(answer)
    assert (found["code"], found["version"]) == ("stale", 2)
    assert found["comparison"] == {
        "level": {"stored": "B", "given": "C"},
        "name": {"stored": "台榮精密機械", "given": "新名稱"},
    }
    assert client.get(f"/customer/{id}").json["data"]["name"] == "台榮精密機械"  # type: ignore[index]


def test_the_right_version_is_taken(api: Api) -> None:
    client = api("sales")
    id = made(client)["id"]

    assert client.patch(f"/customer/{id}", {"level": "B"}, **{"If-Match": '"1"'}).status_code == 200
    assert client.patch(f"/customer/{id}", {"level": "C", "version": 2}).status_code == 200
    assert client.patch(f"/customer/{id}", {"level": "D"}, **{"If-Match": "*"}).status_code == 200
    assert client.patch(f"/customer/{id}", {"level": "A"}, **{"If-Match": "three"}).status_code == 400
    assert client.patch(f"/customer/{id}", {"level": "A", "version": "x"}).status_code == 422


def test_deleting_says_how_to_undo_it(api: Api) -> None:
    client = api("manager")
    id = made(client)["id"]

    gone = client.call("DELETE", f"/customer/{id}")

    assert (gone.status_code, gone.data) == (204, b"")
    assert client.get(f"/customer/{id}").status_code == 404
    back = client.post(f"/customer/{id}/actions/restore", {"deletion": int(gone.headers["X-Deletion"])})
    assert back.status_code == 200
    assert back.json is not None
    assert back.json["data"]["name"] == "台榮精密機械"
    assert client.get(f"/customer/{id}").status_code == 200


def test_deleting_an_older_version_is_refused(api: Api) -> None:
    client = api("manager")
    id = made(client)["id"]
    client.patch(f"/customer/{id}", {"level": "B"})

    answer = client.call("DELETE", f"/customer/{id}", **{"If-Match": '"1"'})

    assert (answer.status_code, error(answer)["code"]) == (409, "stale")


def test_somebody_elses_record_looks_like_none(api: Api) -> None:
    id = made(api("sales"))["id"]
    other = api("sales2")

    answers = [
        other.get(f"/customer/{id}"),
        other.get("/customer/99999"),
        other.patch(f"/customer/{id}", {"level": "B"}),
        other.call("DELETE", f"/customer/{id}"),
        other.post(f"/customer/{id}/actions/plan", {"next_contact_on": "2026-12-01"}),
        other.post(f"/customer/{id}/actions/assign", {"to": 1}),
        other.get(f"/customer/{id}/history"),
    ]

    assert [a.status_code for a in answers] == [404] * 7
    assert len({a.data for a in answers}) == 1
    assert other.get("/customer").json == {"data": [], "page": {"next": None, "count": 0, "count_is_exact": True}}


def test_what_one_sees_but_may_not_do_is_forbidden(api: Api, cast: Cast) -> None:
    client = api("sales")
    id = made(client)["id"]

    assert client.call("DELETE", f"/customer/{id}").status_code == 403
    assert client.post(f"/customer/{id}/actions/assign", {"to": cast.manager}).status_code == 403
    assert client.patch("/user/1", {"name": "x"}).status_code == 403
    assert client.patch(f"/customer/{id}", {"owner_id": cast.manager}).status_code in (403, 422)


def test_a_model_that_one_may_not_read_is_not_there(api: Api) -> None:
    for path in ("/customer", "/customer/1", "/nothing", "/core_user", "/core_web_session"):
        assert api("accountant").get(path).status_code == 404
    assert api("accountant").get("/user").status_code == 200


def test_pages_follow_each_other_and_are_counted(api: Api) -> None:
    client = api("sales")
    for n in range(7):
        made(client, name=f"客戶{n}")

    seen, cursor = [], ""
    for _ in range(5):
        answer = client.get(f"/customer?sort=name&limit=3{cursor}").json
        assert answer is not None
        assert (answer["page"]["count"], answer["page"]["count_is_exact"]) == (7, True)
        seen += [row["name"] for row in answer["data"]]
        if answer["page"]["next"] is None:
            break
        cursor = f"&after={answer['page']['next']}"

    assert seen == [f"客戶{n}" for n in range(7)]


def test_filter_sort_and_search(api: Api) -> None:
    client = api("sales")
    for name, level in (("光電科技", "A"), ("精密機械", "B"), ("光電材料", "B")):
        made(client, name=name, level=level)

    def names(query: str) -> list[str]:
        answer = client.get(f"/customer?{query}").json
        assert answer is not None
        return [row["name"] for row in answer["data"]]

    assert names("filter=level:is:B&sort=-name") == ["精密機械", "光電材料"]
    assert names("filter=level:in:A|B&filter=name:contains:材料") == ["光電材料"]
    assert sorted(names("q=光電")) == ["光電材料", "光電科技"]
    assert names("filter=owner_id:is:me&limit=1&sort=name") == ["光電材料"]


@pytest.mark.parametrize("path", ["/customer/{}", "/customer/{}/history"])
def test_a_number_beyond_all_ids_is_not_found(api: Api, path: str) -> None:
    answer = api("sales").get(path.format("9" * 23))

    assert (answer.status_code, error(answer)["code"]) == (404, "not_found")


def test_nothing_is_done_to_a_number_beyond_all_ids(api: Api) -> None:
    answer = api("sales").post(f"/customer/{'9' * 23}/actions/restore")

    assert (answer.status_code, error(answer)["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("filter=nonsense:is:1", "nonsense"),
        ("filter=level:larger:1", "level"),
        ("filter=password_hash:is:x", "password_hash"),
        (f"filter=owner_id:is:{'0' * 20}1{'9' * 24}", "owner_id"),
        (f"filter=owner_id:is:{2**63}", "owner_id"),
        (f"filter=owner_id:is:{'1' * 5000}", "owner_id"),
        ("sort=nonsense", "nonsense"),
        ("sort=-password_hash", "password_hash"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=abc", "limit"),
        ("limit=²", "limit"),
        ("after=nonsense", "after"),
        ("filters=level:is:A", "filters"),
    ],
)
def test_what_a_list_does_not_know_is_named(api: Api, query: str, field: str) -> None:
    answer = api("sales").get(f"/customer?{query}")

    assert (answer.status_code, error(answer)["code"]) == (400, "bad_request")
    assert list(error(answer)["fields"]) == [field]


def test_a_broken_cursor_is_explained_to_programs(api: Api) -> None:
    answer = api("sales").get("/customer?after=nonsense")

    assert "page.next" in error(answer)["message"]
    assert error(answer)["fields"]["after"] == [error(answer)["message"]]


def restrict(site: Site, preset: str, model: str, **levels: str) -> None:
    from sqlalchemy import select

    with site.system("field access") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == preset)).one()
        for name, level in levels.items():
            env.session.add(FieldGrant(role_id=role, model=model, field=name, level=level))
        env.flush()
        bump(env.connection_of_core, "organisation")


def test_hidden_fields_are_absent_and_masked_ones_masked(api: Api, site: Site) -> None:
    client = api("sales")
    id = made(client, tax_id="04595257", address="台北市信義路五段七號")["id"]
    restrict(site, "salesperson", "customer", phone="hidden", tax_id="masked", address="masked_list", note="read")

    one = client.get(f"/customer/{id}").json["data"]  # type: ignore[index]
    row = client.get("/customer").json["data"][0]  # type: ignore[index]

    assert "phone" not in one
    assert "phone" not in row
    assert "4595257" not in str(one["tax_id"])
    assert "○" in one["tax_id"]
    assert one["address"] == "台北市信義路五段七號"
    assert "○" in row["address"]
    for name, message in (
        ("phone", "There is no such field."),
        ("tax_id", "You may not change this field."),
        ("note", "You may not change this field."),
    ):
        stored = {"phone": "02-2345-6789", "tax_id": "04595257", "note": "x"}[name]
        refused = client.patch(f"/customer/{id}", {name: stored})
        assert (refused.status_code, error(refused)["fields"]) == (422, {name: [message]}), name
    assert client.get("/customer?filter=phone:is:02-2345-6789").status_code == 400
    assert client.get("/customer?sort=tax_id").status_code == 400


def test_a_linked_record_out_of_reach_is_an_outline(api: Api, cast: Cast) -> None:
    """Somebody keeps their own visit when the customer goes to another department; its name becomes an outline."""
    client, boss = api("sales"), api("gm")
    customer = made(client)
    visit = client.post("/visit", {"customer_id": customer["id"], "content": "談價格"})
    assert visit.status_code == 201, visit.text
    boss.post(f"/customer/{customer['id']}/actions/assign", {"to": cast.sales2})

    answer = client.get(f"/visit/{visit.json['data']['id']}")  # type: ignore[index]

    assert answer.status_code == 200
    assert answer.json is not None
    label = answer.json["data"]["customer"]["label"]
    assert label != "台榮精密機械"
    assert "○" in label
    assert client.get(f"/customer/{customer['id']}").status_code == 404


def test_a_browser_that_is_signed_in_may_call_with_its_csrf_token(visit: Callable[..., Visitor]) -> None:
    visitor = visit("sales")
    token = visitor.token_of(visitor.get("/preferences"))

    assert visitor.get("/api/v1/customer").status_code == 200
    assert visitor.client.post("/api/v1/customer", json=BASIC).status_code == 400
    assert visitor.client.post("/api/v1/customer", json=BASIC, headers={"X-CSRFToken": token}).status_code == 201


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Bearer 9k_wrong", "Basic c2FsZXM6ZGVtbw=="])
def test_without_a_valid_token_there_is_a_challenge(visit: Callable[..., Visitor], header: str) -> None:
    visitor = visit("sales") if header else visit()

    answer = visitor.get("/api/v1/customer", **({"Authorization": header} if header else {}))

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="9KCRM"'
    assert error(answer)["code"] == "unauthorized"


def test_a_revoked_token_stops_at_once(api: Api, site: Site) -> None:
    from core.access import users

    client = api("sales")
    assert client.get("/customer").status_code == 200

    with site.system("revoke") as env:
        users.revoke_token(env, 1)

    assert client.get("/customer").status_code == 401


def test_a_list_issues_the_same_number_of_queries_at_one_and_at_thirty_rows(api: Api, site: Site) -> None:
    from sqlalchemy import event

    client = api("sales")
    made(client)
    client.get("/customer")
    seen: list[str] = []
    event.listen(site.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    client.get("/customer")
    at_one = len(seen)
    for n in range(29):
        made(client, name=f"客戶{n}", parent_id=1)
    client.get("/customer")
    seen.clear()
    answer = client.get("/customer")

    assert answer.json is not None
    assert len(answer.json["data"]) == 30
    # One more for the names of the parents, which nobody had before.
    assert len(seen) <= at_one + 1


def test_methods_that_make_no_sense_are_named(api: Api) -> None:
    answer = api("sales").call("PUT", "/customer/1", {})

    assert answer.status_code == 405
    assert {"GET", "PATCH", "DELETE"} <= set(answer.headers["Allow"].split(", "))
    assert api("sales").get("/customer/1/nonsense").status_code == 404
