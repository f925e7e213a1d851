"""Values as they stand on paper: whole dates, amounts with their currency, no links and no colours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from core.exchange.plain import plain
from core.i18n import current_locale
from core.orm.field import Field, Kind
from core.pages import amounts
from core.pages.cells import Cells, decimals_shown
from core.pages.currencies import Currency
from core.pages.moments import SHORT

if TYPE_CHECKING:
    from core.env import Env

Printed = Callable[[Any], str]

DECIMALS: dict[Kind, tuple[int, int]] = {
    Kind.INTEGER: (0, 0),
    Kind.QUANTITY: (0, 4),
    Kind.PERCENT: (0, 4),
    Kind.RATE: (0, 8),
}
"""Kind of number → how many decimals are printed at least and at most."""


class Values:
    """The formatters of one document, compiled when first asked for."""

    def __init__(self, env: Env, cells: Cells) -> None:
        self.env, self.cells, self.locale = env, cells, current_locale()
        self._compiled: dict[tuple[int, bool, Currency | None], tuple[Field, Printed]] = {}

    def text(self, spec: Field, value: Any, currency: Currency | None = None) -> str:
        """The value of a record's field, masked where the reader's roles say so; "" for none."""
        return self.printed(spec, currency=currency)(value)

    def printed(self, spec: Field, *, in_list: bool = False, currency: Currency | None = None) -> Printed:
        """What makes text of the field's values, in a list or on a page of its own; amounts in the currency."""
        key = (id(spec), in_list, currency)
        if key not in self._compiled:
            self._compiled[key] = spec, self._compile(spec, currency, in_list=in_list)
        return self._compiled[key][1]

    def _compile(self, spec: Field, currency: Currency | None, *, in_list: bool) -> Printed:
        simple = plain(self.env, spec, self.cells.links.label, self.cells.plain, in_list=in_list)
        number = self._number(spec, currency)

        def printed(value: Any) -> str:
            return self._said(simple(value), number)

        return printed

    def _said(self, value: Any, number: Printed) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            return f"{self.day(value.date())} {value:%H:%M}"
        if isinstance(value, date):
            return self.day(value)
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return number(value) if is_number else str(value)

    def day(self, value: date) -> str:
        """A date as the reader's language writes it."""
        return format_date(value, SHORT.get(self.locale, "medium"), locale=self.locale)

    def moment(self, value: datetime) -> str:
        """A moment where the reader is."""
        local = value.astimezone(self.env.timezone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def _number(self, spec: Field, currency: Currency | None) -> Printed:
        if spec.kind is Kind.MONEY and currency is not None:
            return amounts.money_formatter(self.locale, currency.code, *decimals_shown(spec, currency))
        if spec.kind is Kind.MONEY:
            return self._money()
        suffix = " %" if spec.kind is Kind.PERCENT else ""
        formatted = amounts.number_formatter(self.locale, *DECIMALS.get(spec.kind, (0, 8)))
        return lambda value: f"{formatted(value)}{suffix}"

    def _money(self) -> Printed:
        currency = str(self.env.setting("company.currency") or amounts.DEFAULT_CURRENCY)
        return amounts.money_formatter(self.locale, currency, amounts.decimals_of(currency), 4)
