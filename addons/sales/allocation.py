"""Which money goes to which receivable. No database: plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Owed:
    """A receivable with what is still owed of it."""

    id: int
    balance: Decimal
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Excess:
    """More was allocated to the receivable `id` than the `balance` that is owed of it."""

    id: int
    allocated: Decimal
    balance: Decimal


def oldest_first(amount: Decimal, owed: Iterable[Owed]) -> dict[int, Decimal]:
    """Receivable → what it gets of the amount: the one due first is paid first, those without a day last."""
    return _pour(amount, sorted(owed, key=_age))


def latest_first(amount: Decimal, owed: Iterable[Owed]) -> dict[int, Decimal]:
    """The other way round: what has been due for long stays due for long."""
    return _pour(amount, sorted(owed, key=_age, reverse=True))


def excesses(allocations: Sequence[tuple[int, Decimal]], balances: Mapping[int, Decimal]) -> list[Excess]:
    """The receivables that would get more than is owed of them, in the order of their ids.

    One that stands several times gets the sum; one of which nothing is known has no balance.
    """
    wanted: dict[int, Decimal] = {}
    for id, amount in allocations:
        wanted[id] = wanted.get(id, NOTHING) + amount
    balance = {id: balances.get(id, NOTHING) for id in wanted}
    return [Excess(id, wanted[id], balance[id]) for id in sorted(wanted) if wanted[id] > balance[id]]


def surplus(amount: Decimal, allocations: Sequence[tuple[int, Decimal]]) -> Decimal:
    """What is left of the amount: 預收款. Negative if more was allocated than there is."""
    return amount - sum((each for _id, each in allocations), NOTHING)


def _age(owed: Owed) -> tuple[bool, date, int]:
    return owed.due_on is None, owed.due_on or date.min, owed.id


def _pour(amount: Decimal, owed: Sequence[Owed]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for each in owed:
        part = min(amount, each.balance)
        if part > 0:
            found[each.id] = part
            amount -= part
    return found
