"""A list looked at as a whole: how many of its records have which value, and when they came."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_skeleton

from core.errors import BadRequest, NotFound
from core.i18n import _, current_locale
from core.orm.field import Field, Kind
from core.orm.filters import parse
from core.orm.labels import labels
from core.orm.listing import ListRequest, count
from core.orm.listing.groups import counts_by, counts_in
from core.orm.model import describe, model_of
from core.pages.amounts import number_formatter
from core.pages.catalogue import ModelPages
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.pills import choices_of
from core.pages.reach import is_open
from core.pages.views import AnalysisChart, AnalysisView, Bar, Pager

if TYPE_CHECKING:
    from core.env import Env

MOST, FEW, MONTHS = 25, 8, 12
"""So many bars at most; up to so few values of a list stand in its order, more of them by how many there are."""


class Analysis:
    """The analysis of a model's list. Raises `NotFound` where there is none."""

    def __init__(self, env: Env, pages: ModelPages, args: ListArgs) -> None:
        if pages.analysis is None or pages.listing is None or args.bin:
            raise NotFound()
        self.env, self.node, self.model = env, pages.analysis, pages.model
        self.info, self.list_url, self.url = describe(pages.model), pages.url, f"{pages.url}/analysis"
        self.lists = ListBuilder(env, pages.listing, args.but(column=""), url=self.url)
        self.args, self.request = self.lists.args, self.lists.request
        self.shown = number_formatter(current_locale(), 0, 0)

    def view(self) -> AnalysisView:
        """The page, whose charts are fetched one by one."""
        total = count(self.env, self.request)
        around = self.lists.surroundings(total)
        return AnalysisView(**around, columns=(), rows=(), pager=Pager(""), charts=self.charts())

    def charts(self) -> list[AnalysisChart]:
        """The charts that the reader may see, without their bars."""
        return [
            AnalysisChart(spec.name, self._title(spec), self.args.url(f"{self.url}/{spec.name}"))
            for spec in self._fields()
        ]

    def chart(self, name: str) -> AnalysisChart:
        """One chart with its bars. Raises `NotFound` for a field that is not analysed, or not seen by the reader."""
        spec = next((spec for spec in self._fields() if spec.name == name), None)
        if spec is None:
            raise NotFound()
        is_date = spec.kind in (Kind.DATE, Kind.DATE_TIME)
        bars = self._months(spec) if is_date else self._values(spec)
        return AnalysisChart(spec.name, self._title(spec), self.args.url(f"{self.url}/{spec.name}"), bars)

    def _fields(self) -> Iterator[Field]:
        for name in self.node.by:
            spec = self.info.fields.get(name)
            if spec is not None and is_open(self.env, self.model, name, in_list=True):
                yield spec

    def _title(self, spec: Field) -> str:
        if spec.kind in (Kind.DATE, Kind.DATE_TIME):
            return str(_("{field}, by month", field=spec.label))
        return str(spec.label)

    def _values(self, spec: Field) -> list[Bar]:
        found = counts_by(self.env, self._plain(), spec.name)
        named = self._names(spec, [value for value in found if value is not None])
        order = {value: place for place, value in enumerate(named)}
        by_list = spec.kind is Kind.CHOICE and len(named) <= FEW
        values = [value for value in found if value is not None]
        values.sort(key=lambda value: (order.get(value, len(order)) if by_list else -found[value], str(value)))
        bars = [(named.get(value, str(value)), found[value], self._finding(spec, value)) for value in values[:MOST]]
        rest = sum(found[value] for value in values[MOST:])
        bars += [(str(_("Others")), rest, "")] if rest else []
        bars += [(str(_("Not given")), found[None], f"{spec.name}:empty:yes")] if found.get(None) else []
        return self._bars(bars)

    def _finding(self, spec: Field, value: object) -> str:
        """The condition that finds the records with the value; "" for a value that no list has any more."""
        text = f"{spec.name}:is:{value}"
        try:
            parse(self.env, self.model, text)
        except BadRequest:
            return ""
        return text

    def _names(self, spec: Field, values: Sequence[object]) -> dict[object, str]:
        if spec.kind is Kind.LINK:
            ids = [value for value in values if isinstance(value, int)]
            return {id: label.text for id, label in labels(self.env, model_of(spec.target), ids).items()}
        return {code: label for code, (label, _tone) in choices_of(self.env, spec).items()}

    def _months(self, spec: Field) -> list[Bar]:
        firsts = [_month(self.env.today, back) for back in range(MONTHS - 1, -2, -1)]
        pairs = list(itertools.pairwise(firsts))
        spans = [(self._edge(spec, start), self._edge(spec, end)) for start, end in pairs]
        numbers = counts_in(self.env, self._plain(), spec.name, spans)
        bars = []
        for (start, end), number in zip(pairs, numbers, strict=True):
            label = format_skeleton("yMMM", start, locale=current_locale())
            bars.append((label, number, f"{spec.name}:between:{start}|{end - timedelta(days=1)}"))
        return self._bars(bars)

    def _edge(self, spec: Field, day: date) -> date | datetime:
        return datetime.combine(day, time(), self.env.timezone) if spec.kind is Kind.DATE_TIME else day

    def _plain(self) -> ListRequest:
        """The request without an order: nothing is sorted."""
        return replace(self.request, sort="")

    def _bars(self, found: Sequence[tuple[str, int, str]]) -> list[Bar]:
        """(label, number, condition that finds them) → bars, the longest one filling the width."""
        longest = max((number for _label, number, _condition in found), default=0) or 1
        whole = sum(number for _label, number, _condition in found) or 1
        return [
            Bar(
                label=label,
                value=self.shown(number),
                width=f"{100 * number / longest:.1f}%",
                share=f"{100 * number / whole:.0f}%",
                url=self._drilled(condition) if condition and number else "",
            )
            for label, number, condition in found
        ]

    def _drilled(self, condition: str) -> str:
        """The list with one condition more."""
        return self.args.but(filters=(*self.args.filters, condition)).url(self.list_url)


def _month(today: date, back: int) -> date:
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
