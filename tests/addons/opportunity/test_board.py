"""The board over the stages: columns of one pipeline, moves, what a stage asks for."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from addons.opportunity.models import Opportunity, Pipeline, PipelineStage
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.addons.opportunity.conftest import Begin, Stages

Visit = Callable[[str], Visitor]


def heads(html: str) -> list[tuple[str, str]]:
    """(name, count) of the columns."""
    return re.findall(r'data-label="([^"]+)".*?<span class="count">(\d+)', html, re.S)


def shown(visitor: Visitor, query: str = "") -> list[tuple[str, str]]:
    return heads(visitor.get(f"/opportunity/board{query}").get_data(as_text=True))


def move(visitor: Visitor, id: int, was: int, to: int) -> tuple[int, dict[str, str]]:
    answer = visitor.post("/opportunity/board/move", {"id": id, "was": was, "to": to, "back": "/opportunity/board"})
    return answer.status_code, answer.json


def test_columns_are_the_stages_in_their_order(visit: Visit, begin: Begin, stages: Stages) -> None:
    begin(amount=Decimal(100))
    begin("sales2", stage_id=stages["plan"])

    assert shown(visit("sales")) == [("talk", "1"), ("plan", "0"), ("sign", "0")]
    assert shown(visit("gm")) == [("talk", "1"), ("plan", "1"), ("sign", "0")]


def test_closed_ones_are_shown_when_asked_for(visit: Visit, begin: Begin, cast: Cast) -> None:
    id = begin(amount=Decimal(100))
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Opportunity, id), "win")

    assert shown(visit("sales"))[0] == ("talk", "0")
    assert shown(visit("sales"), "?quick=won")[0] == ("talk", "1")


def test_the_chosen_pipeline_is_remembered(visit: Visit, cast: Cast, begin: Begin) -> None:
    begin()
    with cast.env("admin") as env:
        other = env.records(Pipeline).create({"name": "Again", "position": 2}).id
        env.records(PipelineStage).create({"name": "ask", "pipeline_id": other, "position": 1})
    visitor = visit("sales")

    assert shown(visitor, f"?by={other}") == [("ask", "0")]
    assert shown(visitor)[0] == ("talk", "1")
    visitor.post("/opportunity/board/group", {"by": other})
    assert shown(visitor) == [("ask", "0")]
    assert shown(visit("manager"))[0] == ("talk", "1")


def test_a_pipeline_that_is_not_there_is_not_found(visit: Visit, begin: Begin) -> None:
    begin()

    assert visit("sales").post("/opportunity/board/group", {"by": "999"}).status_code == 404


def test_a_move_changes_the_stage(visit: Visit, cast: Cast, begin: Begin, stages: Stages) -> None:
    id = begin()

    status, said = move(visit("sales"), id, stages["talk"], stages["plan"])

    assert (status, said["text"]) == (200, "Moved to “plan”")
    with cast.env("sales", write=False) as env:
        assert env.get(Opportunity, id).stage_id == stages["plan"]


def test_what_a_stage_asks_for_is_filled_in_on_the_way(visit: Visit, cast: Cast, begin: Begin, stages: Stages) -> None:
    id, visitor = begin(), visit("sales")

    _status, said = move(visitor, id, stages["talk"], stages["sign"])
    asked = parse_qs(urlsplit(said["asks"]).query)
    dialog = visitor.get(said["asks"]).get_data(as_text=True)
    refused = visitor.post(said["asks"], {"amount": "", "expected_close_on": ""}, **{"HX-Request": "true"})
    done = visitor.post(said["asks"], {"amount": "5000", "expected_close_on": "2030-01-31"}, **{"HX-Request": "true"})

    assert asked["fields"] == ["amount|expected_close_on"]
    assert 'name="amount"' in dialog
    assert 'name="name"' not in dialog
    assert refused.status_code == 422
    assert done.headers["HX-Redirect"] == "/opportunity/board"
    with cast.env("sales", write=False) as env:
        found = env.get(Opportunity, id)
        assert (found.stage_id, found.amount) == (stages["sign"], 5000)


def test_moves_that_are_not_allowed_say_why(visit: Visit, cast: Cast, begin: Begin, stages: Stages) -> None:
    id = begin(amount=Decimal(5), expected_close_on=date(2030, 1, 1), stage_id=stages["sign"])
    visitor = visit("sales")

    back = move(visitor, id, stages["sign"], stages["talk"])
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Opportunity, id), "win")
    closed = move(visitor, id, stages["sign"], stages["plan"])
    elsewhere = move(visit("manager"), id, stages["talk"], stages["plan"])

    assert back[0] == 422
    assert "You may not move this back from “sign”." in back[1]["text"]
    assert closed[0] == 409
    assert "Won" in closed[1]["text"]
    assert elsewhere[0] == 409
    assert elsewhere[1]["text"] == "Somebody else has moved this to “sign” in the meantime."


def test_nobody_moves_what_they_do_not_see(visit: Visit, begin: Begin, stages: Stages) -> None:
    id = begin()
    data = {"id": id, "was": stages["talk"], "to": stages["plan"]}

    assert visit("sales2").post("/opportunity/board/move", data).status_code == 404
    assert visit("sales2").get(f"/opportunity/{id}/move/{stages['plan']}").status_code == 404


def test_an_id_of_thousands_of_digits_is_no_card(visit: Visit) -> None:
    answer = visit("sales").post("/opportunity/board/move", {"id": "9" * 5000, "was": "1", "to": "1"})

    assert answer.status_code == 404
