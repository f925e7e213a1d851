"""Merging on a page and through the API: what differs, what stays hidden, who may, and two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor

from .conftest import restrict

Visit = Callable[[str], Visitor]
Api = Callable[[str], ApiClient]


@pytest.fixture
def twins(cast: Cast) -> tuple[int, int]:
    """Two customers of sales that are one, the second with a contact."""
    with cast.env("sales") as env:
        kept = env.records(Customer).create({"name": "台榮精密", "level": "A"}).id
        other = env.records(Customer).create({"name": "台榮精密機械", "phone": "0223456789", "note": "舊檔"}).id
        env.records(Contact).create({"name": "王小明", "customer_id": other})
    return kept, other


def address(*ids: int) -> str:
    return f"/customer/merge?ids={'|'.join(map(str, ids))}"


def wish(kept: int, *others: int, version: int = 1, **values: int) -> dict[str, str]:
    versions = {f"version-{id}": str(version) for id in (kept, *others)}
    return {"survivor": str(kept)} | versions | {f"value-{name}": str(id) for name, id in values.items()}


def options(html: str, name: str) -> dict[int, bool]:
    """Record → whether its value is chosen, of one field on the page."""
    found = re.findall(rf'<input type="radio" name="{name}" value="(\d+)"[^>]*?( checked)?>', html)
    return {int(id): bool(checked) for id, checked in found}


def test_list_offers_it_to_those_who_may(cast: Cast, twins: tuple[int, int], visit: Visit) -> None:
    offered = {who: "/customer/bulk/merge" in visit(who).get("/customer").text for who in ("gm", "manager", "sales")}

    assert offered == {"gm": True, "manager": True, "sales": False}


def test_chosen_rows_lead_to_the_page(twins: tuple[int, int], visit: Visit) -> None:
    visitor = visit("gm")

    many = visitor.post("/customer/bulk/merge", {"ids": "|".join(map(str, twins))})
    one = visitor.post("/customer/bulk/merge", {"ids": str(twins[0])})

    assert unquote(many.headers["Location"]) == address(*twins)
    assert one.headers["Location"] == "/customer"
    assert "Choose two to 5 different records." in visitor.get("/customer").text


def test_page_shows_what_differs_and_prefers_what_is_filled_in(twins: tuple[int, int], visit: Visit) -> None:
    kept, other = twins

    html = visit("gm").get(address(*twins)).text

    assert options(html, "survivor") == {kept: True, other: False}
    assert options(html, "value-name") == {kept: True, other: False}
    assert options(html, "value-phone") == {kept: False, other: True}
    assert options(html, "value-status") == {}
    assert options(html, "value-number") == {}
    assert "Contacts <span" in html


def test_the_chosen_values_are_taken_and_it_can_be_undone(cast: Cast, twins: tuple[int, int], visit: Visit) -> None:
    kept, other = twins
    visitor = visit("gm")

    answer = visitor.post(address(*twins), wish(kept, other, name=other, phone=other, note=kept))

    assert answer.headers["Location"] == f"/customer/{kept}"
    html = visitor.get(f"/customer/{kept}").text
    undo = re.findall(r"/undo/merge/\d+", html)
    with cast.env("gm", write=False) as env:
        customer = env.get(Customer, kept)
        assert (customer.name, customer.phone, customer.note, customer.level) == (
            "台榮精密機械",
            "0223456789",
            None,
            "A",
        )
        assert env.session.scalars(select(Contact.customer_id)).all() == [kept]
    # Once in the toast, once at the entry of the history.
    assert len(undo) == 2
    visitor.post(undo[0])
    assert "/undo/merge/" not in visitor.get(f"/customer/{kept}").text
    with cast.env("gm", write=False) as env:
        assert env.get(Customer, kept).name == "台榮精密"
        assert env.get(Customer, other).phone == "0223456789"


def test_hidden_fields_stay_as_they_are(site: Site, cast: Cast, twins: tuple[int, int], visit: Visit) -> None:
    kept, other = twins
    for field, level in (("phone", "hidden"), ("note", "masked"), ("level", "read")):
        restrict(site, "manager", "customer", field, level)
    visitor = visit("manager")

    html = visitor.get(address(*twins)).text
    visitor.post(address(*twins), wish(kept, other, phone=other, note=other, level=other))

    assert "0223456789" not in html
    assert "舊檔" not in html
    assert options(html, "value-level") == {}
    with cast.env("gm", write=False) as env:
        customer = env.get(Customer, kept)
        assert (customer.phone, customer.note, customer.level) == (None, None, "A")


def test_records_out_of_reach_look_like_none(cast: Cast, twins: tuple[int, int], visit: Visit) -> None:
    with cast.env("sales2") as env:
        theirs = env.records(Customer).create({"name": "南部機密"}).id
    visitor = visit("manager")

    found = visitor.get(address(twins[0], theirs)), visitor.get(address(twins[0], 99999))
    sent = visitor.post(address(twins[0], theirs), wish(twins[0], theirs))

    assert [answer.status_code for answer in found] == [404, 404]
    assert "南部機密" not in found[0].text
    assert sent.headers["Location"] == "/customer"
    assert visit("sales").get(address(*twins)).status_code == 404
    with cast.env("gm", write=False) as env:
        assert env.get(Customer, theirs).name == "南部機密"


def test_one_who_saw_something_else_is_told(cast: Cast, twins: tuple[int, int], visit: Visit) -> None:
    kept, other = twins
    visitor = visit("gm")
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, other), {"phone": "0299998888"})

    answer = visitor.post(address(*twins), wish(kept, other, phone=other))

    assert answer.status_code == 409
    assert "台榮精密機械 has been changed by somebody else." in answer.text
    assert "0299998888" in answer.text.replace("-", "")
    with cast.env("gm", write=False) as env:
        assert env.get(Customer, kept).phone is None


def test_the_second_of_two_who_merge_the_same_is_told(cast: Cast, twins: tuple[int, int], visit: Visit) -> None:
    kept, other = twins
    first, second = visit("gm"), visit("manager")
    first.post(address(*twins), wish(kept, other))

    answer = second.post(address(*twins), wish(other, kept))

    assert answer.headers["Location"] == "/customer"
    assert "One of these records is not there any more." in second.get("/customer").text
    with cast.env("gm", write=False) as env:
        assert env.get(Customer, kept).name == "台榮精密"


def test_what_the_service_refuses_stands_on_the_page(cast: Cast, twins: tuple[int, int], visit: Visit) -> None:
    kept, other = twins
    with cast.env("gm") as env:
        env.records(Customer).update(env.get(Customer, other), {"parent_id": kept})

    answer = visit("gm").post(address(*twins), wish(kept, other, parent_id=other) | {f"version-{other}": "2"})

    assert answer.status_code == 422
    assert "This customer cannot be part of its own group." in answer.text
    with cast.env("gm", write=False) as env:
        assert env.get(Customer, other).name == "台榮精密機械"


def test_api_merges_and_undoes(cast: Cast, twins: tuple[int, int], api: Api) -> None:
    kept, other = twins
    client = api("gm")
    body = {"others": [other], "values": {"phone": "0223456789"}, "versions": {str(kept): 1, str(other): 1}}

    merged = client.post(f"/customer/{kept}/actions/merge", body)

    assert merged.status_code == 200
    assert merged.json is not None
    assert merged.json["data"]["phone"] == "0223456789"
    assert client.get(f"/customer/{other}").status_code == 404
    undone = client.post(f"/customer/{kept}/actions/unmerge", {"merge": merged.json["merge"]})
    assert undone.status_code == 200
    assert client.get(f"/customer/{other}").status_code == 200


def test_api_refuses_what_is_not_right(twins: tuple[int, int], api: Api) -> None:
    kept, other = twins
    url = f"/customer/{kept}/actions/merge"

    answers = [
        api("gm").post(url, {"others": [other], "versions": {str(other): 7}}),
        api("gm").post(url, {"others": [other], "versions": {"9" * 5000: 1}}),
        api("gm").post(url, {"others": "x", "more": 1}),
        api("gm").post(url, {"others": []}),
        api("gm").post(url, {"others": [99999]}),
        api("sales").post(url, {"others": [other]}),
        api("gm").post(f"/customer/{kept}/actions/unmerge", {"merge": 1}),
    ]

    assert [answer.status_code for answer in answers] == [409, 422, 422, 422, 404, 404, 404]
