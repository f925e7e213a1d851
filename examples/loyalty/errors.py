"""What can go wrong with points."""

from __future__ import annotations

from core.api import Conflict, _


class NotEnoughPoints(Conflict):
    """More points are to be spent than the customer has."""

    code = "not_enough_points"
    default = _("The customer does not have that many points.")


class GoldStaysLookedAfter(Conflict):
    """A gold customer would be left without anybody who looks after it."""

    code = "gold_stays_looked_after"
    default = _("A gold customer needs somebody who looks after it.")
