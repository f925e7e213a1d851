"""The state of a list as its address holds it: back, reload and share work, because there is no other state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from core.orm.filters.alternatives import both, joined, split
from core.saved_views import Query

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

SHORTHANDS = {
    "notempty": ("empty", "no"),
    "today": ("is", "today"),
    "this_week": ("is", "this_week"),
    "this_month": ("is", "this_month"),
    "overdue": ("lt", "today"),
}
"""Conditions of the filter form that need no value → operator and value of the filter language."""

NO_VIEW = "none"
"""Asks for the whole list, where a bare address leads to the view that one begins with."""


@dataclass(frozen=True, slots=True)
class ListArgs:
    """What an address asks of a list. `at` is the number of the first row shown, as far as links have counted.

    With a `view` the address adds to what is saved in it, unless `is_changed` says that it holds everything itself
    and the view is only where it came from. `saved` is what is in the view, once somebody has looked it up.
    """

    q: str = ""
    filters: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    sort: str = ""
    quick: str = ""
    columns: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    at: int = 1
    bin: bool = False
    exact: bool = False
    column: str = ""
    """The column of a board that a phone shows."""
    span: str = ""
    day: str = ""
    by: str = ""
    """What a calendar shows: how many days, around which one, by which date."""
    view: str = ""
    is_changed: bool = False
    saved: Query | None = None

    @classmethod
    def read(cls, args: MultiDict[str, str] | None) -> ListArgs:
        """The state in the arguments of a request."""
        if args is None:
            return cls()
        at, view = args.get("at", ""), args.get("view", "")
        return cls(
            q=args.get("q", "").strip(),
            filters=tuple(dict.fromkeys(_filters(args))),
            any=tuple(dict.fromkeys(_alternative(text) for text in args.getlist("any") if text.strip(" ;"))),
            sort=args.get("sort", ""),
            quick=args.get("quick", ""),
            columns=tuple(dict.fromkeys(name.strip() for name in args.get("columns", "").split(",") if name.strip())),
            after=args.get("after", ""),
            before=args.get("before", ""),
            at=max(int(at), 1) if at.isdecimal() and len(at) < 10 else 1,
            bin=args.get("bin") == "1",
            exact=args.get("exact") == "1",
            column=args.get("column", ""),
            span=args.get("span", ""),
            day=args.get("day", ""),
            by=args.get("by", ""),
            view=view if view == NO_VIEW or (view.isdecimal() and len(view) < 19) else "",
            is_changed=args.get("changed") == "1",
        )

    @property
    def view_id(self) -> int | None:
        """The id of the saved view."""
        return int(self.view) if self.view.isdecimal() else None

    @property
    def is_bare(self) -> bool:
        """Whether nothing at all is asked for."""
        return self == ListArgs()

    def on(self, saved: Query) -> ListArgs:
        """The same with what is in the view that it adds to."""
        if self.is_changed:
            return replace(self, saved=saved)
        return replace(
            self,
            q=self.q or saved.q,
            filters=tuple(dict.fromkeys((*saved.filters, *self.filters))),
            any=both(saved.any, self.any),
            sort=self.sort or saved.sort,
            columns=self.columns or saved.columns,
            saved=saved,
        )

    @property
    def query(self) -> Query:
        """What would be saved of it as a view of the list."""
        return Query(self.q, self.filters, self.any, self.sort, self.columns)

    @property
    def is_as_saved(self) -> bool:
        """Whether the list shows exactly what is in the view."""
        return self.saved is not None and not self.quick and self.query == replace(self.saved, page="")

    def but(self, **changes: Any) -> ListArgs:
        """The same list, changed, from its first row on."""
        start: dict[str, Any] = {"after": "", "before": "", "at": 1, "exact": False}
        return replace(self, **(start | changes))

    def pattern(self, base: str, name: str) -> str:
        """The address of the same list from its first row on, with `%00` where the value of `name` goes.

        For the many addresses of a page that differ in one value.
        """
        return self.but(**{name: "\0"}).url(base)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of the state in an address, wherever in the list that is."""
        if self.is_as_saved:
            return [("view", self.view)]
        found = self.whole
        return [pair for pair in found if pair != ("view", NO_VIEW)] or found

    @property
    def whole(self) -> list[tuple[str, str]]:
        """The same with everything that the saved view says, for whoever puts it into another address."""
        pairs = [("view", self.view), ("changed", "1" if self.saved is not None else "")]
        pairs += [("q", self.q), ("quick", self.quick)]
        pairs += [("filter", text) for text in self.filters] + [("any", text) for text in self.any]
        pairs += [("sort", self.sort), ("columns", ",".join(self.columns)), ("bin", "1" if self.bin else "")]
        return [pair for pair in pairs if pair[1]]

    @property
    def whole_state(self) -> list[tuple[str, str]]:
        """The same with the days that a calendar shows."""
        days = [("span", self.span), ("day", self.day), ("by", self.by)]
        return [*self.whole, *(pair for pair in days if pair[1])]

    def url(self, base: str) -> str:
        """The address of this state."""
        pairs = [("after", self.after), ("before", self.before)]
        pairs += [("at", str(self.at) if self.at > 1 else ""), ("exact", "1" if self.exact else "")]
        pairs += [("column", self.column), ("span", self.span), ("day", self.day), ("by", self.by)]
        query = urlencode([*self.pairs, *(pair for pair in pairs if pair[1])])
        return f"{base}?{query}" if query else base


def _filters(args: MultiDict[str, str]) -> Sequence[str]:
    found = [in_full(text) for text in args.getlist("filter") if text.strip()]
    name, operator = args.get("filter_field", ""), args.get("filter_op", "")
    if name and operator:
        # The filter form without scripts sends its three parts by themselves.
        found.append(in_full(f"{name}:{operator}:{'|'.join(args.getlist('filter_value'))}"))
    return found


def _alternative(text: str) -> str:
    return joined(in_full(condition) for condition in split(text))


def in_full(text: str) -> str:
    """A condition in the filter language, whatever shorthand it was written in."""
    name, _, rest = text.partition(":")
    operator, _, value = rest.partition(":")
    if operator == "empty" and not value:
        value = "yes"
    if operator in SHORTHANDS:
        operator, value = SHORTHANDS[operator]
    return f"{name}:{operator}:{value}" if operator else text
