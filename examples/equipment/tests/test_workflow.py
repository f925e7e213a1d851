"""A machine from installed over in service to retired: who, when, what has to be there, and what it locks."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from addons.equipment.models import Equipment, EquipmentCheck
from addons.equipment.tests.conftest import MakeMachine
from core.api import (
    Allow,
    Conflict,
    Deny,
    Env,
    Field,
    Forbidden,
    Invalid,
    Locked,
    NotFound,
    NotWaiting,
    Pending,
    Stale,
    Transition,
    TransitionRefused,
    Waiting,
    WrongState,
)
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import install


def look(site: Site, id: int, *names: str) -> list[Any]:
    """Fields of the machine as they are stored."""
    with site.system("look", write=False) as env:
        record = env.session.get_one(Equipment, id)
        return [getattr(record, name) for name in names]


def history(site: Site, id: int) -> list[tuple[str, str, dict[str, Any]]]:
    with site.system("look", write=False) as env:
        rows = env.session.scalars(select(Change).where(Change.model == "equipment", Change.record_id == id))
        return [(row.action, row.reason, row.changes) for row in rows]


def start(cast: Cast, id: int, by: str = "sales", **more: Any) -> Any:
    with cast.env(by) as env:
        return env.workflow.perform(env.get(Equipment, id), "start", **more)


def test_a_new_record_is_in_the_first_state(site: Site, make_machine: MakeMachine) -> None:
    assert look(site, make_machine(), "state", "number") == ["installed", None]


def test_a_transition_changes_the_state_gives_the_number_and_has_its_effect(
    site: Site, cast: Cast, make_machine: MakeMachine
) -> None:
    id = make_machine()

    done = start(cast, id)

    state, number, warranty = look(site, id, "state", "number", "warranty_until")
    assert (done.state, done.waiting, state) == ("in_service", (), "in_service")
    assert number.endswith("-0001")
    assert warranty is not None


def test_hook_next_number_is_asked_by_the_transition_and_not_before(
    site: Site, cast: Cast, make_machine: MakeMachine
) -> None:
    asked: list[tuple[str, str]] = []

    def next_number(field: Field, values: Mapping[str, Any]) -> str | None:
        asked.append((field.name, values["state"]))
        return f"M-{values['name']}" if values["name"] == "X1" else None

    install(site, "numbers", next_number)
    first, second = make_machine(), make_machine(name="X2")
    assert (asked, look(site, first, "number")) == ([], [None])

    start(cast, first)
    start(cast, second)

    assert asked == [("number", "installed"), ("number", "installed")]
    assert look(site, first, "number") == ["M-X1"]
    assert look(site, second, "number")[0].endswith("-0001")


def test_hook_next_number_that_gives_one_twice_is_a_conflict(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    def next_number(field: Field) -> str:
        return "M-1"

    first, second = make_machine(), make_machine(name="X2")
    install(site, "numbers", next_number)
    start(cast, first)

    with pytest.raises(Conflict, match="already used"):
        start(cast, second)

    assert look(site, second, "state", "number") == ["installed", None]


def test_a_transition_is_one_entry_of_the_history(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    start(cast, id)

    action, _reason, changes = history(site, id)[-1]
    assert len(history(site, id)) == 2
    assert action == "start"
    assert changes["state"] == ["installed", "in_service"]
    assert changes.keys() == {"state", "number", "warranty_until"}


def test_the_reason_goes_into_the_history_and_to_the_effect(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine(note="old")

    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", reason="worn out")

    assert look(site, id, "state", "note") == ["retired", "old\nworn out"]
    assert history(site, id)[-1][:2] == ("retire", "worn out")


def test_the_actors_record_shows_what_was_stored(cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    with cast.env("sales") as env:
        record = env.get(Equipment, id)
        env.workflow.perform(record, "start")

        assert record.state == "in_service"
        assert record.number is not None
        assert record.warranty_until is not None


def test_a_transition_that_does_not_exist_is_not_found(cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    with cast.env("sales") as env, pytest.raises(NotFound):
        env.workflow.perform(env.get(Equipment, id), "explode")


def test_who_lacks_the_grant_is_refused(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    with pytest.raises(Forbidden), cast.env("sales") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", reason="x")

    assert look(site, id, "state") == ["installed"]


def test_a_transition_from_another_state_is_refused_and_says_which(cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()
    start(cast, id)

    with pytest.raises(WrongState) as refused:
        start(cast, id)

    assert str(refused.value.message) == "“Put into service” is not possible: the record is “In service” now."


def test_an_older_version_is_stale(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    with pytest.raises(Stale):
        start(cast, id, version=7)

    assert look(site, id, "state") == ["installed"]


def test_required_fields_are_named(cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine(serial=None, installed_on=None)

    with pytest.raises(Invalid) as refused:
        start(cast, id)

    assert refused.value.fields.keys() == {"serial", "installed_on"}


def test_required_arguments_are_named(cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    with pytest.raises(Invalid) as refused, cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", speed=3)

    assert refused.value.fields.keys() == {"reason", "speed"}


def test_a_guard_says_why_not(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()
    with cast.env("sales") as env:
        env.records(EquipmentCheck).create({"equipment_id": id, "due_on": env.today})

    with pytest.raises(TransitionRefused, match="still planned"), cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", reason="x")

    assert look(site, id, "state") == ["installed"]


def test_an_effect_that_raises_undoes_everything(
    site: Site, cast: Cast, make_machine: MakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = make_machine()
    with cast.env("sales") as env:
        flow = env.workflow.flow(Equipment)
        assert flow is not None

        def fail(env: Env, record: Equipment) -> None:
            raise Invalid({"name": "no"})

        monkeypatch.setitem(flow.effects, "start", (*flow.effects["start"], fail))
        record = env.get(Equipment, id)
        with pytest.raises(Invalid):
            env.workflow.perform(record, "start")
        monkeypatch.undo()

        # The counter went back with the rest, so the number is the first one.
        env.workflow.perform(record, "start")

    state, number = look(site, id, "state", "number")
    assert (state, number[-4:]) == ("in_service", "0001")
    assert len(history(site, id)) == 2


# Nobody writes the state by hand.


def test_the_service_refuses_the_state(cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()

    with pytest.raises(Invalid) as refused, cast.env("gm") as env:
        env.records(Equipment).update(env.get(Equipment, id), {"state": "in_service"})
    with pytest.raises(Invalid), cast.env("sales") as env:
        env.records(Equipment).create({"name": "x", "customer_id": 1, "state": "retired"})

    assert refused.value.fields.keys() == {"state"}


@pytest.mark.parametrize("by", ["gm", "system"])
def test_the_session_refuses_the_state(site: Site, cast: Cast, make_machine: MakeMachine, by: str) -> None:
    id = make_machine()

    opened = site.system("try", locale="en") if by == "system" else cast.env(by)
    with pytest.raises(Forbidden), opened as env:
        env.session.get(Equipment, id).state = "retired"
        env.flush()

    assert look(site, id, "state") == ["installed"]


# What a state locks.


@pytest.fixture
def retired(cast: Cast, make_machine: MakeMachine) -> int:
    id = make_machine()
    with cast.env("sales") as env:
        env.records(EquipmentCheck).create({"equipment_id": id, "due_on": env.today, "result": "passed"})
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", reason="old")
    return id


def test_a_locked_record_takes_only_its_open_fields(site: Site, cast: Cast, retired: int) -> None:
    with pytest.raises(Locked, match="is “Retired” and cannot be changed"), cast.env("gm") as env:
        env.records(Equipment).update(env.get(Equipment, retired), {"name": "X2", "note": "x"})
    with cast.env("gm") as env:
        env.records(Equipment).update(env.get(Equipment, retired), {"note": "scrapped", "name": "X1"})

    assert look(site, retired, "name", "note") == ["X1", "scrapped"]


def test_a_locked_record_is_locked_for_code_too(cast: Cast, retired: int) -> None:
    with pytest.raises(Locked), cast.env("gm") as env:
        env.get(Equipment, retired).name = "X2"
        env.flush()


def test_a_locked_record_is_not_deleted(cast: Cast, retired: int) -> None:
    with pytest.raises(Locked), cast.env("gm") as env:
        env.records(Equipment).delete(env.get(Equipment, retired))


def test_the_children_of_a_locked_record_are_locked(cast: Cast, retired: int) -> None:
    with cast.env("gm", write=False) as env:
        check = env.session.scalar(select(EquipmentCheck.id))

    with pytest.raises(Locked, match="belongs to a record that is “Retired”"), cast.env("gm") as env:
        env.records(EquipmentCheck).create({"equipment_id": retired, "due_on": env.today})
    with pytest.raises(Locked), cast.env("gm") as env:
        env.records(EquipmentCheck).update(env.get(EquipmentCheck, check), {"result": "failed"})
    with pytest.raises(Locked), cast.env("gm") as env:
        env.records(EquipmentCheck).delete(env.get(EquipmentCheck, check))


def test_nothing_comes_back_into_what_is_locked(cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()
    start(cast, id)
    with cast.env("gm") as env:
        made = {"equipment_id": id, "due_on": env.today, "result": "passed"}
        check = env.records(EquipmentCheck).create(made)
        act = env.records(EquipmentCheck).delete(check)
        env.workflow.perform(env.get(Equipment, id), "retire", reason="worn out")

    with pytest.raises(Locked), cast.env("gm") as env:
        env.records(EquipmentCheck).restore(act)

    with cast.env("gm", write=False) as env:
        assert env.session.scalars(select(EquipmentCheck)).all() == []


def test_a_child_is_not_moved_away_from_a_locked_record(cast: Cast, retired: int, make_machine: MakeMachine) -> None:
    other = make_machine()

    with pytest.raises(Locked), cast.env("gm") as env:
        check = env.session.scalars(select(EquipmentCheck)).one()
        env.records(EquipmentCheck).update(check, {"equipment_id": other})


# Other addons step in.


class Answers:
    """What the addon `approvals` answers, and what it was asked and told."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.changed: list[tuple[str, str, str]] = []
        self.cancelled: list[tuple[int, str, list[str], str]] = []


