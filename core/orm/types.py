"""Column types whose stored form is the same on SQLite and PostgreSQL.

Money, quantity, percent and rate are integers scaled by a fixed power of ten: SQLite's NUMERIC goes through a
float and silently changes large amounts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, DateTime, Integer, String, Text, literal
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator

Id = BigInteger().with_variant(Integer(), "sqlite")
"""The type of every primary and foreign key: SQLite autoincrements only INTEGER."""

Json = JSON().with_variant(JSONB(), "postgresql")


def ShortText(length: int) -> String:  # noqa: N802  (reads like a type)
    """Text of at most `length` characters, sorted by code point on both engines."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class LongText(TypeDecorator[str]):
    """Text of several lines, unlimited by the database."""

    impl = Text
    cache_ok = True


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC with microseconds. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """SQLite's text is read directly: the general way costs several times as much, for each cell of a list."""
        return _read_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _read_sqlite(text: str | None) -> datetime | None:
    # In one go: to replace the time zone afterwards takes many times as long.
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class Scaled(TypeDecorator[Decimal]):
    """A `Decimal` kept as an integer number of 10^-scale. Values round half-up to the scale."""

    impl = BigInteger
    cache_ok = True
    scale = 4

    class comparator_factory(TypeDecorator.Comparator[Decimal]):  # noqa: N801  (the name that SQLAlchemy looks for)
        """Sums and comparisons only: a product or quotient would be wrong by a power of ten."""

        def __mul__(self, other: Any) -> ColumnElement[Any]:
            if not isinstance(other, int):
                raise TypeError("A scaled number is multiplied by an integer only; compute in Python.")
            return cast("ColumnElement[Any]", super().__mul__(literal(other, Integer())))

        def __truediv__(self, other: Any) -> ColumnElement[Any]:
            raise TypeError("A scaled number is not divided in SQL; compute in Python.")

    def process_bind_param(self, value: Decimal | int | str | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return int(Decimal(value).scaleb(self.scale).to_integral_value(ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.scale)


class Money(Scaled):
    """An amount of money with 4 decimals; its currency is another column or the company's."""

    cache_ok = True
    largest = Decimal("99999999999999")


class Quantity(Scaled):
    """How many or how much, with 4 decimals."""

    cache_ok = True
    largest = Decimal("99999999999999")


class Percent(Scaled):
    """A share in percent (12.5 is 12.5 %), with 4 decimals."""

    cache_ok = True
    largest = Decimal("1000000")


class Rate(Scaled):
    """A factor such as an exchange rate, with 8 decimals."""

    cache_ok = True
    scale = 8
    largest = Decimal("9999999999")


class Email(TypeDecorator[str]):
    """An e-mail address."""

    impl = String
    cache_ok = True


class Phone(TypeDecorator[str]):
    """A telephone number as people write it, with an optional extension."""

    impl = String
    cache_ok = True


class Url(TypeDecorator[str]):
    """An http or https address."""

    impl = String
    cache_ok = True


class File(TypeDecorator[int]):
    """The id of a file that belongs to this field of this record alone."""

    impl = BigInteger
    cache_ok = True


class Image(File):
    """The id of a picture that belongs to this field of this record alone."""

    cache_ok = True


class Choice(TypeDecorator[str]):
    """The immutable code of one value of a list."""

    impl = String
    cache_ok = True

    def __init__(self, length: int = 40) -> None:
        super().__init__(length)


class Choices(TypeDecorator[list[str]]):
    """The codes of several values of a list, as a JSON array in the order chosen."""

    impl = Json
    cache_ok = True
