"""Approval of machines: its addon knows nothing of them, and they know nothing of it."""

import pytest
from sqlalchemy import select

from addons.approval.errors import OwnDocument
from addons.approval.models import ApprovalFlow, ApprovalRequest
from addons.approval.services import Approvals
from addons.equipment.models import Equipment
from addons.equipment.tests.conftest import MakeMachine
from core.api import Locked
from core.site import Site
from core.testing.cast import Cast


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def retiring(cast: Cast) -> None:
    """Whoever retires a press asks the general manager."""
    values = {
        "name": "Retiring",
        "model": "equipment",
        "transition": "retire",
        "conditions": ["name:contains:press"],
        "steps": [{"who": "users", "users": [cast.gm]}],
    }
    with cast.env("admin") as env:
        env.records(ApprovalFlow).create(values)


def in_service(cast: Cast, id: int) -> None:
    with cast.env("manager") as env:
        env.workflow.perform(env.get(Equipment, id), "start")


def test_a_machine_is_retired_once_the_general_manager_agrees(
    site: Site, cast: Cast, make_machine: MakeMachine, retiring: None
) -> None:
    press, lathe = make_machine(name="press"), make_machine(name="lathe")
    for id in (press, lathe):
        in_service(cast, id)

    with cast.env("manager") as env:
        free = env.workflow.perform(env.get(Equipment, lathe), "retire", reason="worn")
        waits = env.workflow.perform(env.get(Equipment, press), "retire", reason="broken")
    with pytest.raises(Locked), cast.env("manager") as env:
        env.records(Equipment).update(env.get(Equipment, press), {"name": "new press"})
    with pytest.raises(OwnDocument), cast.env("manager") as env:
        env.workflow.perform(env.get(Equipment, press), "retire", reason="again")
    with cast.env("gm") as env:
        done = env.workflow.perform(env.get(Equipment, press), "retire", reason="agreed")

    assert (free.state, waits.state, len(waits.waiting), done.state) == ("retired", "in_service", 1, "retired")
    with site.system("look", write=False) as env:
        # The reason is what it was asked for with, not what the decision came with.
        assert env.session.get_one(Equipment, press).note == "broken"
        assert env.session.scalars(select(ApprovalRequest.state)).all() == ["approved"]


def test_a_machine_that_is_not_to_be_retired_stays_in_service(
    site: Site, cast: Cast, make_machine: MakeMachine, retiring: None
) -> None:
    press = make_machine(name="press")
    in_service(cast, press)
    with cast.env("manager") as env:
        env.workflow.perform(env.get(Equipment, press), "retire", reason="broken")
    with site.system("look", write=False) as env:
        request = env.session.scalars(select(ApprovalRequest.id)).one()

    with cast.env("gm") as env:
        done = env.service(Approvals).reject(request, opinion="repair it")

    assert (done.state, done.waiting) == ("in_service", ())
    with site.system("look", write=False) as env:
        assert env.workflow.lock(env.session.get_one(Equipment, press)) is None