@pytest.fixture
def answers(site: Site) -> Answers:
    found = Answers()

    def transition_requested(env: Env, record: Any, transition: Transition, arguments: Any) -> Any:
        found.asked.append((transition.name, dict(arguments)))
        return found.answer

    def state_changed(env: Env, record: Any, before: str, after: str, transition: Transition) -> None:
        found.changed.append((before, after, transition.name))
        assert record.state == after

    def transition_cancelled(env: Env, record: Any, transition: str, ids: Sequence[str], reason: str) -> None:
        found.cancelled.append((record.id, transition, list(ids), reason))
        if reason == "no":
            raise Conflict("It cannot be withdrawn any more.")

    install(site, "approvals", transition_requested, state_changed, transition_cancelled)
    return found


def test_hook_transition_requested_is_asked_with_the_arguments(
    cast: Cast, make_machine: MakeMachine, answers: Answers
) -> None:
    id, answers.answer = make_machine(), Allow()

    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", reason="old")

    assert answers.asked == [("retire", {"reason": "old"})]


def test_hook_transition_requested_refuses_with_its_reason(
    site: Site, cast: Cast, make_machine: MakeMachine, answers: Answers
) -> None:
    id, answers.answer = make_machine(), Deny("Not on a Friday.")

    with pytest.raises(TransitionRefused, match="Not on a Friday"):
        start(cast, id)

    assert look(site, id, "state", "number") == ["installed", None]
    assert answers.changed == []


