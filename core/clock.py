"""The one place that asks what time it is, so that tests can say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _read()


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Makes `now()` answer `moment` inside the block, for tests."""
    global _read
    before, _read = _read, lambda: moment
    try:
        yield
    finally:
        _read = before
