"""Why a record does not change its state, or cannot be changed in it."""

from __future__ import annotations

from core.errors import Conflict
from core.i18n import _


class Locked(Conflict):
    """The record's state allows no changes."""

    code = "locked"
    default = _("This record is locked in its present state.")


class WrongState(Conflict):
    """The transition does not begin at the state that the record is in by now."""

    code = "wrong_state"


class TransitionRefused(Conflict):
    """A guard or an addon does not allow the transition now."""

    code = "transition_refused"


class Waiting(Conflict):
    """The record waits for another transition to be decided on."""

    code = "waiting"
    default = _("This record is waiting for approval.")


class NotWaiting(Conflict):
    """No transition waits under that id: it was completed or dropped."""

    code = "not_waiting"
    default = _("This is no longer waiting: it was completed or withdrawn.")
