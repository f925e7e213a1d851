"""Kinds of fields, the column types that make them, and how each is filtered."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from core.addons.registry import Registry
from core.i18n import _
from core.orm import types
from core.orm.field import Field, Kind, field
from core.orm.filters import operators
from core.orm.filters.operators import LISTED
from core.orm.filters.periods import WORDS
from core.orm.listing.sorting import UNSORTED
from core.reference.markdown import block, code, docstring, first_line, table

COLUMNS: dict[Kind, str] = {
    Kind.TEXT: "String(200)",
    Kind.LONG_TEXT: "LongText",
    Kind.INTEGER: "Integer",
    Kind.QUANTITY: "Quantity",
    Kind.MONEY: "Money",
    Kind.PERCENT: "Percent",
    Kind.RATE: "Rate",
    Kind.DATE: "Date",
    Kind.DATE_TIME: "UTCDateTime",
    Kind.CHOICE: "Choice() with list= or options=",
    Kind.CHOICES: "Choices() with list= or options=",
    Kind.BOOLEAN: "Boolean",
    Kind.LINK: 'ForeignKey("…")',
    Kind.PHONE: "Phone(40)",
    Kind.EMAIL: "Email(254)",
    Kind.URL: "Url(300)",
    Kind.FILE: "File",
    Kind.IMAGE: "Image",
    Kind.SERIAL: 'String(20) with template="C{####}"',
    Kind.JSON: "types.Json",
}
"""Kind → the type that is given to `field()`."""

LANGUAGE = """
A filter is written `field:operator:value` and split at its first two colons, so that a value may hold colons.
`field` may reach through up to three links by their names without `_id`: `department.name`. Several values are
separated by `|`; a bar in a value is written `\\|`. `empty` takes `yes` or `no`. A link to a user takes `me`.
Every model can be filtered by `id`. A field that the reader may not see in full counts as one that does not exist.
"""

DATES = """
Instead of a date, a filter takes one of these words, or a span from today such as `-7d`, `+2w`, `-3m` or `+1y`
(days, weeks, months, years), or for a moment `2026-01-31T09:00`. What they mean is worked out in the reader's time
zone; weeks begin on Monday.
"""


def build(_registry: Registry) -> str:
    """Kinds, types, the arguments of `field()`, operators, and words for dates."""
    return "\n".join(
        [
            "## Kinds\n\n"
            + table(("Kind", "Given to `field()`", "Operators", "Sorts"), (_kind(kind) for kind in Kind)),
            "## Column types\n\n"
            "Beside SQLAlchemy's own `String`, `Integer`, `Boolean`, `Date` and `ForeignKey`.\n\n"
            + table(("Type", "What it stores"), _types()),
            f"## field()\n\n{block(_signature())}\n{docstring(field)}\n",
            f"## Filters\n\n{LANGUAGE.strip()}\n\n" + table(("Operator", "Reads as", "Value", "Kinds"), _operators()),
            f"## Dates in filters\n\n{DATES.strip()}\n\n"
            + table(("Word", "Reads as"), ((code(word), str(label)) for word, (label, _days) in WORDS.items())),
        ]
    )


def _kind(kind: Kind) -> tuple[str, str, str, str]:
    known = ", ".join(code(name) for name, _label in operators(_field(kind)))
    return code(kind.value), code(COLUMNS[kind]), known, "no" if kind in UNSORTED else "yes"


def _field(kind: Kind) -> Field:
    return Field(kind, _("Example"))


def _types() -> Iterator[tuple[str, str]]:
    for name, found in sorted(vars(types).items()):
        if inspect.isclass(found) and found.__module__ == types.__name__ and name != "Scaled":
            yield code(name), first_line(found)


def _signature() -> str:
    found = list(inspect.signature(field).parameters.values())
    position = next(i for i, parameter in enumerate(found) if parameter.kind is parameter.KEYWORD_ONLY)
    lines = [f"    {_unquoted(parameter)}," for parameter in found]
    return "\n".join(["field(", *lines[:position], "    *,", *lines[position:], ")"])


def _unquoted(parameter: inspect.Parameter) -> str:
    """Annotations are text while nothing asks for them."""
    return str(parameter).replace(repr(parameter.annotation), str(parameter.annotation))


def _operators() -> Iterator[tuple[str, str, str, str]]:
    kinds: dict[str, list[str]] = {}
    labels: dict[str, list[str]] = {}
    for kind in Kind:
        for name, label in operators(_field(kind)):
            kinds.setdefault(name, []).append(kind.value)
            labels.setdefault(name, []).append(str(label))
    for name, found in kinds.items():
        value = "yes or no" if name == "empty" else "two values" if name == "between" else "one value"
        value = "one or more values" if name in LISTED - {"between"} else value
        yield code(name), ", ".join(dict.fromkeys(labels[name])), value, ", ".join(map(code, found))
