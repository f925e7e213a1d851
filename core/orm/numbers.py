"""Serial numbers from templates: `C{####}` gives C0001, C0002, … Gaps are possible where a save is undone."""

from __future__ import annotations

import re

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.orm.field import Field
from core.orm.tables import Sequence

_DIGITS = re.compile(r"\{(#+)\}")


def next_number(connection: Connection, field: Field) -> str:
    """The next number of the field's series; the row is locked until the transaction ends."""
    return format_number(field.template, advance(connection, f"{field.model}.{field.name}"))


def next_numbers(connection: Connection, field: Field, count: int) -> list[str]:
    """The next `count` numbers of the field's series, taken at once."""
    if not count:
        return []
    last = advance(connection, f"{field.model}.{field.name}", count)
    return [format_number(field.template, number) for number in range(last - count + 1, last + 1)]


def format_number(template: str, number: int) -> str:
    """`template` with its run of # replaced by `number`, padded with zeros to at least that width."""
    return _DIGITS.sub(lambda match: str(number).zfill(len(match[1])), template)


def advance(connection: Connection, key: str, by: int = 1) -> int:
    """Takes `by` numbers of the series at once and returns the last of them."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(Sequence).values(key=key, last=0).on_conflict_do_nothing(index_elements=["key"]))
    connection.execute(update(Sequence).where(Sequence.key == key).values(last=Sequence.last + by))
    return int(connection.execute(select(Sequence.last).where(Sequence.key == key)).scalar_one())
