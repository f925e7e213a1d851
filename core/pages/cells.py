"""Values as HTML. One formatter is compiled per field and request: a page of cells costs next to nothing.

Everything is escaped here; templates print what comes out as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from core.i18n import _, current_locale
from core.orm.field import Field, Kind
from core.pages import amounts
from core.pages.attached import file_html, picture_html
from core.pages.currencies import Currencies, Currency
from core.pages.icons import icon
from core.pages.links import Links
from core.pages.masks import masked_value
from core.pages.moments import Moments
from core.pages.pills import pill, pills_of
from core.pages.reach import is_masked
from core.pages.views import Align

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model

Formatter = Callable[[Any], Markup]
EMPTY = Markup("")
LONGEST_IN_LIST = 80


class Cells:
    """The formatters of one request, compiled when first asked for."""

    def __init__(self, env: Env) -> None:
        self.env, self.locale = env, current_locale()
        self.links = Links(env)
        self.moments = Moments(self.locale, env.timezone, env.today)
        self.currencies = Currencies(env)
        self._compiled: dict[tuple[int, bool, Currency | None], tuple[Field, Formatter]] = {}
        """The field is kept with its formatter, so that its id is not given to another one."""

    def know_of(self, specs: Sequence[Field], records: Sequence[Model]) -> None:
        """Looks up together what the cells of the records lead to, and what their amounts are in."""
        self.links.know_of(specs, records)
        self.currencies.know_of(specs, records)

    def of(self, spec: Field, record: Model, *, in_list: bool = False) -> Markup:
        """The record's value as HTML, an amount in the currency that the record says."""
        if spec.words is not None:
            return self.formatter(spec, in_list=in_list, record=record)(spec.read(record))
        currency = self.currencies.of(spec, record)
        return self.format(spec, spec.read(record), in_list=in_list, currency=currency)

    def format(self, spec: Field, value: Any, *, in_list: bool = False, currency: Currency | None = None) -> Markup:
        """The value as HTML, empty for none."""
        return self.formatter(spec, in_list=in_list, currency=currency)(value)

    def formatter(
        self, spec: Field, *, in_list: bool = False, currency: Currency | None = None, record: Model | None = None
    ) -> Formatter:
        """What turns values of the field into HTML for this reader; masked where their roles say so.

        Amounts are in the `currency`, the company's own if there is none. `record` is whose values they are, for
        fields that have words of their own.
        """
        if spec.words is not None and not is_masked(self.env, spec, in_list=in_list):
            return _worded(self.env, spec, record)
        key = (id(spec), in_list, currency)
        if key not in self._compiled:
            self._compiled[key] = spec, self._compile(spec, in_list, currency)
        return self._compiled[key][1]

    def _compile(self, spec: Field, in_list: bool, currency: Currency | None) -> Formatter:
        if is_masked(self.env, spec, in_list=in_list):
            return _masking(spec)
        if currency is not None:
            return _in_currency(self, spec, currency)
        return _MAKERS.get(spec.kind, _text)(self, spec, in_list)

    def plain(self, spec: Field, value: Any) -> str:
        """The value as plain text, for titles and labels."""
        if spec.kind.is_file and not is_masked(self.env, spec):
            file = self.links.files.of(spec, value)
            return file.name if file else ""
        return self.formatter(spec)(value).striptags()


def align_of(spec: Field) -> Align:
    """Where a column of the field is aligned."""
    if spec.kind.is_number:
        return "end"
    return "center" if spec.kind is Kind.BOOLEAN else "start"


def _masking(spec: Field) -> Formatter:
    title = escape(str(_("You may not see this value.")))

    def formatted(value: Any) -> Markup:
        outline = masked_value(spec, value)
        return Markup(f'<span class="masked" title="{title}">{escape(outline)}</span>') if outline else EMPTY

    return formatted


def _worded(env: Env, spec: Field, record: Model | None) -> Formatter:
    def formatted(value: Any) -> Markup:
        return EMPTY if value is None or spec.words is None else escape(spec.words(env, value, record))

    return formatted


