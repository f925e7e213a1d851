"""Finding: what somebody types, as a condition on the search table. Hits still pass the guard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    TableClause,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    or_,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from core.access.guard import owners_in_reach
from core.access.models import FieldLevel
from core.orm.model import ModelInfo
from core.orm.search.tables import OWNER, SHARE, has_index, search_table, text_key
from core.orm.search.words import pieces_wanted, words_of

if TYPE_CHECKING:
    from core.access.actor import Actor

MOST_WORDS = 8
LONGEST_WORD = 60
MOST_OWNERS = 50
"""Up to so many owners in reach, they are looked for in the index itself."""


@dataclass(frozen=True)
class Match:
    """A search: rows of `table` that fulfil `where` are hits, `id` is the record's."""

    table: TableClause
    id: ColumnElement[int]
    where: ColumnElement[bool]


def match(info: ModelInfo, actor: Actor, typed: str, dialect_name: str) -> Match | None:
    """The search for all words of `typed` in the fields that the actor may read; None if nothing is typed."""
    words = [word[:LONGEST_WORD] for word in words_of(typed)][:MOST_WORDS]
    if not typed.strip() or not has_index(info):
        return None
    table, id = search_table(info, dialect_name)
    visible = [name for name in info.searched if actor.field_level(info.key, name).width >= _READ]
    if not words or not visible:
        return Match(table, id, false())
    wanted = [_indexed(table, info, actor, words, dialect_name)]
    if len(visible) < len(info.searched):
        wanted += [or_(*(_in_field(table, name, word, dialect_name) for name in visible)) for word in words]
    elif dialect_name != "sqlite":
        # The index knows which pieces a record has, not in which order.
        wanted += [table.c.text.contains(word) for word in words if len(pieces_wanted(word)[0]) > 1]
    return Match(table, id, and_(*wanted))


_READ = FieldLevel.READ.width


def _indexed(
    table: TableClause, info: ModelInfo, actor: Actor, words: list[str], dialect_name: str
) -> ColumnElement[bool]:
    owners = owners_in_reach(actor, info.model) if info.root is not None else None
    readers: list[str] = []
    if owners is not None and len(owners) <= MOST_OWNERS:
        readers = [*(f"{OWNER}{owner}" for owner in sorted(owners)), f"{SHARE}{actor.id}"]
    if dialect_name == "sqlite":
        text = " AND ".join(_fts5(word) for word in words)
        text += f" AND ({' OR '.join(readers)})" if readers else ""
        return literal_column(table.name).op("MATCH")(bindparam("search", text, unique=True))
    text = " & ".join(_tsquery(word) for word in words)
    text += f" & ({' | '.join(_quoted(reader) for reader in readers)})" if readers else ""
    return table.c.terms.op("@@")(cast(bindparam("search", text, unique=True), TSQUERY))


def _fts5(word: str) -> str:
    found, is_open = pieces_wanted(word)
    return f'"{" ".join(found)}"' + (" *" if is_open else "")


def _tsquery(word: str) -> str:
    found, is_open = pieces_wanted(word)
    quoted = [_quoted(piece) for piece in dict.fromkeys(found)]
    if is_open:
        quoted[-1] += ":*"
    return f"({' & '.join(quoted)})"


def _quoted(piece: str) -> str:
    return f"'{piece}'"


def _in_field(table: TableClause, name: str, word: str, dialect_name: str) -> ColumnElement[bool]:
    stored: Any = table.c.text
    if dialect_name == "sqlite":
        value = func.json_extract(stored, f'$."{text_key(name)}"')
    else:
        value = func.json_extract_path_text(cast(stored, JSON), text_key(name))
    return func.coalesce(value, "").contains(word)
