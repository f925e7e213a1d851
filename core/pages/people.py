"""Users as pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _
from core.pages.views import Person

if TYPE_CHECKING:
    from core.env import Env


def person(env: Env, user_id: int | None) -> Person:
    """The user with their initials; the system itself where nobody did it by hand."""
    member = env.actor.organisation.members.get(user_id or 0)
    if member is None:
        return Person(0, str(_("The system")), "9K")
    return Person(member.id, member.name, initials(member.name), member.title)


def initials(name: str) -> str:
    """The last character of a Chinese name, the first letters of others: 王小明 → 明, Ann Lee → AL."""
    words = name.split()
    if not words:
        return "?"
    if not name.isascii() and any(_is_ideograph(c) for c in name):
        return words[-1][-1]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _is_ideograph(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"
