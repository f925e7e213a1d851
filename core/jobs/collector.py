"""The garbage collector of a process that makes many objects at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 50_000
"""New objects between two looks at the youngest. A batch of rows makes hundreds of thousands, of which nearly all go
when the last reference does; looking after each 700 of them costs an import about a seventh of its time."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Within it, cyclic garbage is looked for less often. Afterwards everything is as it was."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
