"""What one may do with opportunities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.customer.models import Contact
from addons.opportunity.models import Opportunity, Pipeline, PipelineStage
from addons.opportunity.services.changes import StageChanges
from addons.opportunity.services.figures import forecast_of, stale_from
from addons.opportunity.states import LOCKED
from core.api import Changes, Message, Records, _, clock

MOVE_BACK = "move_back"
EMPTY: tuple[Any, ...] = (None, "", [])


class Opportunities(Records[Opportunity]):
    """Opportunities. Their stage decides on probability, forecast and when they are stale."""

    model = Opportunity

    def defaults(self) -> dict[str, Any]:
        """A new one is at the start of the first pipeline in use."""
        found = super().defaults()
        with self.env.system("where opportunities begin") as session:
            pipeline = session.scalars(
                select(Pipeline.id).where(Pipeline.is_active).order_by(Pipeline.position, Pipeline.id).limit(1)
            ).first()
            if pipeline is not None and (first := _first_stage(session, pipeline)) is not None:
                found |= {"pipeline_id": pipeline, "stage_id": first}
        return found

    def derive(self, values: Mapping[str, Any], record: Opportunity | None) -> Mapping[str, Any]:
        """The other of pipeline and stage where only one was chosen, and what follows from the stage."""
        found = dict(super().derive(values, record))
        with self.env.system("what follows from a stage") as session:
            found |= self._settled(session, values, record)
            stage = session.get(PipelineStage, found.get("stage_id", values.get("stage_id")) or 0)
        if stage is None or (record is not None and record.state in LOCKED):
            return found
        found |= {
            "probability": stage.probability,
            "forecast": forecast_of(values.get("amount"), stage.probability),
        }
        if record is None or stage.id != record.stage_id:
            is_held = record is not None and record.state == "on_hold"
            found["stage_since"] = clock.now()
            found["stale_on"] = None if is_held else stale_from(self._today(), stage.stale_days)
        return found

    def validate(self, values: Mapping[str, Any], record: Opportunity | None) -> dict[str, Message]:
        """Stage and pipeline belong together, nobody goes back who may not, and the stage has what it needs."""
        problems = super().validate(values, record)
        with self.env.system("the rules of a stage") as session:
            stage = session.get(PipelineStage, values.get("stage_id") or 0)
            before = session.get(PipelineStage, record.stage_id) if record is not None else None
            pipeline = session.get(Pipeline, values.get("pipeline_id") or 0)
        if stage is not None and stage.pipeline_id != values.get("pipeline_id"):
            problems["stage_id"] = _("This stage belongs to another pipeline.")
        elif stage is not None:
            problems |= self._lacking(stage, values, record)
            if record is not None and before is not None and not self._may_go(record, before, stage):
                problems["stage_id"] = _("You may not move this back from “{stage}”.", stage=before.name)
        if pipeline is not None and not pipeline.is_active and _changes(values, record, "pipeline_id"):
            problems["pipeline_id"] = _("This pipeline is no longer in use.")
        if _changes(values, record, "contact_id", "customer_id") and not self._works_there(values):
            problems["contact_id"] = _("This contact belongs to another customer.")
        return problems

    def saved(self, record: Opportunity, changes: Changes, *, created: bool) -> None:
        """Writes down where it has come to."""
        super().saved(record, changes, created=created)
        if created:
            self.env.service(StageChanges).note(record, before=None, since=None)
        elif "stage_id" in changes:
            since = changes.get("stage_since", (None, None))[0]
            self.env.service(StageChanges).note(record, before=changes["stage_id"][0], since=since)

    def _settled(self, session: Session, values: Mapping[str, Any], record: Opportunity | None) -> dict[str, Any]:
        """Of a pipeline and a stage that do not go together, the one that was chosen last decides on the other."""
        stage = session.get(PipelineStage, values.get("stage_id") or 0)
        pipeline_id = values.get("pipeline_id")
        if pipeline_id is None:
            return {} if stage is None else {"pipeline_id": stage.pipeline_id}
        if stage is not None and stage.pipeline_id == pipeline_id:
            return {}
        start = self.defaults() if record is None else {n: getattr(record, n) for n in ("pipeline_id", "stage_id")}
        if stage is None or stage.id == start.get("stage_id"):
            first = _first_stage(session, pipeline_id)
            return {} if first is None else {"stage_id": first}
        return {"pipeline_id": stage.pipeline_id} if pipeline_id == start.get("pipeline_id") else {}

    def _lacking(
        self, stage: PipelineStage, values: Mapping[str, Any], record: Opportunity | None
    ) -> dict[str, Message]:
        """What the stage asks for and is empty: once it is entered, and of what is emptied in it."""
        wanted = [name for name in stage.required_fields or () if values.get(name) in EMPTY]
        if record is not None and record.stage_id == stage.id:
            wanted = [name for name in wanted if getattr(record, name) not in EMPTY]
        return {name: _("The stage “{stage}” needs this.", stage=stage.name) for name in wanted}

    def _may_go(self, record: Opportunity, before: PipelineStage, stage: PipelineStage) -> bool:
        is_back = stage.pipeline_id == before.pipeline_id and stage.position < before.position
        if not is_back or before.backwards == "everyone":
            return True
        return before.backwards == "granted" and self.env.can(MOVE_BACK, record)

    def _works_there(self, values: Mapping[str, Any]) -> bool:
        if values.get("contact_id") is None:
            return True
        with self.env.system("whose contact this is") as session:
            employer = session.scalar(select(Contact.customer_id).where(Contact.id == values["contact_id"]))
        return employer == values.get("customer_id")

    def _today(self) -> date:
        return clock.now().astimezone(self.env.company_timezone).date()


def _first_stage(session: Session, pipeline_id: int) -> int | None:
    wanted = select(PipelineStage.id).where(PipelineStage.pipeline_id == pipeline_id)
    return session.scalar(wanted.order_by(PipelineStage.position, PipelineStage.id).limit(1))


def _changes(values: Mapping[str, Any], record: Opportunity | None, *names: str) -> bool:
    return record is None or any(values.get(name) != getattr(record, name) for name in names)
