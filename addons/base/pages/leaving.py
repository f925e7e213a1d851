"""What a user's page offers when somebody leaves, or has left without handing over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.administration import UserState, handover
from core.api import Action, Notice, Remedy, Text, User, _, ngettext

if TYPE_CHECKING:
    from core.api import Env


def _page(env: Env, user: User) -> str:
    return f"/user/{user.id}/leave"


def _may_leave(env: Env, user: User) -> bool:
    return user.state != UserState.LEFT and user.id != env.user_id and handover.may_hand_over(env, user)


def _is_owed(env: Env, user: User) -> bool:
    return user.state == UserState.LEFT and _left_behind(env, user) > 0


def _left_behind(env: Env, user: User) -> int:
    """How many records of somebody who cannot sign in the actor may hand over."""
    if user.state == UserState.ACTIVE:
        return 0
    found = handover.holdings(env, user.id)
    return sum(each.count for each in found if each.is_root and handover.may_give(env, each.info, user.id))


def _orphaned(env: Env, user: User) -> Text | None:
    count = _left_behind(env, user)
    if not count:
        return None
    return ngettext(
        "{name} cannot sign in and still owns {count} record. Hand it over.",
        "{name} cannot sign in and still owns {count} records. Hand them over.",
        count,
        name=user.name,
    )


LEAVING = [
    Action(
        key="leave",
        model=User,
        label=_("Hand over and mark as left"),
        icon="user-share",
        run=_page,
        grant="read",
        when=_may_leave,
        before="password",
    ),
    Action(
        key="hand_over",
        model=User,
        label=_("Hand over what is left"),
        icon="user-share",
        run=_page,
        grant="read",
        when=_is_owed,
        before="password",
    ),
    Notice(
        place="user.detail",
        key="orphaned",
        text=_orphaned,
        fields=("state",),
        remedy=Remedy(label=_("Hand over"), link=_page),
    ),
]
