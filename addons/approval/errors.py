"""Why a decision does not count."""

from __future__ import annotations

from core.api import Conflict, _


class NotAsked(Conflict):
    """The person is not asked to decide on this document, or not yet."""

    code = "approval_not_asked"
    default = _("You are not asked to decide on this, or not yet.")


class DecidedAlready(Conflict):
    """The person has decided before."""

    code = "approval_decided"
    default = _("You have decided on this already.")


class NotNeeded(Conflict):
    """Others have decided the step in the meantime, so the person is not asked any more."""

    code = "approval_not_needed"
    default = _("Others have decided in the meantime: your decision is not needed any more.")


class Unreadable(Conflict):
    """The person is asked, and may not see the document any more."""

    code = "approval_unreadable"
    default = _("You may not see this document, so you cannot decide on it. Leave the decision to somebody else.")


class Ended(Conflict):
    """The request was decided on or withdrawn in the meantime."""

    code = "approval_ended"
    default = _("This request is over: it was decided on or withdrawn in the meantime.")


class OwnDocument(Conflict):
    """Whoever submitted a document does not sign it, unless the flow says so."""

    code = "approval_own"
    default = _("You have submitted this yourself, so somebody else has to decide.")


class NotSubmitter(Conflict):
    """Only who asked for a decision withdraws the request."""

    code = "approval_not_submitter"
    default = _("Only who has asked for the decision can withdraw the request.")


class BrokenFlow(Conflict):
    """It cannot be told whether a flow applies, so the document does not go on without it."""

    code = "approval_flow_broken"
