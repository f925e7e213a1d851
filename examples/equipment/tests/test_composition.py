"""What another addon adds to the machines' workflow, while it is on and while it is off."""

from types import ModuleType

import pytest

from addons.equipment.models import Equipment
from addons.equipment.tests.conftest import MakeMachine
from core.access.models import User
from core.api import Env, NotFound, State, Text, Transition, TransitionRefused, Workflow, WorkflowPart, describe
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import addon, switch

LENT = State("lent", Text("Lent"), tone="warning", aside=True)
LEND = Transition("lend", Text("Lend"), source=("installed",), target="lent")


@pytest.fixture
def lending(site: Site) -> Site:
    """The site with an addon that lends machines, but not heavy ones."""

    def not_heavy(env: Env, record: Equipment) -> Text | None:
        return Text("Too heavy.") if record.name == "heavy" else None

    def note(env: Env, record: Equipment) -> None:
        record.note = "lent"

    registry = site.registry
    made = addon("lending", like=registry.addons[0], depends=["equipment"])
    module = ModuleType("lending.workflow")
    part = WorkflowPart(
        Equipment,
        states=[LENT],
        transitions=[LEND],
        guards={"lend": not_heavy, "start": not_heavy},
        effects={"lend": note},
        locked=["lent"],
    )
    module.WORKFLOWS = [part]  # type: ignore[attr-defined]
    made.modules["workflow"] = module
    site.registry = type(registry)([*registry.addons, made])
    site._cache.clear()
    return site


def test_a_state_and_a_transition_of_another_addon(lending: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    with cast.env("sales") as env:
        record = env.get(Equipment, id)
        done = env.workflow.perform(record, "lend")
        lock = env.workflow.lock(record)

        assert (done.state, record.state, record.note) == ("lent", "lent", "lent")
        assert str(lock) == "This record is “Lent” and cannot be changed any more."


def test_a_guard_of_another_addon_holds_beside_the_own(lending: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine(name="heavy")

    for transition in ("lend", "start"):
        with pytest.raises(TransitionRefused, match="Too heavy"), cast.env("sales") as env:
            env.workflow.perform(env.get(Equipment, id), transition)


def test_the_state_of_an_addon_that_is_off_keeps_its_name_and_locks(
    lending: Site, cast: Cast, make_machine: MakeMachine
) -> None:
    id = make_machine()
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Equipment, id), "lend")

    switch(lending, "lending", on=False)

    with cast.env("sales") as env:
        record = env.get(Equipment, id)
        assert env.workflow.leaving(record) == []
        assert env.workflow.lock(record) is not None
        assert str((describe(Equipment).fields["state"].options or {})["lent"]) == "Lent"
        with pytest.raises(NotFound):
            env.workflow.perform(record, "lend")


def test_a_part_for_a_model_without_states_is_refused() -> None:
    with pytest.raises(ValueError, match="User has no workflow"):
        WorkflowPart(User, states=[LENT])


def test_a_workflow_with_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="no state sold"):
        Workflow("state", states=[LENT], transitions=[Transition("x", Text("X"), source=["lent"], target="sold")])


def test_a_transition_may_not_take_the_name_of_what_every_record_has() -> None:
    with pytest.raises(ValueError, match="another name"):
        Transition("delete", Text("Delete"), source=["lent"], target="lent")
