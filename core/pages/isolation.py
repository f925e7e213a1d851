"""What addons contribute to a page runs apart: if one of them fails, the page goes without it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")


def isolated(what: str, call: Callable[[], T], otherwise: T) -> T:
    """What `call` returns; `otherwise` if it raises, which the log then tells with its traceback."""
    try:
        return call()
    except Exception:
        # Whatever an addon does wrong costs its own part of the page, never the whole.
        log.exception("%s failed and is left out of the page.", what)
        return otherwise