def _text(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    def formatted(value: str | None) -> Markup:
        return EMPTY if value is None else escape(value)

    return formatted


def _long_text(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    def formatted(value: str | None) -> Markup:
        return Markup(f'<span class="prose">{escape(value)}</span>') if value else EMPTY

    def cut(value: str | None) -> Markup:
        if not value:
            return EMPTY
        line = " ".join(value.split())
        return escape(line if len(line) <= LONGEST_IN_LIST else line[: LONGEST_IN_LIST - 1] + "…")

    return cut if in_list else formatted


def _number(least: int, most: int, suffix: str = "") -> Callable[[Cells, Field, bool], Formatter]:
    def make(cells: Cells, spec: Field, in_list: bool) -> Formatter:
        number = amounts.number_formatter(cells.locale, least, most)

        def formatted(value: Decimal | int | None) -> Markup:
            return EMPTY if value is None else Markup(f'<span class="num">{number(value)}{suffix}</span>')

        return formatted

    return make


def _money(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    currency = str(cells.env.setting("company.currency") or amounts.DEFAULT_CURRENCY)
    return _shown_money(amounts.money_formatter(cells.locale, currency, amounts.decimals_of(currency), 4))


def _in_currency(cells: Cells, spec: Field, currency: Currency) -> Formatter:
    return _shown_money(amounts.money_formatter(cells.locale, currency.code, *decimals_shown(spec, currency)))


def decimals_shown(spec: Field, currency: Currency) -> tuple[int, int]:
    """How many decimals an amount has at least and at most: what is typed, such as a price of a screw, has its own."""
    return currency.decimals, currency.decimals if spec.readonly and currency.code else max(currency.decimals, 4)


def _shown_money(formatter: Callable[[Decimal], str]) -> Formatter:
    def formatted(value: Decimal | None) -> Markup:
        return EMPTY if value is None else Markup('<span class="num">{}</span>').format(formatter(value))

    return formatted


def _date(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    day, today = cells.moments.day, cells.moments.today

    def formatted(value: date | None) -> Markup:
        return EMPTY if value is None else day(value)

    if not spec.due:
        return formatted
    sign = icon("alert-triangle", str(_("Overdue")))

    def marked(value: date | None) -> Markup:
        shown = formatted(value)
        return shown if value is None or value >= today else Markup(f'<span class="overdue">{shown}{sign}</span>')

    return marked


def _date_time(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    moment = cells.moments.moment if in_list else cells.moments.full

    def formatted(value: datetime | None) -> Markup:
        return EMPTY if value is None else moment(value)

    return formatted


def _choice(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    pills = pills_of(cells.env, spec)

    def formatted(value: str | None) -> Markup:
        if value is None:
            return EMPTY
        return pills.get(value) or pill(value, "neutral")

    return formatted


def _choices(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    pill = _choice(cells, spec, in_list)

    def formatted(values: list[str] | None) -> Markup:
        return Markup(" ").join(pill(value) for value in values or ())

    return formatted


def _boolean(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    yes, no = icon("check", str(_("Yes"))), icon("minus", str(_("No")))

    def formatted(value: bool | None) -> Markup:
        return EMPTY if value is None else (yes if value else no)

    return formatted


def _link(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    links, target, url = cells.links, spec.target, cells.links.url(spec.target)
    title = escape(str(_("You may not open this record.")))

    def formatted(value: int | None) -> Markup:
        if value is None:
            return EMPTY
        label = links.label(target, value)
        if label.is_masked:
            return Markup(f'<span class="masked" title="{title}">{escape(label.text)}</span>')
        if url and label.has_link:
            return Markup(f'<a href="{url}{value}">{escape(label.text)}</a>')
        return escape(label.text)

    return formatted


def _phone(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    def formatted(value: str | None) -> Markup:
        if not value:
            return EMPTY
        number = _NOT_DIALLED.sub("", _EXTENSION.sub("", value))
        return Markup(f'<a href="tel:{escape(number)}">{escape(value)}</a>')

    return formatted


_EXTENSION = re.compile(r"\s*(?:#|ext\.?|分機|分机|轉|转|x)\s*\d+\s*$", re.IGNORECASE)
_NOT_DIALLED = re.compile(r"[^0-9+]")


def _email(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    def formatted(value: str | None) -> Markup:
        return Markup(f'<a href="mailto:{escape(value)}">{escape(value)}</a>') if value else EMPTY

    return formatted


def _url(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    def formatted(value: str | None) -> Markup:
        if not value:
            return EMPTY
        if not value.lower().startswith(("http://", "https://")):
            return escape(value)
        shown = escape(value.split("://", 1)[1].rstrip("/"))
        return Markup(f'<a href="{escape(value)}" rel="noopener noreferrer" target="_blank">{shown}</a>')

    return formatted


def _file(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    files = cells.links.files

    def formatted(value: int | None) -> Markup:
        file = files.of(spec, value)
        return EMPTY if file is None else file_html(file, in_list=in_list)

    return formatted


def _image(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    files, label = cells.links.files, str(spec.label)

    def formatted(value: int | None) -> Markup:
        file = files.of(spec, value)
        return EMPTY if file is None else picture_html(file, label)

    return formatted


def _json(cells: Cells, spec: Field, in_list: bool) -> Formatter:
    def formatted(value: Any) -> Markup:
        text = "" if value is None else json.dumps(value, ensure_ascii=False)
        return escape(text if len(text) <= LONGEST_IN_LIST else text[: LONGEST_IN_LIST - 1] + "…")

    return formatted


_MAKERS: dict[Kind, Callable[[Cells, Field, bool], Formatter]] = {
    Kind.LONG_TEXT: _long_text,
    Kind.INTEGER: _number(0, 0),
    Kind.QUANTITY: _number(0, 4),
    Kind.PERCENT: _number(0, 4, " %"),
    Kind.RATE: _number(0, 8),
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.DATE_TIME: _date_time,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.BOOLEAN: _boolean,
    Kind.LINK: _link,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.URL: _url,
    Kind.FILE: _file,
    Kind.IMAGE: _image,
    Kind.JSON: _json,
}
