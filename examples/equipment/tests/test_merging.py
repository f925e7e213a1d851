"""Machines that were merged, and what their state keeps from being undone."""

import pytest

from addons.equipment.models import Equipment
from addons.equipment.tests.conftest import MakeMachine
from core import merging
from core.api import Locked, Pending
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import install


@pytest.fixture
def merged(cast: Cast, make_machine: MakeMachine) -> tuple[int, int]:
    """The machine that stayed and has the other one's name, and the act of merging."""
    kept, other = make_machine(), make_machine(name="X2")
    with cast.env("gm") as env:
        act = merging.merge(env, env.get(Equipment, kept), [env.get(Equipment, other)], {"name": "X2"})
    return kept, act


def name_of(cast: Cast, id: int) -> str:
    with cast.env("gm", write=False) as env:
        return env.get(Equipment, id).name


def test_a_merge_is_undone(cast: Cast, merged: tuple[int, int]) -> None:
    kept, act = merged

    with cast.env("gm") as env:
        merging.undo(env, act)

    assert name_of(cast, kept) == "X1"


def test_a_merge_into_a_record_that_is_locked_now_stays(cast: Cast, merged: tuple[int, int]) -> None:
    kept, act = merged
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, kept), "retire", reason="old")

    with pytest.raises(Locked), cast.env("gm") as env:
        merging.undo(env, act)

    assert name_of(cast, kept) == "X2"


def test_a_merge_into_a_record_that_waits_stays(site: Site, cast: Cast, merged: tuple[int, int]) -> None:
    def transition_requested() -> Pending:
        return Pending("approval:1")

    kept, act = merged
    install(site, "approvals", transition_requested)
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, kept), "start")

    with pytest.raises(Locked, match="waiting"), cast.env("gm") as env:
        merging.undo(env, act)

    assert name_of(cast, kept) == "X2"
