"""What a company begins with: one pipeline, to be changed at will."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from addons.opportunity.models import Pipeline, PipelineStage
from core.api import Env, Text, _, pgettext

NAME = pgettext("pipeline", "Sales pipeline")

STAGES: tuple[tuple[Text, int, int, str], ...] = (
    (_("First contact"), 10, 21, "neutral"),
    (_("Needs clarified"), 25, 21, "accent"),
    (pgettext("stage", "Proposal"), 40, 28, "accent"),
    (_("Negotiation"), 60, 14, "warning"),
    (_("Agreed in words"), 85, 10, "positive"),
)
"""Name, probability in percent, days until stale, colour."""


def load(env: Env) -> None:
    """The pipeline, where there is none."""
    with env.system("the pipeline that a company begins with") as session:
        if session.scalar(select(Pipeline.id).limit(1)) is not None:
            return
        pipeline = Pipeline(name=str(NAME), position=1)
        session.add(pipeline)
        session.flush()
        session.add_all(
            PipelineStage(
                pipeline_id=pipeline.id,
                name=str(name),
                position=place,
                probability=Decimal(probability),
                stale_days=days,
                tone=tone,
            )
            for place, (name, probability, days, tone) in enumerate(STAGES, 1)
        )
