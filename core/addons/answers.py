"""What hooks are given and answer, where a plain value does not say enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.i18n import Text


class Saved(NamedTuple):
    """A record that a unit of work has created or changed; `model` is its key."""

    model: str
    id: int
    created: bool


class SearchHit(NamedTuple):
    """A line in the palette. `url` is an address of this site; `group` is the heading above it."""

    label: str
    url: str
    group: str
    hint: str = ""
    icon: str = "search"


class MailChange(NamedTuple):
    """What to change of a message before it leaves; None leaves a part as it is. Another `to` also takes `cc` away.

    With `stopped`, the reason why it is not to leave, it is kept for administrators to read.
    """

    to: str | None = None
    subject: str | None = None
    stopped: str | None = None
    cc: str | None = None


class Diagnosis(NamedTuple):
    """What an addon finds out about the state of its data: one line of `9kcrm doctor`, in English.

    `subject` names in one short word what was looked at. What `is_wrong` should say what to do, too.
    """

    subject: str
    text: str
    is_wrong: bool = True


class DuplicateHit(NamedTuple):
    """A record that resembles what somebody types, and in what. Without a `url` it leads nowhere."""

    label: str
    reasons: Sequence[Text]
    url: str = ""
    hint: str = ""
