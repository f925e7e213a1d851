"""How hooks are declared and implemented: the markers, and what an error in an implementation does."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import pluggy

PROJECT = "ninekcrm"
POLICY = f"{PROJECT}_policy"
"""The attribute of a specification that holds its policy, whether a call has a savepoint, and what it gives."""

F = TypeVar("F", bound=Callable[..., Any])

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function in an addon's `hooks.py` as its implementation of the hook of the same name.

`tryfirst` and `trylast` put it before or after those of the other addons, which are called in dependency order.
"""


class Policy(StrEnum):
    """What the results of a hook come to, and what an exception in an implementation does."""

    VETO = "veto"
    """An exception goes up to the caller and undoes what was being done. Gives the list of results that are not None,
    lists among them flattened. Never switched off: what guards something must not fail open."""

    ISOLATED = "isolated"
    """Each implementation is on its own: an exception undoes only what that one did and is logged, and the others go
    on. Gives None. An implementation that keeps failing or does not return is switched off."""

    COLLECTED = "collected"
    """Isolated. Gives the list of results that are not None, lists among them flattened."""

    FIRST = "first"
    """Isolated. Gives the first result that is not None, and asks nobody further; None if there is none."""


def hook(*, policy: Policy, savepoint: bool = True, gives: type = object) -> Callable[[F], F]:
    """Declares a hook, in core's `hookspecs` or those of an addon. Its first argument is `env`, passed by itself.

    The docstring says when it fires, what to return, and what an exception does. Without a `savepoint` around each
    implementation a call is cheap, and none is needed where nothing is written; but then an error of the
    database in an implementation is the end of the whole transaction. An answer, or an answer in a list of them, that
    is not of the class that the hook `gives` counts as an exception.
    """
    mark = pluggy.HookspecMarker(PROJECT)

    def declare(function: F) -> F:
        setattr(function, POLICY, (policy, savepoint, gives))
        return mark(function)

    return declare
