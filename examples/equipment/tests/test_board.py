"""The board of machines: columns per state, counted, added up, filtered, paged, and cards that move."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from addons.customer.models import Customer
from addons.equipment.models import Equipment
from addons.equipment.tests.conftest import MakeMachine
from core.access.models import FieldGrant, Role
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.queries import assert_constant
from core.testing.web import Visitor

Visit = Callable[[str], Visitor]
COLUMN = re.compile(r'<section class="board-column[^"]*"[^>]*data-code="([^"]+)"(.*?)</section>', re.S)


def columns(html: str) -> dict[str, tuple[str, str, list[str]]]:
    """Code → (count, sum, names of the cards)."""
    found = {}
    for code, body in re.findall(
        r'<section class="board-column[^"]*"[^>]*data-code="([^"]+)"(.*?)</section>', html, re.S
    ):
        count = re.search(r'<span class="count">([^<]+)', body)
        added = re.search(r'<span class="board-sum">(.*?)</span></header>', body)
        names = re.findall(r'<div class="board-card-head"><a href="[^"]+">([^<]+)</a>', body)
        assert count is not None
        found[code] = (count[1], re.sub(r"<[^>]+>", "", added[1]) if added else "", names)
    return found


def board(visitor: Visitor, query: str = "") -> dict[str, tuple[str, str, list[str]]]:
    return columns(visitor.get(f"/equipment/board{query}").get_data(as_text=True))


def move(visitor: Visitor, id: int, was: str, to: str, **more: str) -> tuple[int, dict[str, str]]:
    answer = visitor.post("/equipment/board/move", {"id": id, "was": was, "to": to, **more})
    return answer.status_code, answer.json


def state(site: Site, id: int) -> str:
    with site.system("look", write=False) as env:
        return env.session.get_one(Equipment, id).state


@pytest.fixture
def three(cast: Cast, make_machine: MakeMachine) -> list[int]:
    ids = [make_machine(name=name, value=Decimal(value)) for name, value in (("A", 100), ("B", 20), ("C", 3))]
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Equipment, ids[2]), "start")
    return ids


def test_a_column_per_state_with_count_and_sum(visit: Visit, three: list[int]) -> None:
    assert board(visit("sales")) == {
        "installed": ("2", "NT$120", ["A", "B"]),
        "in_service": ("1", "NT$3", ["C"]),
        "retired": ("0", "", []),
    }


def test_a_number_that_lists_mask_is_not_added_up(visit: Visit, three: list[int], site: Site) -> None:
    with site.system("field access for a test") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == "salesperson")).one()
        row = {"role_id": role, "model": "equipment", "field": "value", "level": "masked_list"}
        env.connection_of_core.execute(insert(FieldGrant).values(row))
        bump(env.connection_of_core, "organisation")

    assert [added for _count, added, _names in board(visit("sales")).values()] == ["", "", ""]


def test_a_board_shows_what_the_reader_may_see(visit: Visit, three: list[int]) -> None:
    assert board(visit("sales2")) == {
        "installed": ("0", "", []),
        "in_service": ("0", "", []),
        "retired": ("0", "", []),
    }
    assert visit("accountant").get("/equipment/board").status_code == 200
    assert board(visit("gm"))["installed"][0] == "2"


def test_filters_and_search_of_the_list_hold(visit: Visit, three: list[int]) -> None:
    visitor = visit("sales")

    assert board(visitor, "?filter=value:gt:50")["installed"] == ("1", "NT$100", ["A"])
    assert board(visitor, "?quick=running")["installed"][0] == "0"
    assert board(visitor, "?q=B")["installed"][2] == ["B"]
    page = visitor.get("/equipment/board?filter=value:gt:50").get_data(as_text=True)
    assert 'href="/equipment?filter=value%3Agt%3A50"' in page


def test_a_column_shows_more_on_demand(visit: Visit, cast: Cast, make_machine: MakeMachine) -> None:
    make_machine(name="M00")
    with cast.env("sales") as env:
        customer = env.session.get(Customer, 1)
        for place in range(1, 25):
            env.records(Equipment).create({"name": f"M{place:02}", "customer_id": customer.id})
    visitor = visit("sales")

    page = visitor.get("/equipment/board").get_data(as_text=True)
    more = re.search(r'hx-get="([^"]+)"', page)
    assert more is not None
    rest = visitor.get(more[1].replace("&amp;", "&")).get_data(as_text=True)

    assert len(columns(page)["installed"][2]) == 20
    assert re.findall(r">(M\d\d)</a>", rest) == ["M20", "M21", "M22", "M23", "M24"]
    assert "hx-get" not in rest


def test_the_number_of_statements_does_not_grow_with_the_cards(
    site: Site, cast: Cast, visit: Visit, make_machine: MakeMachine
) -> None:
    make_machine(name="first")
    visitor = visit("sales")

    def grow() -> None:
        for place in range(12):
            make_machine(name=f"M{place}")

    assert_constant(site, lambda: board(visitor), grow)


def test_a_move_makes_the_transition(site: Site, visit: Visit, three: list[int]) -> None:
    assert move(visit("sales"), three[0], "installed", "in_service") == (
        200,
        {"asks": "", "confirm": "", "text": "Moved to “In service”"},
    )
    assert state(site, three[0]) == "in_service"


def test_a_move_that_needs_more_leads_to_its_dialog(site: Site, visit: Visit, three: list[int]) -> None:
    status, said = move(visit("gm"), three[0], "installed", "retired", back="/equipment/board?q=A")

    assert status == 200
    assert said["asks"] == f"/equipment/{three[0]}/actions/retire?version=1&next=%2Fequipment%2Fboard%3Fq%3DA"
    assert state(site, three[0]) == "installed"


def test_a_dialog_comes_back_to_the_board(visit: Visit, three: list[int]) -> None:
    url = f"/equipment/{three[0]}/actions/retire?version=1&next=/equipment/board"

    answer = visit("gm").post(url, {"reason": "old"}, **{"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/equipment/board"


def test_a_refused_move_says_why(site: Site, visit: Visit, three: list[int], make_machine: MakeMachine) -> None:
    bare = make_machine(serial=None)
    visitor = visit("sales")

    assert move(visitor, bare, "installed", "in_service") == (
        422,
        {"text": "Serial number: Please fill in this field."},
    )
    assert move(visitor, three[2], "installed", "in_service")[1]["text"].startswith("Somebody else has moved this to")
    assert move(visitor, three[2], "in_service", "in_service")[0] == 409
    assert move(visit("sales2"), three[0], "installed", "in_service")[0] == 404
    assert (state(site, bare), state(site, three[0])) == ("installed", "installed")


def test_only_cards_that_may_move_have_a_menu(visit: Visit, cast: Cast, three: list[int]) -> None:
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Equipment, three[1]), "retire", reason="old")

    page = visit("sales").get("/equipment/board").get_data(as_text=True)

    assert re.search(rf'id="card-{three[0]}"[^>]* data-movable', page)
    assert re.search(rf'id="card-{three[1]}" data-id="{three[1]}">', page)
    assert 'data-code="retired" data-label="Retired" data-targets=""' in page
    assert 'data-code="installed" data-label="Installed" data-targets="in_service"' in page
