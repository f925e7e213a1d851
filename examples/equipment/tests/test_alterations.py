"""What another addon does to the transitions of machines on pages, and what that leaves to the API."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from addons.equipment.models import Equipment
from addons.equipment.tests.conftest import MakeMachine
from addons.equipment.tests.test_pages import buttons, text_of
from core.api import Hide, Move, Relabel, _
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.core.addons.hooking import install

PLACE = "equipment.actions"


@pytest.fixture
def alter(site: Site) -> Callable[..., None]:
    """Installs an addon that alters pages so."""

    def do(*pages: Any) -> None:
        install(site, "tidy", depends=["equipment"])
        module = ModuleType("tidy.pages")
        vars(module)["PAGES"] = list(pages)
        site.registry.addon("tidy").modules["pages"] = module

    return do


def test_transitions_are_moved_and_relabelled(
    alter: Callable[..., None], visit: Callable[[str], Visitor], make_machine: MakeMachine
) -> None:
    id = make_machine()
    alter(
        Relabel(place=PLACE, name="retire", label=_("Reason")),
        Move(place=PLACE, name="retire", before="start"),
    )

    assert buttons(text_of(visit("gm"), f"/equipment/{id}")) == ["Reason", "Put into service"]


def test_a_hidden_transition_is_not_offered_but_possible(
    alter: Callable[..., None],
    visit: Callable[[str], Visitor],
    api: Callable[[str], ApiClient],
    cast: Cast,
    make_machine: MakeMachine,
) -> None:
    id = make_machine()
    alter(Hide(place=PLACE, name="start"), Hide(place=PLACE, name="edit"))
    visitor = visit("gm")

    page, listed = text_of(visitor, f"/equipment/{id}"), text_of(visitor, "/equipment")
    moved = visitor.post("/equipment/board/move", {"id": str(id), "was": "installed", "to": "in_service"})
    done = api("gm").post(f"/equipment/{id}/actions/start", {})

    assert buttons(page) == ["Retire"]
    assert f"/equipment/{id}/edit" not in page
    assert "/equipment/bulk/start" not in listed
    assert moved.status_code == 409
    assert done.status_code == 200
    with cast.env("gm", write=False) as env:
        assert env.get(Equipment, id).state == "in_service"
