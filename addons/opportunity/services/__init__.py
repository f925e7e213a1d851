"""What one may do with opportunities, pipelines and stages."""

from __future__ import annotations

from addons.opportunity.services.changes import StageChanges
from addons.opportunity.services.opportunities import Opportunities
from addons.opportunity.services.pipelines import Pipelines, PipelineStages

__all__ = ["Opportunities", "PipelineStages", "Pipelines", "StageChanges"]
