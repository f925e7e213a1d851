"""The same request twice is done once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from core import clock
from core.rest.jobs import purge
from core.site import Site
from core.testing.web import ApiClient

Api = Callable[[str], ApiClient]
KEY = {"Idempotency-Key": "order-4711"}
BODY = {"name": "台榮精密機械"}


def count(client: ApiClient) -> int:
    answer = client.get("/customer").json
    assert answer is not None
    return int(answer["page"]["count"])


def test_a_repetition_gets_the_first_answer(api: Api) -> None:
    client = api("sales")

    first, again = client.post("/customer", BODY, **KEY), client.post("/customer", BODY, **KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert (again.headers["Location"], again.headers["ETag"]) == (first.headers["Location"], '"1"')
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert count(client) == 1


def test_the_same_key_with_another_request_is_refused(api: Api) -> None:
    client = api("sales")
    client.post("/customer", BODY, **KEY)

    answer = client.post("/customer", {"name": "別家"}, **KEY)

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["code"] == "idempotency_key_reused"
    assert count(client) == 1


def test_a_key_belongs_to_its_user(api: Api) -> None:
    api("sales").post("/customer", BODY, **KEY)

    assert "Idempotency-Replayed" not in api("sales2").post("/customer", {"name": "別家"}, **KEY).headers


def test_a_failed_request_may_be_repeated_with_the_same_key(api: Api) -> None:
    client = api("sales")

    assert client.post("/customer", {}, **KEY).status_code == 422
    assert client.post("/customer", BODY, **KEY).status_code == 201


def test_a_deletion_is_repeated_too(api: Api) -> None:
    client = api("manager")
    client.post("/customer", BODY)

    first, again = (client.call("DELETE", "/customer/1", **KEY) for _ in range(2))

    assert (first.status_code, again.status_code) == (204, 204)
    assert again.headers["X-Deletion"] == first.headers["X-Deletion"]


def test_two_at_the_same_time_make_one_record(api: Api) -> None:
    clients = [api("sales") for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: client.post("/customer", BODY, **KEY), clients))

    assert [a.status_code for a in answers] == [201] * 4
    assert len({a.headers["Location"] for a in answers}) == 1
    assert count(clients[0]) == 1


def test_a_key_has_a_form(api: Api) -> None:
    client = api("sales")

    for wrong in ("", "a b", "x" * 201):
        assert client.post("/customer", BODY, **{"Idempotency-Key": wrong}).status_code == 400, wrong
    assert count(client) == 0


def test_after_a_day_a_key_is_forgotten(api: Api, site: Site) -> None:
    client = api("sales")
    client.post("/customer", BODY, **KEY)

    with clock.frozen(clock.now() + timedelta(hours=25)), site.system("purge") as env:
        purge(env)

    assert "Idempotency-Replayed" not in client.post("/customer", {"name": "別家"}, **KEY).headers
