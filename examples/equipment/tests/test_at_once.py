"""Several people at the same machine at the same moment: one wins, the others are told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, select, update

from addons.equipment.models import Equipment, EquipmentCheck
from addons.equipment.tests.conftest import MakeMachine
from core.api import AppError, Env, Pending, Transition
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from core.workflow.engine import Workflows
from tests.core.addons.hooking import install

PEOPLE = 4


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of several threads got, the code of an error where it was refused."""
    barrier = Barrier(PEOPLE)

    def run(place: int) -> Any:
        barrier.wait(10)
        try:
            return act(place)
        except AppError as error:
            return error.code

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(run, range(PEOPLE)))


def entries(site: Site, id: int, action: str) -> int:
    with site.system("look", write=False) as env:
        wanted = (Change.model == "equipment", Change.record_id == id, Change.action == action)
        return len(env.session.scalars(select(Change).where(*wanted)).all())


def test_one_of_several_makes_the_transition(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    def start(place: int) -> str:
        with cast.env("sales") as env:
            return env.workflow.perform(env.get(Equipment, id), "start").state

    assert sorted(at_once(start)) == ["in_service", "wrong_state", "wrong_state", "wrong_state"]
    assert entries(site, id, "start") == 1


@pytest.mark.parametrize("way", ["page", "api", "board"])
def test_a_change_between_reading_and_locking_is_noticed(
    way: str,
    site: Site,
    make_machine: MakeMachine,
    visit: Callable[[str], Visitor],
    api: Callable[[str], ApiClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id, perform = make_machine(), Workflows.perform

    def overtaken(self: Workflows, record: Any, name: str, /, **given: Any) -> Any:
        table = Equipment.__table__
        somebody_s = update(table).where(table.c.id == id).values(version=table.c.version + 1)
        self.env.connection_of_core.execute(somebody_s)
        return perform(self, record, name, **given)

    monkeypatch.setattr(Workflows, "perform", overtaken)

    if way == "page":
        answer = visit("sales").post(f"/equipment/{id}/actions/start?version=1", {})
    elif way == "api":
        answer = api("sales").post(f"/equipment/{id}/actions/start", {"version": 1})
    else:
        moved = {"id": id, "was": "installed", "to": "in_service", "confirmed": "1"}
        answer = visit("sales").post("/equipment/board/move", moved)

    with site.system("look", write=False) as env:
        assert env.session.get_one(Equipment, id).state == "installed"
    assert answer.status_code == (303 if way == "page" else 409)
    assert entries(site, id, "start") == 0


def test_one_of_several_resumes(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    def transition_requested(env: Env, record: Any, transition: Transition, arguments: Any) -> Pending:
        return Pending("approval:1")

    install(site, "approvals", transition_requested)
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Equipment, id), "start")

    def resume(place: int) -> str:
        with cast.env("manager") as env:
            if place == 0:
                env.workflow.cancel("approval:1")
                return "cancelled"
            return env.workflow.resume("approval:1").state

    found = at_once(resume)
    assert found.count("not_waiting") == PEOPLE - 1
    assert entries(site, id, "start") + entries(site, id, "transition_withdrawn") == 1


def test_numbers_given_at_once_have_neither_gap_nor_duplicate(
    site: Site, cast: Cast, make_machine: MakeMachine
) -> None:
    ids = [make_machine(name=f"M{place}") for place in range(PEOPLE * 3)]

    def start(place: int) -> None:
        for id in ids[place::PEOPLE]:
            with cast.env("sales") as env:
                env.workflow.perform(env.get(Equipment, id), "start")

    assert at_once(start) == [None] * PEOPLE
    with site.system("look", write=False) as env:
        numbers = sorted(env.session.scalars(select(Equipment.number)))
    assert [number[-4:] for number in numbers] == [f"{place:04}" for place in range(1, len(ids) + 1)]


def test_a_child_comes_before_the_lock_or_not_at_all(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    def act(place: int) -> str:
        with cast.env("gm") as env:
            if place == 0:
                return env.workflow.perform(env.get(Equipment, id), "retire", reason="old").state
            return str(
                env.records(EquipmentCheck).create({"equipment_id": id, "due_on": env.today, "result": "passed"})
            )

    found = at_once(act)
    with site.system("look", write=False) as env:
        checks = len(env.session.scalars(select(EquipmentCheck)).all())
    assert found[0] == "retired"
    assert found.count("locked") == PEOPLE - 1 - checks


def test_many_who_move_the_same_machines_do_not_wait_in_a_circle(
    site: Site, cast: Cast, make_machine: MakeMachine
) -> None:
    from core.pages.actions import action_of, perform

    ids = [make_machine(name=f"M{place}") for place in range(6)]

    def start(place: int) -> int:
        with cast.env("sales") as env:
            wanted = ids if place % 2 else ids[::-1]
            return len(perform(env, action_of(env, Equipment, "start"), wanted, {}).done)

    assert sorted(at_once(start)) == [0] * (PEOPLE - 1) + [len(ids)]


@pytest.mark.parametrize("many", [False, True])
def test_the_customer_is_locked_before_the_machine(
    many: bool, site: Site, cast: Cast, make_machine: MakeMachine
) -> None:
    id, said = make_machine(), []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(" ".join(statement.split()))

    with cast.env("sales") as env:
        record = env.get(Equipment, id)
        event.listen(site.engine, "before_cursor_execute", note)
        try:
            if many:
                env.workflow.hold(Equipment, [id])
            else:
                env.workflow.perform(record, "start")
        finally:
            event.remove(site.engine, "before_cursor_execute", note)

    asked = [statement for statement in said if statement.startswith("SELECT")]
    assert "FROM customer WHERE" in asked[0]
    assert ("FOR NO KEY UPDATE" in asked[0]) == (site.engine.dialect.name == "postgresql")
    assert "FROM equipment WHERE" in asked[1]


def test_assigning_the_customer_and_moving_its_machines_do_not_wait_in_a_circle(
    site: Site, cast: Cast, make_machine: MakeMachine
) -> None:
    from addons.customer.models import Customer

    ids = [make_machine(name=f"M{place}") for place in range(4)]
    with site.system("look", write=False) as env:
        customers = [env.session.get_one(Equipment, id).customer_id for id in ids]

    def act(place: int) -> str:
        for id, customer in zip(ids, customers, strict=True):
            with cast.env("gm") as env:
                if place % 2:
                    record = env.get(Customer, customer)
                    env.records(Customer).assign(record, to=cast.manager if place == 1 else cast.sales2)
                else:
                    env.records(EquipmentCheck).create({"equipment_id": id, "due_on": env.today})
                    env.workflow.perform(env.get(Equipment, id), "start" if place else "stop")
        return "done"

    found = at_once(act)

    assert found[1] == found[3] == "done"
