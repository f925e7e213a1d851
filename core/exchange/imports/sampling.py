"""What a file looks like: kept with its import, so that no page has to read the file again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from core.exchange.imports.cells import SEPARATORS, is_empty, key_of, labels_of, text_of
from core.exchange.imports.reading import Table
from core.orm.field import Field, Kind

if TYPE_CHECKING:
    from core.env import Env

SHOWN = 3
"""So many cells of each column are shown."""

LOOKED_AT = 5_000
"""So many rows are looked at."""

MOST_TEXTS = 60
"""A column with more different texts than that holds no choices."""

LONGEST = 80


def sample_of(table: Table) -> dict[str, Any]:
    """`values`: the first filled cells per column; `texts`: place → the different texts of columns that have few.

    `sheets` are those of a spreadsheet.
    """
    values: list[list[str]] = [[] for _head in table.heads]
    texts: dict[int, dict[str, None]] = {place: {} for place in range(len(table.heads))}
    for _number, cells in islice(table.rows(), LOOKED_AT):
        for place, cell in enumerate(cells):
            if is_empty(cell) or (place not in texts and len(values[place]) == SHOWN):
                continue
            text = (text_of(cell) or "").strip()
            if len(values[place]) < SHOWN and text not in values[place]:
                values[place].append(text[:LONGEST])
            if place in texts:
                texts[place][text] = None
                if len(texts[place]) > MOST_TEXTS or len(text) > LONGEST:
                    del texts[place]
    shown = {str(place): list(found) for place, found in texts.items() if found}
    return {"values": values, "texts": shown, "sheets": list(table.sheets)}


def unknown_texts(env: Env, spec: Field, sample: Mapping[str, Any], place: int) -> list[str]:
    """The texts of a column that are no value of the choice `spec`, neither by label nor by code."""
    known = labels_of(env, spec)
    whole: Sequence[str] = sample["texts"].get(str(place), ())
    parts = whole if spec.kind is Kind.CHOICE else [part for text in whole for part in SEPARATORS.split(text)]
    stripped = (part.strip() for part in parts)
    return list(dict.fromkeys(part for part in stripped if part and key_of(part) not in known))
