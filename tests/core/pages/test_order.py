"""Where contributions go."""

import logging

import pytest

from core.pages.nodes import Column
from core.pages.order import arrange


def columns(*given: tuple[str, str, str]) -> list[Column]:
    return [Column(place="thing.list", name=name, after=after, before=before) for name, after, before in given]


def arranged(base: tuple[str, ...], *given: tuple[str, str, str]) -> list[str]:
    return arrange("thing.list", base, columns(*given), lambda node: node.name)


def test_arrange_puts_after_and_before_their_anchor() -> None:
    found = arranged(("a", "b", "c"), ("x", "a", ""), ("y", "", "c"), ("z", "", ""))

    assert found == ["a", "x", "b", "y", "c", "z"]


def test_arrange_keeps_the_order_of_contributions_behind_one_anchor() -> None:
    found = arranged(("a", "b"), ("first", "a", ""), ("second", "a", ""))

    assert found == ["a", "first", "second", "b"]


def test_arrange_lets_an_anchor_be_a_later_contribution() -> None:
    found = arranged(("a",), ("late", "early", ""), ("early", "a", ""))

    assert found == ["a", "early", "late"]


def test_arrange_appends_with_a_warning_where_the_anchor_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = arranged(("a",), ("x", "gone", ""))

    assert found == ["a", "x"]
    assert "thing.list has no 'gone'; x goes to its end." in caplog.text


def test_arrange_takes_a_name_once() -> None:
    assert arranged(("a", "b"), ("a", "b", ""), ("x", "", ""), ("x", "", "")) == ["a", "b", "x"]
