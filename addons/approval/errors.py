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
