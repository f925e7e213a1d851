"""What the rules refuse."""

from __future__ import annotations

from core.api import Conflict, _


class KeptForAYear(Conflict):
    """The customer is older than a year, and such ones are kept."""

    code = "kept_for_a_year"
    default = _("Customers that are older than a year are not deleted. Assign it to nobody instead.")
