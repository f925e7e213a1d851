"""The pages of machines: where one stands, what may be done now, what a state keeps as it is."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from addons.equipment.models import Equipment, EquipmentCheck
from addons.equipment.tests.conftest import MakeMachine
from core.api import Env, Pending, Transition
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.addons.hooking import install

Visit = Callable[[str], Visitor]


def text_of(visitor: Visitor, url: str) -> str:
    return visitor.get(url).get_data(as_text=True)


def state(site: Site, id: int) -> str:
    with site.system("look", write=False) as env:
        return env.session.get_one(Equipment, id).state


def buttons(html: str) -> list[str]:
    row = re.search(r'class="stage-actions".*?</div>', html, re.S)
    return re.findall(r"</svg><span>([^<]+)</span>", row[0]) if row else []


def test_the_page_shows_the_steps_and_what_may_be_done_now(visit: Visit, make_machine: MakeMachine) -> None:
    id = make_machine()

    sales, gm = text_of(visit("sales"), f"/equipment/{id}"), text_of(visit("gm"), f"/equipment/{id}")

    assert 'class="step step-current" aria-current="step"><span>Installed' in sales
    assert '<span>In service</span><span class="visually-hidden">, possible next' in sales
    assert buttons(sales) == ["Put into service"]
    assert buttons(gm) == ["Put into service", "Retire"]


def test_a_button_makes_the_transition_and_the_timeline_tells(
    site: Site, visit: Visit, make_machine: MakeMachine
) -> None:
    id, visitor = make_machine(), visit("sales")

    answer = visitor.post(f"/equipment/{id}/actions/start?version=1")

    page = text_of(visitor, f"/equipment/{id}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/equipment/{id}")
    assert state(site, id) == "in_service"
    assert "Put into service</span>" in page
    assert 'pill-accent">Installed</span></span>' in page
    assert 'pill-positive">In service</span></span>' in page


def test_who_saw_an_older_version_is_told(site: Site, cast: Cast, visit: Visit, make_machine: MakeMachine) -> None:
    id, visitor = make_machine(), visit("sales")
    with cast.env("sales") as env:
        env.records(Equipment).update(env.get(Equipment, id), {"name": "X2"})

    visitor.post(f"/equipment/{id}/actions/start?version=1")

    assert state(site, id) == "installed"
    assert "Somebody else changed this record" in text_of(visitor, f"/equipment/{id}")


def test_what_is_missing_is_asked_for_in_the_form(site: Site, visit: Visit, make_machine: MakeMachine) -> None:
    id, visitor = make_machine(serial=None), visit("sales")

    answer = visitor.post(f"/equipment/{id}/actions/start?version=1")
    form = text_of(visitor, answer.headers["Location"])

    assert answer.headers["Location"] == f"/equipment/{id}/edit?for=start"
    assert '<a href="#f-serial">Serial number: Please fill in this field.</a>' in form
    assert state(site, id) == "installed"


def test_what_a_guard_blocks_is_shown_with_the_reason(cast: Cast, visit: Visit, make_machine: MakeMachine) -> None:
    id = make_machine()
    with cast.env("sales") as env:
        env.records(EquipmentCheck).create({"equipment_id": id, "due_on": env.today})

    page = text_of(visit("gm"), f"/equipment/{id}")

    assert 'aria-disabled="true" aria-describedby="why-retire"' in page
    assert '<span id="why-retire" class="visually-hidden">A check of this machine is still planned.</span>' in page


def test_a_dialog_asks_for_the_reason(site: Site, visit: Visit, make_machine: MakeMachine) -> None:
    id, visitor = make_machine(), visit("gm")
    url = f"/equipment/{id}/actions/retire?version=1"

    dialog = text_of(visitor, url)
    empty = visitor.post(url, {"reason": ""}, **{"HX-Request": "true"})
    done = visitor.post(url, {"reason": "worn out"}, **{"HX-Request": "true"})

    assert f'action="{url}"' in dialog
    assert (empty.status_code, done.status_code) == (422, 204)
    assert state(site, id) == "retired"
    assert "worn out" in text_of(visitor, f"/equipment/{id}")


@pytest.fixture
def retired(cast: Cast, make_machine: MakeMachine) -> int:
    id = make_machine()
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", reason="old")
    return id


def test_a_locked_record_opens_read_only_with_the_reason(visit: Visit, retired: int) -> None:
    visitor = visit("gm")

    page, form = text_of(visitor, f"/equipment/{retired}"), text_of(visitor, f"/equipment/{retired}/edit")

    assert "This record is “Retired” and cannot be changed any more." in page
    assert f"/equipment/{retired}/field/serial" not in page
    assert f"/equipment/{retired}/field/note" in page
    assert "This record is “Retired” and cannot be changed any more." in form
    assert 'name="serial"' not in form
    assert 'name="note"' in form


def test_a_locked_record_has_no_pencils_in_lists(visit: Visit, retired: int) -> None:
    assert f"/equipment/{retired}/cell/" not in text_of(visit("gm"), "/equipment")


def test_an_inline_edit_of_a_locked_record_says_why(visit: Visit, retired: int) -> None:
    answer = visit("gm").post(f"/equipment/{retired}/cell/serial", {"serial": "S-2", "version": "2"})

    assert answer.status_code == 422
    assert "cannot be changed any more" in answer.get_data(as_text=True)


def test_many_at_once_tells_which_failed_and_why(
    site: Site, cast: Cast, visit: Visit, make_machine: MakeMachine
) -> None:
    first, second = make_machine(), make_machine(serial=None)
    visitor = visit("gm")

    visitor.post("/equipment/bulk/start", {"ids": f"{first}|{second}"})

    page = text_of(visitor, "/equipment")
    assert (state(site, first), state(site, second)) == ("in_service", "installed")
    assert "Not done for 1 record: X1: Serial number: Please fill in this field." in page


def test_what_waits_is_shown_and_can_be_withdrawn(site: Site, visit: Visit, make_machine: MakeMachine) -> None:
    id = make_machine()

    def transition_requested(env: Env, record: Any, transition: Transition, arguments: Any) -> Pending:
        return Pending("signing:7", url="/approval/7")

    install(site, "approvals", transition_requested)
    visitor = visit("sales")
    visitor.post(f"/equipment/{id}/actions/start?version=1")
    page = text_of(visitor, f"/equipment/{id}")
    others = text_of(visit("gm"), f"/equipment/{id}")
    visitor.post(f"/equipment/{id}/actions/withdraw", {"reason": "not yet"})

    assert "“Put into service” is waiting for approval, asked for by 林怡君." in page
    assert 'href="/approval/7"' in page
    assert buttons(page) == ["Withdraw the request"]
    assert buttons(others) == ["Withdraw the request"]
    assert buttons(text_of(visitor, f"/equipment/{id}")) == ["Put into service"]
    assert "“Put into service” has been withdrawn" in text_of(visitor, f"/equipment/{id}")
    assert state(site, id) == "installed"