def test_hook_state_changed_tells_before_and_after(cast: Cast, make_machine: MakeMachine, answers: Answers) -> None:
    start(cast, make_machine())

    assert answers.changed == [("installed", "in_service", "start")]


def test_hook_equipment_retired_is_told(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    id, told = make_machine(), list[tuple[str, str]]()

    def equipment_retired(env: Env, equipment: Equipment, reason: str) -> None:
        told.append((equipment.name, reason))

    install(site, "listener", equipment_retired, depends=["equipment"])
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", reason="old")

    assert told == [("X1", "old")]


def test_pending_leaves_the_state_and_locks_the_record(
    site: Site, cast: Cast, make_machine: MakeMachine, answers: Answers
) -> None:
    id, answers.answer = make_machine(), Pending("signing:1", url="/approval/1")

    done = start(cast, id)

    assert (done.state, done.waiting) == ("installed", ("signing:1",))
    assert look(site, id, "state", "number") == ["installed", None]
    with cast.env("sales") as env:
        waiting = env.workflow.waiting(env.get(Equipment, id))
        assert [(w.transition, w.reference, w.url, w.requested_by) for w in waiting] == [
            ("start", "signing:1", "/approval/1", cast.sales)
        ]
        assert env.workflow.leaving(env.get(Equipment, id)) == []
    with pytest.raises(Locked, match="waiting for approval"), cast.env("sales") as env:
        env.records(Equipment).update(env.get(Equipment, id), {"name": "X2"})
    with pytest.raises(Locked), cast.env("sales") as env:
        env.records(EquipmentCheck).create({"equipment_id": id, "due_on": env.today})
    with pytest.raises(Waiting):
        start(cast, id)


def test_resume_completes_exactly_once(site: Site, cast: Cast, make_machine: MakeMachine, answers: Answers) -> None:
    id, answers.answer = make_machine(), Pending("signing:1")
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, id), "retire", reason="worn out")

    with cast.env("manager") as env:
        done = env.workflow.resume("signing:1")

    assert done.state == "retired"
    assert look(site, id, "state", "note") == ["retired", "worn out"]
    assert [entry[:2] for entry in history(site, id)][1:] == [("transition_waits", "worn out"), ("retire", "worn out")]
    assert answers.changed == [("installed", "retired", "retire")]
    with pytest.raises(NotWaiting), cast.env("manager") as env:
        env.workflow.resume("signing:1")


