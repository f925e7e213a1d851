"""The currencies, and how much may be taken off in whose name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from addons.sales.models import Contract, CreditNote, Currency, Order, OrderChange, Quote, Receipt, Receivable
from core.api import Conflict, Message, Records, _

HOME = "TWD"
"""What a company counts in that has chosen nothing."""

_FIXED = ("code", "decimals")
_WRITTEN: tuple[Any, ...] = (Quote, Order, OrderChange, Contract, Receivable, Receipt, CreditNote)
"""What is written in a currency."""


class NoCurrency(Conflict):
    """The company's own currency is not among the currencies."""

    code = "no_currency"
    default = _("The currency of the company is missing among the currencies. An administrator can add it.")


class Currencies(Records[Currency]):
    """The currencies. The company's own always counts 1 and is always in use."""

    model = Currency

    @property
    def home(self) -> str:
        """The code of the company's own currency."""
        return str(self.env.setting("company.currency") or HOME)

    def own(self) -> Currency:
        """The company's own currency. Raises `NoCurrency`."""
        found = self.env.session.scalars(select(Currency).where(Currency.code == self.home)).first()
        if found is None:
            raise NoCurrency()
        return found

    def rate_of(self, currency: Currency) -> Decimal | None:
        """What one unit is worth in the company's currency; None if nobody has entered that."""
        return Decimal(1) if currency.code == self.home else currency.rate

    def validate(self, values: Mapping[str, Any], record: Currency | None) -> dict[str, Message]:
        """A currency in use has a rate."""
        problems = super().validate(values, record)
        is_foreign = values.get("code") != self.home
        if is_foreign and values.get("is_active") and values.get("rate") is None:
            problems["rate"] = _("A currency in use needs its exchange rate.")
        changed = [name for name in _FIXED if record is not None and values[name] != getattr(record, name)]
        if record is not None and changed and self._is_written(record.id):
            problems |= dict.fromkeys(changed, _("There are documents in this currency, which would change with it."))
        return problems

    def _is_written(self, id: int) -> bool:
        """Whether any document is in the currency."""
        with self.env.system("the documents in a currency") as session:
            return any(session.scalar(select(m.id).where(m.currency_id == id).limit(1)) for m in _WRITTEN)
