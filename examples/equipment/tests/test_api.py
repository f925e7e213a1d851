"""Machines over the API: what they can do now, doing it, and what is refused with which code."""

from collections.abc import Callable
from typing import Any

import pytest

from addons.equipment.models import EquipmentCheck
from addons.equipment.tests.conftest import MakeMachine
from core.api import Env, Pending, Transition
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient
from tests.core.addons.hooking import install

Api = Callable[[str], ApiClient]


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]["code"]


def test_a_record_tells_its_transitions_and_what_is_in_their_way(
    cast: Cast, api: Api, make_machine: MakeMachine
) -> None:
    id = make_machine()
    with cast.env("sales") as env:
        env.records(EquipmentCheck).create({"equipment_id": id, "due_on": env.today})

    data = api("gm").get(f"/equipment/{id}").json["data"]
    listed = api("gm").get("/equipment").json["data"][0]

    assert data["state"] == "installed"
    assert data["transitions"] == [
        {"name": "start", "label": "Put into service", "target": "in_service", "blocked": None},
        {
            "name": "retire",
            "label": "Retire",
            "target": "retired",
            "blocked": "A check of this machine is still planned.",
        },
    ]
    assert data["waiting"] == []
    assert [t["name"] for t in api("sales").get(f"/equipment/{id}").json["data"]["transitions"]] == ["start"]
    assert "transitions" not in listed


def test_an_action_makes_the_transition(api: Api, make_machine: MakeMachine) -> None:
    id = make_machine()

    answer = api("sales").post(f"/equipment/{id}/actions/start", {})

    data = answer.json["data"]
    assert (answer.status_code, data["state"]) == (200, "in_service")
    assert data["number"].endswith("-0001")
    assert [t["name"] for t in data["transitions"]] == ["stop"]


def test_what_is_refused_has_a_code(cast: Cast, api: Api, make_machine: MakeMachine) -> None:
    client, gm = api("sales"), api("gm")
    id, bare = make_machine(), make_machine(serial=None)
    client.post(f"/equipment/{id}/actions/start", {})

    again = client.post(f"/equipment/{id}/actions/start", {})
    missing = client.post(f"/equipment/{bare}/actions/start", {})
    argument = gm.post(f"/equipment/{id}/actions/retire", {})
    forbidden = client.post(f"/equipment/{id}/actions/retire", {"reason": "x"})

    assert error(again) == (409, "wrong_state")
    assert error(missing) == (422, "invalid")
    assert missing.json["error"]["fields"] == {"serial": ["Please fill in this field."]}
    assert argument.json["error"]["fields"].keys() == {"reason"}
    assert error(forbidden) == (403, "forbidden")


def test_the_state_is_not_written_by_hand(api: Api, make_machine: MakeMachine) -> None:
    client, id = api("gm"), make_machine()

    changed = client.patch(f"/equipment/{id}", {"state": "retired"})
    same = client.patch(f"/equipment/{id}", {"state": "installed", "name": "X2"})

    assert error(changed) == (422, "invalid")
    assert changed.json["error"]["fields"] == {"state": ["You may not change this field."]}
    assert same.json["data"]["name"] == "X2"


def test_a_locked_record_is_a_conflict(cast: Cast, api: Api, make_machine: MakeMachine) -> None:
    client, id = api("gm"), make_machine()
    client.post(f"/equipment/{id}/actions/retire", {"reason": "old"})

    assert error(client.patch(f"/equipment/{id}", {"name": "X2"})) == (409, "locked")
    assert error(client.call("DELETE", f"/equipment/{id}")) == (409, "locked")
    assert error(client.post("/equipment_check", {"equipment_id": id, "due_on": "2026-12-01"})) == (409, "locked")
    assert client.patch(f"/equipment/{id}", {"note": "scrap"}).status_code == 200


def test_what_waits_is_told(site: Site, api: Api, make_machine: MakeMachine) -> None:
    id = make_machine()

    def transition_requested(env: Env, record: Any, transition: Transition, arguments: Any) -> Pending:
        return Pending("approval:7")

    install(site, "approvals", transition_requested)
    data = api("sales").post(f"/equipment/{id}/actions/start", {}).json["data"]

    assert data["state"] == "installed"
    assert data["transitions"] == []
    assert [(w["id"], w["transition"]) for w in data["waiting"]] == [("approval:7", "start")]


def test_openapi_lists_the_transitions_with_their_arguments(api: Api) -> None:
    document = api("gm").get("/openapi.json").json

    paths, record = document["paths"], document["components"]["schemas"]["equipment"]
    retire = paths["/equipment/{id}/actions/retire"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    named = document["components"]["schemas"][retire["$ref"].rsplit("/", 1)[1]]
    assert named["required"] == ["reason"]
    assert "/equipment/{id}/actions/start" in paths
    assert record["properties"]["state"]["enum"][:3] == ["installed", "in_service", "retired"]
    assert record["properties"]["state"]["readOnly"] is True
    assert record["properties"]["transitions"]["items"]["required"] == ["name", "label", "target", "blocked"]


@pytest.mark.parametrize("outsider", ["sales2", "accountant"])
def test_who_may_not_see_it_moves_nothing(api: Api, make_machine: MakeMachine, outsider: str) -> None:
    assert api(outsider).post(f"/equipment/{make_machine()}/actions/start", {}).status_code == 404
