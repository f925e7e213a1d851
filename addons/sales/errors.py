"""What goes wrong with money."""

from __future__ import annotations

from core.api import Conflict, _


class Overdrawn(Conflict):
    """More is allocated to a receivable than is owed of it."""

    code = "overdrawn"
    default = _("More would be allocated than is owed.")


class BelowReceived(Conflict):
    """The order would be worth less than what was received and credited for it."""

    code = "below_received"
    default = _("The total cannot be less than what was received and credited already.")
