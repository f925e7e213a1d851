"""Search in any language by indexed pairs of characters, beside each model that has `search=True` fields."""

from core.orm.search.query import Match, match, somewhere
from core.orm.search.store import index, index_ids, index_linking, index_roots, index_rows, rebuild, remove
from core.orm.search.tables import ddl, drop_ddl, has_index
from core.orm.search.words import normalise, words_of

__all__ = [
    "Match",
    "ddl",
    "drop_ddl",
    "has_index",
    "index",
    "index_ids",
    "index_linking",
    "index_roots",
    "index_rows",
    "match",
    "normalise",
    "rebuild",
    "remove",
    "somewhere",
    "words_of",
]
