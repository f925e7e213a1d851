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


def is_public(view: Callable[..., Any]) -> bool:
    """Whether everybody may call it."""
    return getattr(view, "is_public", False)


def checks_itself(view: Callable[..., Any]) -> bool:
    """Whether it finds out by itself who calls."""
    return getattr(view, "checks_itself", False)


def opens_itself(view: Callable[..., Any]) -> bool:
    """Whether it opens its units of work itself."""
    return getattr(view, "opens_units", False)
