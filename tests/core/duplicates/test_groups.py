"""The page of probable duplicates: what it groups, whom it shows what, and pairs that were told apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from addons.customer.models import Customer
from core.duplicates import groups
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.pages.conftest import restrict

Visit = Callable[[str], Visitor]


def made(cast: Cast, who: str = "sales", **values: Any) -> int:
    with cast.env(who) as env:
        return int(env.records(Customer).create(values).id)


def found(cast: Cast, who: str = "gm") -> list[tuple[list[str], list[int]]]:
    with cast.env(who, write=False) as env:
        page, _following = groups.groups(env, Customer)
    return [([likeness.kind for likeness in group.reasons], list(group.ids)) for group in page]


def test_records_with_a_key_in_common_make_a_group(cast: Cast) -> None:
    first = made(cast, name="台榮精密股份有限公司", phone="02-2345-6789")
    second = made(cast, name="臺榮精密", phone="+886 2 2345 6789")
    third = made(cast, "sales2", name="另一家", phone="0223456789")
    made(cast, name="獨一無二")

    assert found(cast) == [(["name"], [first, second]), (["phone"], [first, second, third])]


def test_two_reasons_for_the_same_records_make_one_group(cast: Cast) -> None:
    ids = [made(cast, name="台榮", email="a@example.com") for _turn in range(2)]

    assert found(cast) == [(["email", "name"], ids)]


def test_records_out_of_reach_are_in_no_group(site: Site, cast: Cast) -> None:
    mine = [made(cast, name="台榮", email="a@example.com") for _turn in range(2)]
    made(cast, "sales2", name="台榮")
    made(cast, name="獨家")
    made(cast, "sales2", name="獨家")

    assert found(cast, "manager") == [(["email", "name"], mine)]
    restrict(site, "manager", "customer", "email", "masked")
    assert found(cast, "manager") == [(["name"], mine)]


def test_pairs_told_apart_are_not_suggested_again(cast: Cast, visit: Visit) -> None:
    first, second, third = (made(cast, name="台榮") for _turn in range(3))
    visitor = visit("gm")

    visitor.post("/customer/duplicates/deny", {"ids": f"{first}|{second}"})
    visitor.get("/customer/duplicates")
    partly = found(cast)
    visitor.post("/customer/duplicates/deny", {"ids": f"{first}|{second}|{third}"})
    undo = re.search(r"/customer/duplicates/allow\?ids=[^\"]+", visitor.get("/customer/duplicates").text)
    fully = found(cast)

    assert partly == [(["name"], [first, second, third])]
    assert fully == []
    assert undo is not None
    visitor.post(undo[0])
    assert found(cast) == [(["name"], [first, second, third])]


def test_page_leads_to_merging(cast: Cast, visit: Visit) -> None:
    first, second = (made(cast, name="台榮", phone="02-2345-6789") for _turn in range(2))

    html = visit("gm").get("/customer/duplicates").text

    assert f'href="/customer/merge?ids={first}|{second}"' in html
    assert "Same name, Same phone number" in html
    assert "/customer/duplicates" in visit("gm").get("/customer").text


def test_only_those_who_may_merge_see_it(cast: Cast, visit: Visit) -> None:
    theirs = [made(cast, "sales2", name="台榮") for _turn in range(2)]
    visitor = visit("sales")

    assert visitor.get("/customer/duplicates").status_code == 404
    assert visitor.post("/customer/duplicates/deny", {"ids": "|".join(map(str, theirs))}).status_code == 404
    assert '/customer/duplicates"' not in visitor.get("/customer").text
    answer = visit("manager").post("/customer/duplicates/deny", {"ids": "|".join(map(str, theirs))})
    assert answer.status_code == 404
    assert len(found(cast)) == 1


def test_groups_are_paged(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "ON_PAGE", 2)
    for name in ("甲一", "乙二", "丙三"):
        for _turn in range(2):
            made(cast, name=name)
    visitor = visit("gm")

    first = visitor.get("/customer/duplicates").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = visitor.get(following[1].replace("&amp;", "&")).text

    assert [html.count("Compare and merge") for html in (first, second)] == [2, 1]
    assert 'rel="next"' not in second
