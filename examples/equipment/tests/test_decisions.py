"""What is asked for while a machine waits: an addon takes it as a decision, and says who may decide."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from addons.equipment.models import Equipment
from addons.equipment.tests.conftest import MakeMachine
from core.api import Conflict, Deny, Env, Forbidden, Invalid, NotWaiting, Pending, Performed, Stale, Transition, Waiting
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.core.addons.hooking import install


class Board:
    """An addon that has every machine wait, and takes what `deciders` ask for as their decision."""

    def __init__(self) -> None:
        self.deciders: set[str] = set()
        self.given: list[tuple[str, str, dict[str, Any]]] = []
        self.completing: list[bool] = []
        self.is_on = True

    def decide(
        self, env: Env, record: Any, name: str, arguments: Mapping[str, Any], reference: str
    ) -> Performed | None:
        self.given.append((env.actor.member.username, name, dict(arguments)))
        if env.actor.member.username not in self.deciders:
            raise Conflict("You are not asked.")
        if name == "retire" and not record.note:
            return None
        if name == "withdraw":
            return env.workflow.cancel(reference, reason=arguments["reason"])
        return env.workflow.resume(reference)


@pytest.fixture
def board(site: Site) -> Board:
    found = Board()

    def transition_requested(env: Env, record: Any, transition: Transition) -> Any:
        found.completing.append(env.workflow.is_completing(record))
        if transition.name == "retire" and record.serial == "kept":
            return Deny("It is kept.")
        return Pending(f"board:{record.id}") if found.is_on else None

    def decision_given(env: Env, record: Any, name: str, arguments: Mapping[str, Any], reference: str) -> Any:
        return found.decide(env, record, name, arguments, reference)

    def decisions_open(env: Env, record: Any) -> frozenset[str]:
        is_asked = env.actor.member.username in found.deciders
        return frozenset({"start", "retire", "withdraw"}) if is_asked else frozenset()

    install(site, "board", transition_requested, decision_given, decisions_open)
    return found


def ask(cast: Cast, id: int, name: str = "start", by: str = "sales", **more: Any) -> Any:
    with cast.env(by) as env:
        return env.workflow.perform(env.get(Equipment, id), name, **more)


def state(cast: Cast, id: int) -> str:
    with cast.env("gm", write=False) as env:
        return env.get(Equipment, id).state


def test_hook_decision_given_makes_of_a_request_a_decision(cast: Cast, make_machine: MakeMachine, board: Board) -> None:
    id, board.deciders = make_machine(), {"manager"}
    ask(cast, id)

    done = ask(cast, id, by="manager")

    assert (done.state, done.waiting) == ("in_service", ())
    assert board.given == [("manager", "start", {})]
    # While it is completed, whoever asks who acts is told that it is not for them to say.
    assert board.completing == [False, True]


def test_whoever_is_not_asked_is_told_so(cast: Cast, make_machine: MakeMachine, board: Board) -> None:
    id = make_machine()
    ask(cast, id)

    with pytest.raises(Conflict, match="You are not asked"):
        ask(cast, id, by="gm")

    assert state(cast, id) == "installed"


def test_what_no_addon_takes_is_refused_as_ever(cast: Cast, make_machine: MakeMachine, board: Board) -> None:
    id, board.deciders = make_machine(), {"gm"}
    ask(cast, id)

    with pytest.raises(Waiting):
        ask(cast, id, "retire", by="gm", reason="old")


def test_a_decision_on_another_version_is_stale(cast: Cast, make_machine: MakeMachine, board: Board) -> None:
    id, board.deciders = make_machine(), {"manager"}
    ask(cast, id)

    with pytest.raises(Stale):
        ask(cast, id, by="manager", version=99)

    assert board.given == []


def test_hook_decisions_open_says_who_may_withdraw(cast: Cast, make_machine: MakeMachine, board: Board) -> None:
    id, board.deciders = make_machine(), {"manager"}
    ask(cast, id)

    with cast.env("sales") as env:
        record = env.get(Equipment, id)
        assert not env.workflow.may_withdraw(record)
        assert env.workflow.decisions(record) == []
        with pytest.raises(Conflict, match="You are not asked"):
            env.workflow.withdraw(record)
    with cast.env("manager") as env:
        record = env.get(Equipment, id)
        assert [each.name for each in env.workflow.decisions(record)] == ["start", "retire"]
        env.workflow.withdraw(record, reason="too early")
    with cast.env("manager") as env, pytest.raises(NotWaiting):
        env.workflow.withdraw(env.get(Equipment, id))

    assert board.given[-1] == ("manager", "withdraw", {"reason": "too early"})


def test_a_decision_needs_no_grant_on_page_and_api(
    cast: Cast,
    make_machine: MakeMachine,
    board: Board,
    visit: Callable[[str], Visitor],
    api: Callable[[str], ApiClient],
) -> None:
    # Sales may edit machines and not retire them.
    first, second = make_machine(note="old"), make_machine(name="X2", note="old")
    board.deciders = {"sales"}
    with cast.env("sales") as env:
        for id in (first, second):
            env.workflow.request(env.get(Equipment, id), "retire", reason="old")

    answer = api("sales").get(f"/equipment/{first}").json["data"]
    decided = api("sales").post(f"/equipment/{first}/actions/retire", {"reason": "yes"})
    visit("sales").post(f"/equipment/{second}/actions/retire", {"reason": "yes"})

    assert [(t["name"], t["blocked"]) for t in answer["transitions"]] == [("start", None), ("retire", None)]
    assert (decided.status_code, decided.json["data"]["state"]) == (200, "retired")
    assert state(cast, second) == "retired"


def test_what_is_dropped_may_be_followed_by_another_transition(
    cast: Cast, make_machine: MakeMachine, board: Board
) -> None:
    id = make_machine()
    ask(cast, id)

    with cast.env("sales") as env:
        # Who retires a machine needs a grant for it, unless that follows from what others have decided.
        with pytest.raises(Invalid):
            env.workflow.cancel(f"board:{id}", then="retire")
        done = env.workflow.cancel(f"board:{id}", reason="never", then="retire")

    assert done.state == "retired"


def test_what_follows_can_be_refused_and_then_it_goes_on_waiting(
    cast: Cast, make_machine: MakeMachine, board: Board
) -> None:
    id = make_machine(serial="kept")
    ask(cast, id)

    with cast.env("sales") as env, pytest.raises(Conflict, match="It is kept"):
        env.workflow.cancel(f"board:{id}", reason="never", then="retire")

    with cast.env("sales", write=False) as env:
        assert [row.reference for row in env.workflow.waiting(env.get(Equipment, id))] == [f"board:{id}"]


def test_what_the_workflow_does_not_have_there_is_left_out(cast: Cast, make_machine: MakeMachine, board: Board) -> None:
    id = make_machine()
    ask(cast, id)

    with cast.env("sales") as env:
        done = env.workflow.cancel(f"board:{id}", then="stop")

    assert done.state == state(cast, id) == "installed"


def test_a_request_waits_without_a_grant_or_does_nothing(cast: Cast, make_machine: MakeMachine, board: Board) -> None:
    first, second = make_machine(), make_machine(name="X2")

    with cast.env("sales") as env:
        with pytest.raises(Forbidden):
            env.workflow.perform(env.get(Equipment, first), "retire", reason="old")
        waits = env.workflow.request(env.get(Equipment, first), "retire", reason="old")
        again = env.workflow.request(env.get(Equipment, first), "retire", reason="old")
        board.is_on = False
        nothing = env.workflow.request(env.get(Equipment, second), "start")

    assert (waits.state, waits.waiting) == ("installed", (f"board:{first}",))
    assert again.waiting == waits.waiting
    assert (nothing.state, nothing.waiting) == ("installed", ())
    assert state(cast, second) == "installed"
