"""The doctor works the books out once more, and says which figure does not follow."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from addons.sales.models import Receivable
from core.cli.doctor import Finding, of_addons
from core.site import Site
from tests.addons.sales.conftest import Make

Look = Callable[[int], list[tuple[Any, ...]]]


def told(site: Site) -> list[Finding]:
    return [each for each in of_addons(site) if each.subject == "books"]


def test_doctor_says_that_the_books_balance(site: Site, make_order: Make) -> None:
    make_order(100)

    assert told(site) == [Finding("ok", "books", "balance")]


def test_doctor_names_the_figure_that_is_wrong(site: Site, make_order: Make, owed: Look) -> None:
    receivable = owed(make_order(100))[0][0]
    with site.system("break it") as env:
        table = Receivable.__table__
        broken = update(table).where(table.c.id == receivable).values(balance=Decimal(40))
        env.connection_of_core.execute(broken)

    (found,) = told(site)

    assert (found.level, found.text.startswith(f"receivable {receivable} (")) == ("wrong", True)
    assert found.text.endswith("balance: 40 is kept, 100 is right")


def test_doctor_does_not_tell_all_of_a_great_many(
    site: Site, make_order: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [f"order {number}" for number in range(25)]
    monkeypatch.setattr("addons.sales.services.books.Books.differences", lambda _self: iter(wrong))

    found = [each.text for each in told(site)]

    assert found == [*wrong[:20], "5 more"]