def test_resume_waits_for_all_decisions(site: Site, cast: Cast, make_machine: MakeMachine, answers: Answers) -> None:
    id, answers.answer = make_machine(), [Pending("a"), Pending("b")]
    start(cast, id)

    with cast.env("manager") as env:
        first = env.workflow.resume("b")
        second = env.workflow.resume("a")

    assert (first.state, first.waiting) == ("installed", ("a",))
    assert (second.state, second.waiting) == ("in_service", ())


def test_resume_checks_again_and_goes_on_waiting(
    site: Site, cast: Cast, make_machine: MakeMachine, answers: Answers
) -> None:
    id, answers.answer = make_machine(), Pending("signing:1")
    start(cast, id)
    answers.answer = Deny("Not any more.")

    with pytest.raises(TransitionRefused), cast.env("manager") as env:
        env.workflow.resume("signing:1")
    assert look(site, id, "state") == ["installed"]

    answers.answer = None
    with cast.env("manager") as env:
        assert env.workflow.resume("signing:1").state == "in_service"


def test_cancel_drops_the_request(site: Site, cast: Cast, make_machine: MakeMachine, answers: Answers) -> None:
    id, answers.answer = make_machine(), [Pending("a"), Pending("b")]
    start(cast, id)

    with cast.env("sales") as env:
        env.workflow.cancel("a", reason="not yet")

    assert look(site, id, "state") == ["installed"]
    assert history(site, id)[-1][:2] == ("transition_withdrawn", "not yet")
    for late in ("a", "b"):
        with pytest.raises(NotWaiting), cast.env("manager") as env:
            env.workflow.resume(late)
    answers.answer = None
    assert start(cast, id).state == "in_service"


def test_hook_transition_cancelled_tells_of_the_whole_request(
    cast: Cast, make_machine: MakeMachine, answers: Answers
) -> None:
    id, answers.answer = make_machine(), [Pending("b"), Pending("a")]
    start(cast, id)

    with cast.env("sales") as env:
        env.workflow.cancel("a", reason="not yet")

    assert answers.cancelled == [(id, "start", ["a", "b"], "not yet")]
    assert answers.changed == []


def test_hook_transition_cancelled_is_silent_about_what_was_resumed(
    cast: Cast, make_machine: MakeMachine, answers: Answers
) -> None:
    id, answers.answer = make_machine(), [Pending("a"), Pending("b")]
    start(cast, id)

    with cast.env("manager") as env:
        env.workflow.resume("a")
        env.workflow.cancel("b")

    assert answers.cancelled == [(id, "start", ["b"], "")]


def test_hook_transition_cancelled_that_fails_leaves_it_waiting(
    cast: Cast, make_machine: MakeMachine, answers: Answers
) -> None:
    id, answers.answer = make_machine(), Pending("a")
    start(cast, id)

    with pytest.raises(Conflict, match="cannot be withdrawn"), cast.env("sales") as env:
        env.workflow.cancel("a", reason="no")

    with cast.env("sales") as env:
        assert [row.reference for row in env.workflow.waiting(env.get(Equipment, id))] == ["a"]
