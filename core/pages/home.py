"""What the start page says to its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import clock
from core.i18n import Text, _

if TYPE_CHECKING:
    from core.env import Env


def greeting(env: Env) -> Text:
    """What the start page says to its reader, by the time of day."""
    hour = clock.now().astimezone(env.timezone).hour
    name = env.actor.member.name
    if 5 <= hour < 12:
        return _("Good morning, {name}", name=name)
    return _("Good afternoon, {name}", name=name) if 12 <= hour < 18 else _("Good evening, {name}", name=name)
