"""Counting what is asked of the database, so that a page that asks once per row is noticed.

with queries(site) as counted:
    visit("sales").get("/machine")
assert counted.number < 20
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from core.site import Site

_BOUNDARY = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", re.IGNORECASE)
MANY = 30


class Queries:
    """The statements of a block, in their order, without the bounds of transactions."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def number(self) -> int:
        """How many."""
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(" ".join(statement.split()) for statement in self.statements)


@contextmanager
def queries(site: Site) -> Iterator[Queries]:
    """Counts what the block asks of the site's database, on whatever thread."""
    counted = Queries()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not _BOUNDARY.match(statement):
            counted.statements.append(statement)

    event.listen(site.engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(site.engine, "before_cursor_execute", note)


def assert_constant(site: Site, ask: Callable[[], Any], grow: Callable[[], Any]) -> None:
    """Fails unless `ask` takes as many statements after `grow` as before.

    `grow` adds the rows; call this when one row is there. The first `ask` is not counted, nor the first one after
    `grow`: it fills what is cached, which new rows may have made old.
    """
    ask()
    with queries(site) as few:
        ask()
    grow()
    ask()
    with queries(site) as many:
        ask()
    if few.number == many.number:
        return
    more = Counter(" ".join(s.split()) for s in many.statements) - Counter(" ".join(s.split()) for s in few.statements)
    told = "\n".join(f"  {times} × {statement[:300]}" for statement, times in more.most_common(5))
    raise AssertionError(
        f"{few.number} statements with few rows, {many.number} with many. Something is asked once per row; "
        f"ask for all rows at once instead:\n{told}"
    )
