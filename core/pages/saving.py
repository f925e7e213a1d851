"""Writing from pages: an attempt that fails leaves the transaction usable, so that a page can say why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.env import Env


@contextmanager
def attempt(env: Env) -> Iterator[None]:
    """A part of the transaction that is undone by itself if it raises, jobs and callbacks included: a savepoint."""
    with env.savepoint():
        yield
