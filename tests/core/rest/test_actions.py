"""Actions, undoing, history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient

Api = Callable[[str], ApiClient]


def made(client: ApiClient, **values: Any) -> int:
    answer = client.post("/customer", {"name": "台榮精密機械"} | values)
    assert answer.json is not None
    return int(answer.json["data"]["id"])


def test_an_action_of_an_addon_runs_with_its_arguments(api: Api) -> None:
    client = api("sales")
    id = made(client)

    answer = client.post(f"/customer/{id}/actions/plan", {"next_contact_on": "2026-12-24"})

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["data"]["next_contact_on"] == "2026-12-24"
    assert answer.json["data"]["version"] == 2


def test_arguments_are_checked_like_fields(api: Api) -> None:
    client = api("sales")
    id = made(client)

    for body, fields in [
        ({}, {"next_contact_on": ["Please fill in this field."]}),
        ({"next_contact_on": None}, {"next_contact_on": ["Please fill in this field."]}),
        ({"next_contact_on": "x"}, {"next_contact_on": ["Please enter a date, such as 2026-01-31."]}),
        ({"next_contact_on": "2026-12-24", "more": 1}, {"more": ["There is no such field."]}),
    ]:
        answer = client.post(f"/customer/{id}/actions/plan", body)
        assert (answer.status_code, answer.json["error"]["fields"]) == (422, fields)  # type: ignore[index]


def test_an_action_on_an_older_version_is_refused(api: Api) -> None:
    client = api("sales")
    id = made(client)
    client.patch(f"/customer/{id}", {"level": "B"})

    body = {"next_contact_on": "2026-12-24"}
    assert client.post(f"/customer/{id}/actions/plan", body, **{"If-Match": '"1"'}).status_code == 409
    assert client.post(f"/customer/{id}/actions/plan", body | {"version": 2}).status_code == 200


def test_unknown_actions_are_not_found_and_delete_is_no_action(api: Api) -> None:
    client = api("manager")
    id = made(client)

    assert client.post(f"/customer/{id}/actions/explode").status_code == 404
    assert client.post(f"/customer/{id}/actions/delete").status_code == 404
    assert client.get(f"/customer/{id}").status_code == 200


def test_assigning_moves_the_record_out_of_reach(api: Api, cast: Cast) -> None:
    id = made(api("sales"))

    answer = api("manager").post(f"/customer/{id}/actions/assign", {"to": cast.manager, "reason": "接手"})

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["data"]["owner"] == {"id": cast.manager, "label": "陳建宏"}
    assert api("sales").get(f"/customer/{id}").status_code == 404
    assert api("manager").post(f"/customer/{id}/actions/assign", {"to": cast.sales2}).status_code == 403


def test_sharing_opens_a_record_and_unsharing_closes_it(api: Api, cast: Cast) -> None:
    id, boss, other = made(api("sales")), api("manager"), api("sales2")

    assert boss.post(f"/customer/{id}/actions/share", {"user_id": cast.sales2, "level": "read"}).status_code == 200
    assert other.get(f"/customer/{id}").status_code == 200
    assert other.patch(f"/customer/{id}", {"level": "A"}).status_code == 403
    assert boss.post(f"/customer/{id}/actions/share", {"user_id": cast.sales2, "level": "edit"}).status_code == 200
    assert other.patch(f"/customer/{id}", {"level": "A"}).status_code == 200
    assert other.call("DELETE", f"/customer/{id}").status_code == 403
    assert boss.post(f"/customer/{id}/actions/unshare", {"user_id": cast.sales2}).status_code == 200
    assert other.get(f"/customer/{id}").status_code == 404


def test_only_who_may_delete_may_restore_and_nothing_else_comes_back(api: Api) -> None:
    boss = api("manager")
    id, stays = made(boss), made(boss)
    contact = boss.post("/contact", {"name": "王小明", "customer_id": id}).json["data"]["id"]  # type: ignore[index]
    act = int(boss.call("DELETE", f"/customer/{id}").headers["X-Deletion"])

    assert boss.get(f"/contact/{contact}").status_code == 404
    assert api("sales2").post(f"/customer/{id}/actions/restore").status_code == 404
    assert boss.post(f"/customer/{stays}/actions/restore").status_code == 404
    assert boss.post(f"/customer/{id}/actions/restore", {"deletion": act + 1}).status_code == 404
    assert boss.post(f"/contact/{contact}/actions/restore").status_code == 404
    assert boss.post(f"/customer/{id}/actions/restore", {"deletion": "x"}).status_code == 422
    assert boss.post(f"/customer/{id}/actions/restore", {"deletion": act}).status_code == 200
    assert boss.get(f"/contact/{contact}").status_code == 200


def test_the_history_says_who_changed_what(api: Api, cast: Cast) -> None:
    client = api("sales")
    id = made(client, level="A")
    client.patch(f"/customer/{id}", {"level": "B", "phone": "02-2345-6789"})

    answer = client.get(f"/customer/{id}/history").json

    assert answer is not None
    latest, first = answer["data"]
    assert (latest["action"], first["action"]) == ("update", "create")
    assert latest["user"] == {"id": cast.sales, "label": "林怡君"}
    assert latest["changes"] == {
        "level": {"before": "A", "after": "B"},
        "phone": {"before": None, "after": "02-2345-6789"},
    }
    assert answer["page"] == {"next": None}


def test_the_history_is_paged(api: Api) -> None:
    client = api("sales")
    id = made(client)
    for level in "ABC":
        client.patch(f"/customer/{id}", {"level": level})

    first = client.get(f"/customer/{id}/history?limit=3").json
    assert first is not None
    rest = client.get(f"/customer/{id}/history?limit=3&after={first['page']['next']}").json

    assert rest is not None
    assert [e["action"] for e in (*first["data"], *rest["data"])] == ["update", "update", "update", "create"]
    assert rest["page"]["next"] is None
    assert client.get(f"/customer/{id}/history?limit=x").status_code == 400


def test_the_history_of_hidden_fields_is_hidden(api: Api, site: Site) -> None:
    from tests.core.rest.test_records import restrict

    client = api("sales")
    id = made(client, phone="02-2345-6789", tax_id="04595257")
    client.patch(f"/customer/{id}", {"phone": "03-333-3333"})
    restrict(site, "salesperson", "customer", phone="hidden", tax_id="masked")

    answer = client.get(f"/customer/{id}/history")

    assert "333-3333" not in answer.text
    assert "2345-6789" not in answer.text
    assert "04595257" not in answer.text
    assert answer.json is not None
    assert [e["action"] for e in answer.json["data"]] == ["create"]
