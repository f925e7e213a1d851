"""The analysis of a list: charts whose bars lead to the records that they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.pages.views.listing import ListView


@dataclass(frozen=True, slots=True)
class Bar:
    """How many records have a value: `width` is the length of the bar, `share` its part of all, both in per cent."""

    label: str
    value: str
    width: str
    share: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class AnalysisChart:
    """A chart, fetched from `url`."""

    key: str
    title: str
    url: str
    bars: Sequence[Bar] = ()


@dataclass(slots=True)
class AnalysisView(ListView):
    """The charts of a list, with all that stands around it."""

    charts: Sequence[AnalysisChart] = ()
