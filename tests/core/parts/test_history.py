"""The history of a whole tells of its parts."""

from collections.abc import Callable

import pytest

from addons.sales.models import Quote
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.parts.conftest import row


@pytest.fixture
def changed(quote: int, cast: Cast) -> int:
    """One row removed, one changed, two added."""
    with cast.env("sales") as env:
        found = env.get(Quote, quote)
        first, second, _third = env.parts(found, "lines")
        lines = [{"id": first.id, "quantity": 7}, {"id": second.id}, row("鉸刀"), row("絲攻")]
        env.records(Quote).update(found, {"lines": lines})
    return quote


def test_an_entry_counts_the_rows_and_tells_them(changed: int, visit: Callable[..., Visitor]) -> None:
    page = visit("sales", locale="en").get(f"/quote/{changed}/tab/history").text

    assert "Lines: 2 added, 1 changed, 1 removed" in page
    assert "Lines, row 1 · Quantity" in page
    assert "鉸刀" in page
    assert "刀把" in page


def test_one_entry_tells_of_whole_and_parts_and_none_of_the_parts_alone(changed: int, cast: Cast) -> None:
    from sqlalchemy import func, select

    from core.orm.tables import Change

    with cast.site.system("look", write=False) as env:
        counted = select(Change.model, func.count()).where(Change.model.in_(("quote", "quote_line")))
        found = dict(
            env.connection_of_core.execute(counted.where(Change.action != "delete").group_by(Change.model)).all()
        )

    assert found == {"quote": 2}
