"""What administrators may do with pipelines and their stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from addons.opportunity.models import Opportunity, Pipeline, PipelineStage
from addons.opportunity.services.figures import forecast_of, stale_from
from core.api import Changes, Message, Records, _

LIVING = ("open", "on_hold")
"""The states in which a stage still counts."""


class Pipelines(Records[Pipeline]):
    """Pipelines. One that opportunities are in cannot be deleted: it is taken out of use."""

    model = Pipeline


class PipelineStages(Records[PipelineStage]):
    """Stages. What follows from one is worked out anew for all that is open in it."""

    model = PipelineStage

    def validate(self, values: Mapping[str, Any], record: PipelineStage | None) -> dict[str, Message]:
        """Two stages of a pipeline have different names, and a stage stays in its pipeline."""
        problems = super().validate(values, record)
        if record is not None and values.get("pipeline_id") != record.pipeline_id:
            problems["pipeline_id"] = _("A stage stays in its pipeline. Create a new one in the other.")
        same = select(PipelineStage.id).where(
            PipelineStage.pipeline_id == values.get("pipeline_id"), PipelineStage.name == values.get("name")
        )
        if record is not None:
            same = same.where(PipelineStage.id != record.id)
        with self.env.system("names of the stages of a pipeline") as session:
            if session.scalar(same.limit(1)) is not None:
                problems["name"] = _("The pipeline has a stage of this name already.")
        return problems

    def saved(self, record: PipelineStage, changes: Changes, *, created: bool) -> None:
        """Probability and forecast, and the day from which they are stale, of what is in the stage now."""
        super().saved(record, changes, created=created)
        if created or not changes.keys() & {"probability", "stale_days"}:
            return
        with self.env.system("what follows from a stage") as session:
            living = select(Opportunity.id).where(Opportunity.stage_id == record.id, Opportunity.state.in_(LIVING))
            # Their customers are locked before them, in the order in which everybody locks.
            self.env.workflow.hold(Opportunity, session.scalars(living).all())
            for opportunity in session.scalars(_living(record.id)):
                self._refresh(opportunity, record, changes)
            session.flush()

    def _refresh(self, opportunity: Opportunity, stage: PipelineStage, changes: Changes) -> None:
        opportunity.probability = stage.probability
        opportunity.forecast = forecast_of(opportunity.amount, stage.probability)
        if "stale_days" in changes and opportunity.state == "open":
            since = opportunity.stage_since.astimezone(self.env.company_timezone).date()
            opportunity.stale_on = stale_from(since, stage.stale_days)


def _living(stage_id: int) -> Select[Opportunity]:
    """Those in the stage that are not closed, as they are by now: somebody may just have moved one."""
    wanted = select(Opportunity).where(Opportunity.stage_id == stage_id, Opportunity.state.in_(LIVING))
    return wanted.order_by(Opportunity.id).with_for_update().execution_options(populate_existing=True)
