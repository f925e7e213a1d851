"""Who decides while somebody is away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addons.approval.models import ApprovalDeputy
from core.api import Message, Records, _


class ApprovalDeputies(Records[ApprovalDeputy]):
    """Deputies, for some days each. Whoever is away says so themselves, or an administrator does."""

    model = ApprovalDeputy

    def validate(self, values: Mapping[str, Any], record: ApprovalDeputy | None) -> dict[str, Message]:
        """Somebody else decides, and not before the first day ends."""
        problems = super().validate(values, record)
        since, until = values.get("since"), values.get("until")
        if values.get("user_id") is None:
            problems["user_id"] = _("Please say who is away.")
        elif values["user_id"] == values.get("to_id"):
            problems["to_id"] = _("Please choose somebody else.")
        if since is not None and until is not None and until < since:
            problems["until"] = _("This is before the first day.")
        to = self.env.actor.organisation.members.get(values.get("to_id") or 0)
        if to is not None and not to.is_active:
            problems["to_id"] = _("{name} cannot sign in any more.", name=to.name)
        return problems
