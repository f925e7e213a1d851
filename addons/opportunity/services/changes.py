"""The log of the stages that opportunities went through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from addons.opportunity.models import Opportunity, OpportunityStageChange
from core.api import Forbidden, Records


class StageChanges(Records[OpportunityStageChange]):
    """The changes of stage. Only the service of opportunities writes them."""

    model = OpportunityStageChange

    def note(self, opportunity: Opportunity, *, before: int | None, since: datetime | None) -> None:
        """Writes down that it has come to its stage from `before`, where it was `since`."""
        at = opportunity.stage_since
        row = {
            "opportunity_id": opportunity.id,
            "from_stage_id": before,
            "to_stage_id": opportunity.stage_id,
            "changed_at": at,
            "by_id": self.env.user_id,
            "days": None if since is None else (at - since).days,
        }
        self.env.insert_as_system(OpportunityStageChange, [row], reason="log of stages")

    def create(self, values: Mapping[str, Any]) -> OpportunityStageChange:
        """Refused: a change is noted when it happens."""
        raise Forbidden()

    def update(
        self, record: OpportunityStageChange, values: Mapping[str, Any], *, version: int | None = None
    ) -> OpportunityStageChange:
        """Refused: what was is not rewritten."""
        raise Forbidden()

    def delete(self, record: OpportunityStageChange, *, version: int | None = None) -> int:
        """Refused: it goes only with its opportunity."""
        raise Forbidden()
