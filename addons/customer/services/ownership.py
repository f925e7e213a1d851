"""Who looked after a customer when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select

from addons.customer.models import Customer, OwnershipPeriod
from core.api import Forbidden, OwnerChange, Records, clock


class OwnershipPeriods(Records[OwnershipPeriod]):
    """The periods of ownership. Only a change of owner writes them."""

    model = OwnershipPeriod

    rule = ""
    """The rule that owners change by at the moment; see `under`."""

    @contextmanager
    def under(self, rule: str) -> Iterator[None]:
        """Owners that change inside the block do so by this rule, a code of `OWNERSHIP_RULES`."""
        before, self.rule = self.rule, rule
        try:
            yield
        finally:
            self.rule = before

    def begin(self, changes: Sequence[OwnerChange]) -> None:
        """Ends the periods of these customers that last, and begins the next ones, at the same moment."""
        now = clock.now()
        lasting = self._end([change.record_id for change in changes], now)
        rows = [
            {
                "customer_id": change.record_id,
                "owner_id": change.after,
                "since": now,
                "by_id": self.env.user_id,
                "rule": self.rule or _rule(change.after, is_first=change.record_id not in lasting),
                "reason": change.reason or None,
            }
            for change in changes
        ]
        self.env.insert_as_system(OwnershipPeriod, rows, reason="ownership period")

    def _end(self, customers: Sequence[int], now: datetime) -> set[int]:
        """The customers that had a period that lasted."""
        ended = set()
        with self.env.system("ownership period") as session:
            wanted = (OwnershipPeriod.customer_id.in_(customers), OwnershipPeriod.until.is_(None))
            for period in session.scalars(select(OwnershipPeriod).where(*wanted)):
                period.until = now
                ended.add(period.customer_id)
            session.flush()
        return ended

    def keep_one_lasting(self, customer: Customer) -> None:
        """A customer has one owner at a time: of several periods that last, those of others end now.

        If none of them is the owner's, one begins.
        """
        with self.env.system("ownership period") as session:
            lasting = session.scalars(
                select(OwnershipPeriod)
                .where(OwnershipPeriod.customer_id == customer.id, OwnershipPeriod.until.is_(None))
                .order_by(OwnershipPeriod.since)
            ).all()
            theirs = [period for period in lasting if period.owner_id == customer.owner_id]
            for period in lasting:
                if period not in theirs[:1]:
                    period.until = clock.now()
            session.flush()
        if not theirs:
            self.begin([OwnerChange(customer.id, None, customer.owner_id)])

    def create(self, values: Mapping[str, Any]) -> OwnershipPeriod:
        """Refused: a period begins when an owner changes."""
        raise Forbidden()

    def update(
        self, record: OwnershipPeriod, values: Mapping[str, Any], *, version: int | None = None
    ) -> OwnershipPeriod:
        """Refused: what was is not rewritten."""
        raise Forbidden()

    def delete(self, record: OwnershipPeriod, *, version: int | None = None) -> int:
        """Refused: a period goes only with its customer."""
        raise Forbidden()


def _rule(owner: int | None, *, is_first: bool) -> str:
    if is_first:
        return "created"
    return "assigned" if owner is not None else "released"
