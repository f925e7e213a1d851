"""Merging records, and probable duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from core.pages.views.detail import Fact


@dataclass(frozen=True, slots=True)
class MergeOption:
    """The value of one field in one record that is to be merged."""

    id: int
    value: Markup
    is_chosen: bool
    is_filled: bool


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A field in which the records differ; one that is not `is_open` keeps the value of the record that stays."""

    name: str
    label: str
    options: Sequence[MergeOption]
    is_open: bool


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """One of the records that are to be merged, with what belongs to it: (what, how many)."""

    id: int
    name: str
    url: str
    version: int
    belongings: Sequence[tuple[str, str]]
    is_survivor: bool
    can_stay: bool


@dataclass(slots=True)
class MergeView:
    """The page on which several records become one. `problem` says why that could not be done."""

    title: str
    url: str
    cancel_url: str
    records: Sequence[MergeRecord]
    rows: Sequence[MergeRow]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DuplicateRecord:
    """One record of a group of probable duplicates."""

    name: str
    url: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Records that are probably the same, and why; `ids` is what the form sends to tell them apart."""

    reason: str
    records: Sequence[DuplicateRecord]
    ids: str
    merge_url: str


@dataclass(slots=True)
class DuplicatesView:
    """A page of groups of probable duplicates; an empty address means that there is no such page."""

    title: str
    back_url: str
    deny_url: str
    groups: Sequence[DuplicateGroup]
    next_url: str = ""
    first_url: str = ""
