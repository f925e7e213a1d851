"""Numbers from templates: `C{####}` gives C0001, C0002, …; `SO-{yyyy}{mm}-{####}` begins anew each month.

The counter's row is locked until the transaction ends and undone together with it: nobody gets a number twice, and
none is lost unless a record with its number is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from core import clock
from core.i18n import _
from core.orm.field import Field
from core.orm.tables import Sequence
from core.orm.validation import Refused

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model

SETTING = "numbering."
"""What the settings with templates of administrators' own begin with; then come the model and the field."""

REPUBLIC = 1911
"""The year before the first one of the Republic of China, by which Taiwan counts."""

BATCH = 500
LARGEST_BLOCK = 8_000
"""So many numbers are looked for at once where many are taken."""

_PART = re.compile(r"\{([^{}]*)\}")
_YEARS = ("yyyy", "yy", "roc")


@dataclass(frozen=True, slots=True)
class NumberTemplate:
    """Text with `{yyyy}`, `{yy}`, `{roc}`, `{mm}`, `{dd}` for the date and one run of `{####}` for the counter.

    The finest part of the date says when the counter begins anew.
    """

    text: str

    @classmethod
    def parse(cls, text: str, *, longest: int | None = None) -> NumberTemplate:
        """The template. Raises `Refused` where two numbers could be alike, or too long for `longest` characters."""
        parts = _PART.findall(text)
        runs = [part for part in parts if part and not part.strip("#")]
        for part in parts:
            if part not in (*_YEARS, "mm", "dd", *runs):
                raise Refused(_("“{part}” is not a part of a number.", part=f"{{{part}}}"))
        if len(runs) != 1 or re.search(r"[{}]", _PART.sub("", text)):
            raise Refused(_("There must be one counter, such as {example}.", example="{####}"))
        if "dd" in parts and "mm" not in parts:
            raise Refused(_("A number with the day needs the month as well."))
        if "mm" in parts and not set(_YEARS) & set(parts):
            raise Refused(_("A number with the month needs the year as well."))
        made = cls(text)
        length = len(made.format(0, date(2999, 12, 31)))
        if longest is not None and length > longest:
            raise Refused(_("At most {limit} characters; these are {length}.", limit=longest, length=length))
        return made

    @property
    def width(self) -> int:
        """How many digits the counter has at least."""
        return max(len(part) for part in _PART.findall(self.text) if part and not part.strip("#"))

    def period(self, day: date) -> str:
        """The time that the counter counts in: `2026-11` for a template with the month, "" for one without a date."""
        parts = set(_PART.findall(self.text))
        if "dd" in parts:
            return f"{day:%Y-%m-%d}"
        if "mm" in parts:
            return f"{day:%Y-%m}"
        return f"{day:%Y}" if parts & set(_YEARS) else ""

    def format(self, number: int, day: date) -> str:
        """The number as people read it; the counter grows wider than its run of # when it has to."""
        known = {
            "yyyy": f"{day:%Y}",
            "yy": f"{day:%y}",
            "roc": str(day.year - REPUBLIC),
            "mm": f"{day:%m}",
            "dd": f"{day:%d}",
        }
        return _PART.sub(lambda found: known.get(found[1]) or str(number).zfill(len(found[1])), self.text)


def next_number(env: Env, field: Field, record: Model) -> str:
    """The next number of the field's series, for a record that is about to be stored.

    Addons with numbers of their own are asked before, outside of the flush; see `core.recording.numbers_given`.
    """
    return next_numbers(env, field, type(record), 1)[0]


def next_numbers(env: Env, field: Field, model: type[Model], count: int, *, on: date | None = None) -> list[str]:
    """The next `count` numbers of the field's series, taken at once; those of a past day for what happened then."""
    template, day = template_of(env, field), on or today(env)
    key = series(field, template.period(day))
    connection = env.connection_of_core
    last = advance(connection, key, count)
    numbers = [template.format(number, day) for number in range(last - count + 1, last + 1)]
    taken = _taken(connection, model, field, numbers) if field.unique else set()
    found = [number for number in numbers if number not in taken]
    if len(found) == count:
        return found
    # Somebody has typed or imported some, perhaps very many, or they were made with an earlier template.
    end, block = last, count
    while len(found) < count:
        block = min(block * 4, LARGEST_BLOCK)
        numbers = [template.format(number, day) for number in range(end + 1, end + block + 1)]
        taken = _taken(connection, model, field, numbers)
        for number in numbers:
            end += 1
            if number not in taken:
                found.append(number)
            if len(found) == count:
                break
    advance(connection, key, end - last)
    return found


def template_of(env: Env, field: Field) -> NumberTemplate:
    """The administrators' template of the field, or the one that it was declared with."""
    return NumberTemplate(str(env.setting(f"{SETTING}{field.model}.{field.name}") or field.template))


def today(env: Env) -> date:
    """The date where the company is, wherever the actor is."""
    return clock.now().astimezone(env.company_timezone).date()


def series(field: Field, period: str) -> str:
    """The key of a counter: one per field and time that its numbers count in."""
    return f"{field.model}.{field.name}" + (f":{period}" if period else "")


def last_given(connection: Connection, key: str) -> int:
    """The last number that the counter gave, 0 before the first."""
    return connection.scalar(select(Sequence.last).where(Sequence.key == key)) or 0


def advance(connection: Connection, key: str, by: int = 1) -> int:
    """Takes `by` numbers of the counter at once and returns the last of them."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Sequence).values(key=key, last=by)
    # One statement: whoever comes at the same time waits at the row until this transaction ends.
    grown = insert.on_conflict_do_update(index_elements=["key"], set_={"last": Sequence.last + by})
    return int(connection.execute(grown.returning(Sequence.last)).scalar_one())


def _taken(connection: Connection, model: type[Model], field: Field, numbers: list[str]) -> set[str]:
    columns = model.__table__.c
    found: set[str] = set()
    for start in range(0, len(numbers), BATCH):
        batch = columns[field.name].in_(numbers[start : start + BATCH])
        wanted = select(columns[field.name]).where(batch, columns.deleted_at.is_(None))
        found |= set(connection.scalars(wanted))
    return found
