"""Deciding and making flows in the browser and by the API."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from addons.approval.models import ApprovalFlow, ApprovalRequest
from addons.sales.models import Quote
from core.access.models import Grant
from core.api import Role
from core.orm.versions import bump
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


def revoke(site: Site, preset: str, model: str) -> None:
    """The role loses every grant on the model."""
    with site.system("a grant is taken away") as env:
        role = env.session.scalar(select(Role.id).where(Role.preset == preset))
        env.session.execute(delete(Grant).where(Grant.model == model, Grant.role_id == role))
        bump(env.connection_of_core, "organisation")


def requests_of(site: Site) -> list[int]:
    with site.system("look", write=False) as env:
        return list(env.session.scalars(select(ApprovalRequest.id).order_by(ApprovalRequest.id)))


def versions(site: Site, ids: list[int]) -> list[int]:
    with site.system("look", write=False) as env:
        return [env.session.get_one(Quote, id).version for id in ids]


def state_of(site: Site, id: int) -> str:
    with site.system("look", write=False) as env:
        return env.session.get_one(Quote, id).state


def test_deciding_takes_no_grant_on_requests(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow, visit: Callable[[str], Visitor]
) -> None:
    make_flow("manager")
    first, second = make_quote(name="first"), make_quote(name="second")
    requests = requests_of(site)
    revoke(site, "manager", "approval_request")
    manager = visit("manager")

    assert f"/approval/{requests[0]}/approve?step=0&amp;version=" in manager.get(f"/quote/{first}").text
    assert manager.get(f"/approval/{requests[0]}/reject").status_code == 200
    manager.post(f"/approval/{requests[0]}/approve", {})
    manager.post("/approval/decide", {"one": f"{requests[1]}.0"})

    assert [state_of(site, id) for id in (first, second)] == ["approved", "approved"]
    assert visit("sales2").get(f"/approval/{requests[0]}").status_code == 404
    assert visit("sales2").post(f"/approval/{requests[0]}/approve", {}).status_code == 404


def test_who_may_not_open_the_document_sees_an_outline(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow, visit: Callable[[str], Visitor]
) -> None:
    make_flow("manager", name="Big ones")
    id = make_quote(name="Secret offer")
    request = requests_of(site)[0]
    revoke(site, "manager", "quote")

    page = visit("manager").get(f"/approval/{request}")
    manager = visit("manager")
    manager.post(f"/approval/{request}/approve", {})
    tried = manager.get(f"/approval/{request}")

    assert page.status_code == 200
    assert "Big ones" in page.text
    assert "You may not open the document itself." in page.text
    assert "Secret offer" not in page.text
    assert f"/approval/{request}/delegate" in page.text
    assert f"/approval/{request}/approve" not in page.text
    assert "you cannot decide on it" in tried.text
    assert state_of(site, id) == "submitted"


def test_of_many_decisions_those_that_are_refused_stop_none_of_the_others(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow, visit: Callable[[str], Visitor]
) -> None:
    make_flow("manager")
    ids = [make_quote(name=name) for name in ("fine", "withdrawn", "changed", "also fine")]
    requests, manager = requests_of(site), visit("manager")
    seen = [f"{request}.0.{version}" for request, version in zip(requests, versions(site, ids), strict=True)]
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Quote, ids[1]), "recall")
    with site.system("somebody changes it") as env:
        env.session.get_one(Quote, ids[2]).note = "changed"

    manager.post("/approval/decide", {"id": seen, "do": "approve"})
    page = manager.get("/approval").text

    assert [state_of(site, id) for id in ids] == ["approved", "draft", "submitted", "approved"]
    assert "Decided on 2 documents" in page
    assert "has withdrawn this in the meantime" in page
    assert "changed: Somebody else changed this record in the meantime." in page


def test_pressing_twice_is_no_error(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow, visit: Callable[[str], Visitor]
) -> None:
    make_flow("manager", "manager")
    id, manager = make_quote(), visit("manager")
    (request,) = requests_of(site)

    for _press in range(2):
        manager.post(f"/approval/{request}/approve?step=0", {})
    page = manager.get("/approval").text

    assert "You have decided on this already." in page
    assert "toast-negative" not in page
    assert state_of(site, id) == "submitted"
    manager.post(f"/approval/{request}/approve?step=1", {})
    assert state_of(site, id) == "approved"


def test_the_page_says_once_whom_it_waits_for_and_before_whom_it_will(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow, visit: Callable[[str], Visitor]
) -> None:
    make_flow("gm", name="Big ones")
    id = make_quote(submits=False)

    before = visit("sales").get(f"/quote/{id}").text
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Quote, id), "submit")
    after = visit("sales").get(f"/quote/{id}").text

    assert "this waits for 張淑芬 (Big ones)" in before
    assert after.count("Waiting for 張淑芬") == 1
    assert "approval:" not in after
    assert "is waiting for approval" not in after


def test_history_and_list_of_flows_are_in_words(
    site: Site, cast: Cast, make_flow: MakeFlow, visit: Callable[[str], Visitor]
) -> None:
    id = make_flow("gm", name="Big ones")
    with cast.env("admin") as env:
        changed = {"steps": [{"who": "supervisor", "days": 2}], "conditions": ["highest_discount:gt:15"]}
        env.records(ApprovalFlow).update(env.get(ApprovalFlow, id), changed)

    page, listed = visit("admin").get(f"/approval_flow/{id}").text, visit("admin").get("/approval_flow").text

    assert "1. Supervisor of who submits (All must agree, 2 days)" in page
    assert "1. 張淑芬 (All must agree)" in page
    assert "&#34;who&#34;" not in page
    assert "highest_discount:gt:15" not in page
    assert 'class="btn btn-accent" href="/approval_flow/editor"' in listed
