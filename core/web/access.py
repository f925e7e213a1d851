"""Which views need no sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def public(view: F) -> F:
    """Marks a view that everybody may call. It gets no `g.env` and opens its own unit of work if it needs one."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def without_csrf(view: F) -> F:
    """Marks a view that checks by itself who is calling, such as one of the API with its bearer tokens."""
    view.checks_itself = True  # type: ignore[attr-defined]
    return view


def is_public(view: Callable[..., Any]) -> bool:
    return getattr(view, "is_public", False)


def checks_itself(view: Callable[..., Any]) -> bool:
    return getattr(view, "checks_itself", False)
