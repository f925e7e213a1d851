"""What addons contribute to a page runs apart: if one of them fails, the page goes without it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from core.env import Env

log = logging.getLogger(__name__)
T = TypeVar("T")


def isolated(env: Env, what: str, call: Callable[[], T], otherwise: T) -> T:
    """What `call` returns; `otherwise` if it raises, which the log then tells with its traceback."""
    try:
        # A statement that fails would spoil the whole transaction on PostgreSQL.
        with env.savepoint():
            return call()
    except Exception:
        # Whatever an addon does wrong costs its own part of the page, never the whole.
        log.exception("%s failed and is left out of the page.", what)
        return otherwise
