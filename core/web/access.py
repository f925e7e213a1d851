"""Which views need no sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def public(view: F) -> F:
    """Marks a view that everybody may call. It has no `g.env` and opens a unit of work if it needs one."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def without_csrf(view: F) -> F:
    """Marks a view that checks by itself who is calling, such as one of the API with its bearer tokens."""
    view.checks_itself = True  # type: ignore[attr-defined]
    return view


def opens_units(view: F) -> F:
    """Marks a view for people who are signed in (`g.known`) that opens its units of work itself."""
    view.opens_units = True  # type: ignore[attr-defined]
    return view


def prepared_by(prepare: Callable[[], None]) -> Callable[[F], F]:
    """Marks a view before whose unit of work `prepare` does what takes time; `g.known` is who asks."""

    def mark(view: F) -> F:
        view.prepare = prepare  # type: ignore[attr-defined]
        return view

    return mark


def is_public(view: Callable[..., Any]) -> bool:
    """Whether everybody may call it."""
    return getattr(view, "is_public", False)


def checks_itself(view: Callable[..., Any]) -> bool:
    """Whether it finds out by itself who calls."""
    return getattr(view, "checks_itself", False)


def preparation_of(view: Callable[..., Any]) -> Callable[[], None] | None:
    """What is to be done before its unit of work begins."""
    return getattr(view, "prepare", None)


def opens_itself(view: Callable[..., Any]) -> bool:
    """Whether it opens its units of work itself."""
    return getattr(view, "opens_units", False)
