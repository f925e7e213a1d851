"""The page on which one chooses the record that something is written down for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.pages.views.listing import Row


@dataclass(frozen=True, slots=True)
class PickGroup:
    """Some records, and why they are offered. Their first cell is the name."""

    label: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class PickView:
    """The records to choose from; `asked` is the argument that opens the form on a record's page."""

    title: str
    model: str
    url: str
    asked: str
    q: str
    searchable: bool
    groups: Sequence[PickGroup]
