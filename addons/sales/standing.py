"""How receivables and orders stand: balance, state, totals. No database: plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NOT_DUE, PARTIAL, PAID, OVERDUE, VOID = "not_due", "partial", "paid", "overdue", "void"

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """A receivable as far as its standing goes."""

    amount: Decimal
    received: Decimal = NOTHING
    credited: Decimal = NOTHING
    due_on: date | None = None
    is_void: bool = False

    @property
    def balance(self) -> Decimal:
        """What is still owed of it."""
        return NOTHING if self.is_void else self.amount - self.received - self.credited

    def state(self, today: date) -> str:
        """Its state on a day. What is overdue stays so until all of it is paid."""
        if self.is_void:
            return VOID
        if not self.balance:
            return PAID
        if self.due_on is not None and self.due_on < today:
            return OVERDUE
        return PARTIAL if self.received or self.credited else NOT_DUE


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands. `outstanding` counts what has no receivable yet as well."""

    received: Decimal
    credited: Decimal
    outstanding: Decimal
    instalments: int
    instalments_paid: int
    next_due_on: date | None


def standing(total: Decimal, claims: Sequence[Claim], *, is_owed: bool) -> Standing:
    """The figures of an order of that total. Nothing is owed of an order that is not approved, or void."""
    live = [claim for claim in claims if not claim.is_void]
    received = sum((claim.received for claim in live), NOTHING)
    credited = sum((claim.credited for claim in live), NOTHING)
    days = [claim.due_on for claim in live if claim.balance and claim.due_on is not None]
    return Standing(
        received=received,
        credited=credited,
        outstanding=total - received - credited if is_owed else NOTHING,
        instalments=len(live),
        instalments_paid=sum(not claim.balance for claim in live),
        next_due_on=min(days, default=None) if is_owed else None,
    )
