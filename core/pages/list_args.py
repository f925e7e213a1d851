"""The state of a list as its address holds it: back, reload and share work, because there is no other state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

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


@dataclass(frozen=True, slots=True)
class ListArgs:
    """What an address asks of a list. `at` is the number of the first row shown, as far as links have counted."""

    q: str = ""
    filters: tuple[str, ...] = ()
    sort: str = ""
    quick: str = ""
    after: str = ""
    before: str = ""
    at: int = 1
    bin: bool = False
    exact: bool = False
    column: str = ""
    """The column of a board that a phone shows."""

    @classmethod
    def read(cls, args: MultiDict[str, str] | None) -> ListArgs:
        """The state in the arguments of a request."""
        if args is None:
            return cls()
        at = args.get("at", "")
        return cls(
            q=args.get("q", "").strip(),
            filters=tuple(dict.fromkeys(_filters(args))),
            sort=args.get("sort", ""),
            quick=args.get("quick", ""),
            after=args.get("after", ""),
            before=args.get("before", ""),
            at=max(int(at), 1) if at.isdecimal() and len(at) < 10 else 1,
            bin=args.get("bin") == "1",
            exact=args.get("exact") == "1",
            column=args.get("column", ""),
        )

    def but(self, **changes: Any) -> ListArgs:
        """The same list, changed, from its first row on."""
        start: dict[str, Any] = {"after": "", "before": "", "at": 1, "exact": False}
        return replace(self, **(start | changes))

    def pattern(self, base: str, name: str) -> str:
        """The address of the same list from its first row on, with `%00` where the value of `name` goes.

        For the many addresses of a page that differ in one value.
        """
        return self.but(**{name: "\0"}).url(base)

    def url(self, base: str) -> str:
        """The address of this state."""
        pairs: list[tuple[str, str]] = [("q", self.q), ("quick", self.quick)]
        pairs += [("filter", text) for text in self.filters]
        pairs += [("sort", self.sort), ("bin", "1" if self.bin else "")]
        pairs += [("after", self.after), ("before", self.before)]
        pairs += [("at", str(self.at) if self.at > 1 else ""), ("exact", "1" if self.exact else "")]
        pairs += [("column", self.column)]
        query = urlencode([pair for pair in pairs if pair[1]])
        return f"{base}?{query}" if query else base


def _filters(args: MultiDict[str, str]) -> Sequence[str]:
    found = [in_full(text) for text in args.getlist("filter") if text.strip()]
    name, operator = args.get("filter_field", ""), args.get("filter_op", "")
    if name and operator:
        # The filter form without scripts sends its three parts by themselves.
        found.append(in_full(f"{name}:{operator}:{'|'.join(args.getlist('filter_value'))}"))
    return found


def in_full(text: str) -> str:
    """A condition in the filter language, whatever shorthand it was written in."""
    name, _, rest = text.partition(":")
    operator, _, value = rest.partition(":")
    if operator == "empty" and not value:
        value = "yes"
    if operator in SHORTHANDS:
        operator, value = SHORTHANDS[operator]
    return f"{name}:{operator}:{value}" if operator else text
