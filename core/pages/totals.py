"""What stands below the rows of a list: what they add up to."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from core.orm.filters import Filter
from core.orm.listing import CAP, ListRequest, count, totals
from core.orm.model import describe
from core.pages.cells import Cells
from core.pages.currencies import way_of
from core.pages.nodes import ListPage, Totals
from core.pages.reach import is_open

Line = Sequence[tuple[str, Markup]]
"""Sums in one currency, each with what it is the sum of."""


def added_up(cells: Cells, page: ListPage, wanted: Totals, fixed: Sequence[Filter]) -> list[Line]:
    """The sums of the rows that fulfil `fixed` and the filters of `wanted`: a line per currency.

    Nothing of fields that are kept from the reader, whom a sum over few rows would tell; nothing of more rows than
    are counted.
    """
    env, known = cells.env, describe(page.model).fields
    specs = [known[name] for name in wanted.fields if is_open(env, page.model, name, in_list=True)]
    ways = {way_of(spec) for spec in specs}
    request = ListRequest(page.model, filters=(*fixed, *wanted.filters))
    if len(ways) != 1 or not count(env, request).is_exact:
        return []
    (way,) = ways
    if way is not None and way.via:
        return []
    found = totals(env, request, [spec.name for spec in specs], by=way.first if way else "", cap=CAP)
    if way is not None:
        cells.currencies.know(way, found)
    lines = []
    for id, sums in found.items():
        currency = cells.currencies.behind(way, id) if way is not None else None
        summed = [(spec, value) for spec, value in zip(specs, sums, strict=True) if value is not None]
        labels = (str(page.labels.get(spec.name, spec.label)) for spec, _value in summed)
        texts = (cells.format(spec, value, currency=currency) for spec, value in summed)
        lines.append(list(zip(labels, texts, strict=True)))
    return [line for line in lines if line]
