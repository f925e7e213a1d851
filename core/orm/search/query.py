"""Finding: what somebody types, as a condition on the search table. Hits still pass the guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    TableClause,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    or_,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from core.access.guard import owners_in_reach, reach
from core.access.models import FieldLevel
from core.orm.model import ModelInfo, describe, model_of
from core.orm.search.linked import known, searched_links
from core.orm.search.tables import OWNER, SHARE, has_index, search_table, text_key
from core.orm.search.words import pieces_wanted, words_of

if TYPE_CHECKING:
    from core.access.actor import Actor

MOST_WORDS = 8
LONGEST_WORD = 60
MOST_OWNERS = {"sqlite": 100, "postgresql": 200}
"""Up to so many owners in reach are looked for in the index itself; for more, reading the rows is quicker."""


@dataclass(frozen=True)
class Match:
    """A search: rows of `table` that fulfil `where` are hits, `id` is the record's.

    Where the index alone knows whose the hits are, `owned` are those that the reader sees through owners, and
    `shared` those that somebody shared with them at some time, which the guard has yet to confirm.
    """

    table: TableClause
    id: ColumnElement[int]
    where: ColumnElement[bool]
    owned: ColumnElement[bool] | None = None
    shared: ColumnElement[bool] | None = None


def match(info: ModelInfo, actor: Actor, typed: str, dialect_name: str) -> Match | None:
    """The search for all words of `typed` in the fields that the actor may read; None if nothing is typed."""
    words = [word[:LONGEST_WORD] for word in words_of(typed)][:MOST_WORDS]
    if not typed.strip() or not has_index(info):
        return None
    table, id = search_table(info, dialect_name)
    visible, known_of = _visible(info, actor, id)
    if not words or not (visible or known_of):
        return Match(table, id, false())
    language = _FTS5 if dialect_name == "sqlite" else _TSQUERY
    recheck = _recheck(info, table, words, visible, known_of, dialect_name)
    text = language.all_of([language.word(*pieces_wanted(word)) for word in words])

    def found(readers: Sequence[str] = ()) -> ColumnElement[bool]:
        return and_(_indexed(table, text, readers, dialect_name), *recheck)

    in_reach = owners_in_reach(actor, info.model) if info.root is not None else None
    if in_reach is None or len(in_reach) > MOST_OWNERS[dialect_name]:
        return Match(table, id, found())
    owners, share = [f"{OWNER}{owner}" for owner in sorted(in_reach)], f"{SHARE}{actor.id}"
    where = found([*owners, share])
    if not owners or not _owners_decide(info, actor):
        return Match(table, id, where)
    return Match(table, id, where, found(owners), found([share]))


def somewhere(info: ModelInfo, text: str, dialect_name: str) -> Match | None:
    """Records that may have `text` in some searched field, among others: for a closer look at few instead of all."""
    words = [word[:LONGEST_WORD] for word in words_of(text)][:MOST_WORDS]
    if not words or not has_index(info):
        return None
    table, id = search_table(info, dialect_name)
    language = _FTS5 if dialect_name == "sqlite" else _TSQUERY
    wanted = language.all_of([language.word(*pieces_wanted(word)) for word in words])
    return Match(table, id, _indexed(table, wanted, (), dialect_name))


_READ = FieldLevel.READ.width


def _visible(info: ModelInfo, actor: Actor, id: Any) -> tuple[list[str], dict[str, ColumnElement[bool]]]:
    """The searched fields that the actor may read, and links of which that depends on what each record links to."""
    visible = [name for name in info.searched if _reads(actor, info.key, name)]
    known_of: dict[str, ColumnElement[bool]] = {}
    for link in searched_links(info):
        if link.name not in visible:
            continue
        if not _reads(actor, link.target, describe(model_of(link.target)).display):
            visible.remove(link.name)
        elif (condition := known(actor, info, link, id)) is not None:
            visible.remove(link.name)
            known_of[link.name] = condition
    return visible, known_of


def _reads(actor: Actor, model: str, name: str) -> bool:
    return actor.field_level(model, name).width >= _READ


def _owners_decide(info: ModelInfo, actor: Actor) -> bool:
    """Whether an owner's token means that the row is visible: always, unless the own owner reaches less."""
    found = reach(actor, info.model)
    return found is not None and all(set(way.owners) == found.owners for way in found.ways)


def _indexed(table: TableClause, text: str, readers: Sequence[str], dialect_name: str) -> ColumnElement[bool]:
    """Rows with this text; with `readers`, those that one of them reads."""
    if dialect_name == "sqlite":
        if readers:
            text = _FTS5.all_of([text, _FTS5.any_of([_FTS5.word([token], False) for token in readers])])
        return literal_column(table.name).op("MATCH")(bindparam("search", text, unique=True))
    found = table.c.terms.op("@@")(cast(bindparam("search", text, unique=True), TSQUERY))
    if not readers:
        return found
    # Not within the text's query: PostgreSQL goes through an array of many readers several times as fast.
    return and_(found, table.c.readers.op("&&")(bindparam("readers", list(readers), type_=ARRAY(Text), unique=True)))


def _recheck(
    info: ModelInfo,
    table: TableClause,
    words: list[str],
    visible: list[str],
    known_of: Mapping[str, ColumnElement[bool]],
    dialect_name: str,
) -> list[ColumnElement[bool]]:
    """What the index cannot answer: in which field a word is, and on PostgreSQL whether its pieces stand in order."""
    if len(visible) < len(info.searched):
        return [
            or_(
                *(_in_field(table, name, word, dialect_name) for name in visible),
                *(and_(_in_field(table, name, word, dialect_name), known_of[name]) for name in known_of),
            )
            for word in words
        ]
    if dialect_name == "sqlite":
        return []
    return [table.c.text.contains(word) for word in words if len(pieces_wanted(word)[0]) > 1]


class _Language:
    """How an engine writes searches. Pieces are letters and digits, tokens of readers begin with §."""

    def __init__(self, and_: str, or_: str) -> None:
        self._and, self._or = and_, or_

    def all_of(self, parts: list[str]) -> str:
        return f"({self._and.join(parts)})"

    def any_of(self, parts: list[str]) -> str:
        return f"({self._or.join(parts)})"

    def word(self, pieces: list[str], is_open: bool) -> str:
        raise NotImplementedError


class _Fts5(_Language):
    def word(self, pieces: list[str], is_open: bool) -> str:
        return f'"{" ".join(pieces)}"' + (" *" if is_open else "")


class _TsQuery(_Language):
    def word(self, pieces: list[str], is_open: bool) -> str:
        quoted = [f"'{piece}'" for piece in dict.fromkeys(pieces)]
        if is_open:
            quoted[-1] += ":*"
        return self.all_of(quoted)


_FTS5 = _Fts5(" AND ", " OR ")
_TSQUERY = _TsQuery(" & ", " | ")


def _in_field(table: TableClause, name: str, word: str, dialect_name: str) -> ColumnElement[bool]:
    stored: Any = table.c.text
    if dialect_name == "sqlite":
        value = func.json_extract(stored, f'$."{text_key(name)}"')
    else:
        value = func.json_extract_path_text(cast(stored, JSON), text_key(name))
    return func.coalesce(value, "").contains(word)
