"""The states of an opportunity, and the ways between them."""

from __future__ import annotations

from core.api import Field, Kind, State, Transition, _, pgettext

STATES = (
    State("open", pgettext("opportunity", "Open"), tone="accent"),
    State("on_hold", _("On hold"), tone="warning", aside=True),
    State("won", pgettext("opportunity", "Won"), tone="positive"),
    State("lost", pgettext("opportunity", "Lost"), tone="negative", aside=True),
)

TRANSITIONS = (
    Transition(
        "win",
        pgettext("opportunity", "Mark as won"),
        source=("open", "on_hold"),
        target="won",
        required=("amount",),
        done=pgettext("opportunity", "Won"),
        icon="trophy",
        tone="positive",
        is_primary=True,
    ),
    Transition(
        "lose",
        pgettext("opportunity", "Mark as lost"),
        source=("open", "on_hold"),
        target="lost",
        arguments=(
            Field(
                Kind.CHOICE, _("Reason for losing"), name="lost_reason", list="opportunity.lost_reason", required=True
            ),
            Field(Kind.LONG_TEXT, _("How it was lost"), name="lost_note", max_length=2000),
        ),
        done=pgettext("opportunity", "Lost"),
        icon="thumb-down",
        tone="negative",
        is_primary=True,
        bulk=True,
    ),
    Transition(
        "hold",
        _("Put on hold"),
        source=("open",),
        target="on_hold",
        arguments=(Field(Kind.TEXT, _("Reason"), name="reason", max_length=200),),
        done=_("Put on hold"),
        icon="player-pause",
        bulk=True,
    ),
    Transition(
        "resume",
        pgettext("opportunity", "Resume"),
        source=("on_hold",),
        target="open",
        done=_("Resumed"),
        icon="player-play",
        is_primary=True,
        bulk=True,
    ),
    Transition(
        "reopen",
        pgettext("opportunity", "Reopen"),
        source=("won", "lost"),
        target="open",
        done=_("Reopened"),
        icon="rotate",
    ),
)

LOCKED = ("won", "lost")
"""What is closed stays as it was, until it is reopened."""

OPEN_FIELDS = ("note",)
