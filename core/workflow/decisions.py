"""What an addon answers to `transition_requested`, and what comes of a transition."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Text


@dataclass(frozen=True, slots=True)
class Allow:
    """Nothing speaks against the transition; the same as no answer."""


@dataclass(frozen=True, slots=True)
class Deny:
    """The transition is refused, and the person told why."""

    reason: Text | str


@dataclass(frozen=True, slots=True)
class Pending:
    """The transition waits until `env.workflow.resume(id)`, or `cancel(id)`.

    `id` is the addon's own and unique on the site, such as `approval:17`. `url` leads to where it is decided.
    """

    id: str
    url: str = ""


Decision = Allow | Deny | Pending


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of a transition: the record's `state` now, and the ids of the decisions that it still waits for."""

    state: str
    waiting: tuple[str, ...] = ()
