"""The roots of records that follow others: locking them, and verifying what was copied of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select, update

from core.orm import search
from core.orm.model import ModelInfo, describe, model_of, models
from core.orm.rules import Follows

if TYPE_CHECKING:
    from core.site import Site

BATCH = 1000


def followers() -> Iterator[ModelInfo]:
    """Every model whose records carry copied roots, of disabled addons too."""
    for model in models().values():
        if isinstance(describe(model).rule, Follows):
            yield describe(model)


def lock_roots(connection: Connection, info: ModelInfo, ids: Sequence[int]) -> None:
    """Locks what these records follow in the end, in the order of ids; records without a root have nothing to lock.

    Called before the records themselves are locked. Whoever changes a root goes on to what follows it: in this order
    those who work on what follows one root wait for each other in a line, and never in a circle. Who only links to the
    root does not wait.
    """
    if not isinstance(info.rule, Follows) or info.root is None:
        return
    root = describe(info.root).table.c
    theirs = select(info.table.c.root_id).where(info.table.c.id.in_(ids))
    connection.execute(
        select(root.id).where(root.id.in_(theirs)).order_by(root.id).with_for_update(key_share=True)
    ).all()


def count_wrong(connection: Connection, info: ModelInfo) -> int:
    """How many records of the model, deleted ones included, carry another root or owner than they should."""
    found = _wrong(info).subquery()
    return connection.scalar(select(func.count()).select_from(found)) or 0


def repair(site: Site, info: ModelInfo) -> int:
    """Puts them right, each batch in a transaction of its own. Returns how many there were."""
    count, last = 0, 0
    while True:
        with site.system("put copied roots right") as env:
            ids = _repair_batch(env.connection_of_core, info, after=last)
        if not ids:
            return count
        count, last = count + len(ids), ids[-1]


def _repair_batch(connection: Connection, info: ModelInfo, *, after: int) -> list[int]:
    table = info.table
    found = _wrong(info, lock=True).where(table.c.id > after).order_by(table.c.id).limit(BATCH)
    rows = connection.execute(found).all()
    if not rows:
        return []
    right = update(table).where(table.c.id == bindparam("at"))
    right = right.values(root_id=bindparam("root"), root_owner_id=bindparam("owner"))
    connection.execute(right, [{"at": row.id, "root": row.root, "owner": row.owner} for row in rows])
    ids = [row.id for row in rows]
    search.index_ids(connection, info, ids)
    return ids


def _wrong(info: ModelInfo, *, lock: bool = False) -> Select[Any]:
    """The id of each wrong record, with the root and the owner that it should carry."""
    table, above = info.table, info
    joined: Any = table
    link: Any = table
    while isinstance(above.rule, Follows):
        followed = link.c[above.rule.link]
        above = describe(model_of(above.fields[above.rule.link].target))
        link = above.table.alias()
        joined = joined.join(link, link.c.id == followed)
    root, owner = link.c.id, link.c[above.owner]
    wrong = or_(table.c.root_id != root, table.c.root_owner_id.is_distinct_from(owner))
    found = select(table.c.id, root.label("root"), owner.label("owner")).select_from(joined).where(wrong)
    # The root is locked, so that whoever assigns it at this moment rewrites the copies before or after.
    return found.with_for_update(key_share=True, of=link) if lock else found
