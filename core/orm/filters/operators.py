"""Which operators a field has, what they are called, and how a condition reads as a sentence."""

from __future__ import annotations

from core.i18n import Text, _
from core.orm.field import Field, Kind

IS, NOT, IN, EMPTY = "is", "not", "in", "empty"
CONTAINS, STARTS = "contains", "starts"
LT, LE, GT, GE, BETWEEN = "lt", "le", "gt", "ge", "between"
HAS, ANY = "has", "any"

LISTED = frozenset({IN, ANY, BETWEEN})
"""Operators whose value is several values, separated by `|`."""

_EMPTY = (EMPTY, _("is empty"))
_CHOSEN = ((IS, _("is")), (NOT, _("is not")), (IN, _("is one of")), _EMPTY)
_TEXT = ((CONTAINS, _("contains")), (STARTS, _("starts with")), *_CHOSEN)
_NUMBER = (
    (IS, _("is")),
    (NOT, _("is not")),
    (LT, _("is less than")),
    (LE, _("is at most")),
    (GT, _("is more than")),
    (GE, _("is at least")),
    (BETWEEN, _("is between")),
    (IN, _("is one of")),
    _EMPTY,
)
_DATE = (
    (IS, _("is on")),
    (NOT, _("is not on")),
    (LT, _("is before")),
    (LE, _("is on or before")),
    (GT, _("is after")),
    (GE, _("is on or after")),
    (BETWEEN, _("is between")),
    (IN, _("is one of")),
    _EMPTY,
)
_CHOICES = ((HAS, _("includes")), (ANY, _("includes one of")), _EMPTY)

_BY_KIND: dict[Kind, tuple[tuple[str, Text], ...]] = {
    Kind.DATE: _DATE,
    Kind.DATE_TIME: _DATE,
    Kind.CHOICE: _CHOSEN,
    Kind.LINK: _CHOSEN,
    Kind.CHOICES: _CHOICES,
    Kind.BOOLEAN: ((IS, _("is")),),
    Kind.FILE: (_EMPTY,),
    Kind.IMAGE: (_EMPTY,),
    Kind.JSON: (_EMPTY,),
}


def operators(field: Field) -> list[tuple[str, Text]]:
    """The operators of the field with what people read for them, the most useful first."""
    if field.kind.is_text:
        return list(_TEXT)
    if field.kind.is_number:
        return list(_NUMBER)
    return list(_BY_KIND[field.kind])


SENTENCES: dict[str, Text] = {
    IS: _("{field} is {value}"),
    NOT: _("{field} is not {value}"),
    IN: _("{field} is {value}"),
    CONTAINS: _("{field} contains “{value}”"),
    STARTS: _("{field} starts with “{value}”"),
    LT: _("{field} is less than {value}"),
    LE: _("{field} is at most {value}"),
    GT: _("{field} is more than {value}"),
    GE: _("{field} is at least {value}"),
    BETWEEN: _("{field} is between {value}"),
    HAS: _("{field} includes {value}"),
    ANY: _("{field} includes {value}"),
}
DATE_SENTENCES: dict[str, Text] = {
    IS: _("{field}: {value}"),
    NOT: _("{field} is not {value}"),
    LT: _("{field} is before {value}"),
    LE: _("{field} is on or before {value}"),
    GT: _("{field} is after {value}"),
    GE: _("{field} is on or after {value}"),
}
IS_EMPTY, IS_NOT_EMPTY = _("{field} is empty"), _("{field} is not empty")


def sentence(field: Field, operator: str) -> Text:
    """The sentence that a condition with this operator reads as."""
    if field.kind in (Kind.DATE, Kind.DATE_TIME) and operator in DATE_SENTENCES:
        return DATE_SENTENCES[operator]
    return SENTENCES[operator]
