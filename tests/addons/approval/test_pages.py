"""Deciding and making flows in the browser and by the API."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from addons.approval.models import ApprovalFlow, ApprovalRequest
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.addons.approval.conftest import MakeFlow, MakeQuote


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_a_signer_decides_on_the_list_and_by_the_api(
    site: Site,
    cast: Cast,
    make_quote: MakeQuote,
    make_flow: MakeFlow,
    visit: Callable[[str], Visitor],
    api: Callable[[str], ApiClient],
) -> None:
    make_flow("manager")
    ids = [make_quote(name=f"報價 {number}") for number in range(3)]
    with site.system("look", write=False) as env:
        requests = env.session.scalars(select(ApprovalRequest.id).order_by(ApprovalRequest.id)).all()

    assert "報價 2" in visit("manager").get("/approval").text
    assert "報價 2" not in visit("gm").get("/approval").text
    visit("manager").post("/approval/decide", {"one": str(requests[0])})
    decided = api("manager").post(f"/quote/{ids[1]}/actions/approve", {})
    asked = api("manager").post(f"/approval_request/{requests[2]}/actions/reject", {"opinion": "no"})
    hidden = api("accountant").get(f"/approval_request/{requests[2]}")

    assert (decided.status_code, asked.status_code, hidden.status_code) == (200, 200, 404)
    states = [api("manager").get(f"/quote/{id}").json["data"]["state"] for id in ids]
    assert states == ["approved", "approved", "draft"]
    assert "no" in visit("manager").get(f"/quote/{ids[2]}").text


def test_an_administrator_makes_a_flow(cast: Cast, visit: Callable[[str], Visitor]) -> None:
    sent = {"for": "quote.approve", "name": "折扣", "position": "3", "is_active": "on", "count": "1", "do": "save"}
    step = {"who-0": "users", "users-0": str(cast.gm), "how-0": "any", "days-0": "2"}
    address = "/approval_flow/editor?for=quote.approve"

    empty = visit("admin").post(address, sent | step | {"conditions": "nothing:is:1"})
    visit("admin").post(address, sent | step | {"conditions": "highest_discount:gt:15"})

    assert empty.status_code == 422
    assert visit("sales").get(address).status_code == 403
    with cast.env("admin", write=False) as env:
        flow = env.session.scalars(select(ApprovalFlow)).one()
        assert (flow.name, flow.conditions, flow.steps[0]["users"]) == ("折扣", ["highest_discount:gt:15"], [cast.gm])
        id = flow.id
    assert visit("admin").get(f"/approval_flow/{id}/editor").status_code == 200
