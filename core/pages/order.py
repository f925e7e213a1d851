"""Putting contributions where they ask to be."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

log = logging.getLogger(__name__)


class Anchored(Protocol):
    """What asks to stand beside something else."""

    @property
    def after(self) -> str: ...

    @property
    def before(self) -> str: ...


C = TypeVar("C", bound=Anchored)


def arrange(
    place: str,
    base: Sequence[str],
    added: Iterable[C],
    key: Callable[[C], str],
    missing: Callable[[C], None] | None = None,
) -> list[str]:
    """The names of `base` with those of `added` beside their anchors, in the order of contribution.

    An anchor may itself be a contribution. One that is nowhere means the end, and is told to `missing`, or else to the
    log.
    """
    found = list(base)
    waiting = [node for node in added if key(node) not in found]
    followers: dict[str, int] = {}
    while waiting:
        ready = [node for node in waiting if _anchor(node) in ("", *found)]
        for node in ready or waiting:
            if not ready and missing is not None:
                missing(node)
            elif not ready:
                log.warning("%s has no %r; %s goes to its end.", place, _anchor(node), key(node))
            _insert(found, node, key(node), followers)
        waiting = [node for node in waiting if node not in ready] if ready else []
    return found


def _anchor(node: Anchored) -> str:
    return node.after or node.before


def _insert(found: list[str], node: Anchored, name: str, followers: dict[str, int]) -> None:
    if name in found:
        return
    if node.after in found and node.after:
        # Behind what was put after the same anchor before, so that the order of addons is kept.
        behind = followers.get(node.after, 0)
        found.insert(found.index(node.after) + 1 + behind, name)
        followers[node.after] = behind + 1
    elif node.before in found and node.before:
        found.insert(found.index(node.before), name)
    else:
        found.append(name)
