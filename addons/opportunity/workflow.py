"""What closing, holding and reopening an opportunity does beside."""

from __future__ import annotations

from decimal import Decimal

from addons.opportunity.models import Opportunity, PipelineStage
from addons.opportunity.services.figures import HUNDRED, forecast_of, stale_from
from core.api import Env, WorkflowPart


def _close(env: Env, record: Opportunity, probability: Decimal) -> None:
    record.closed_on, record.stale_on = env.today, None
    record.probability, record.forecast = probability, forecast_of(record.amount, probability)


def _win(env: Env, record: Opportunity) -> None:
    _close(env, record, HUNDRED)


def _lose(env: Env, record: Opportunity, *, lost_reason: str, lost_note: str | None) -> None:
    record.lost_reason, record.lost_note = lost_reason, lost_note
    _close(env, record, Decimal(0))


def _hold(env: Env, record: Opportunity, *, reason: str | None) -> None:
    """While it rests it does not grow stale; the reason goes into the history."""
    record.stale_on = None


def _go_on(env: Env, record: Opportunity) -> None:
    """It is as likely as its stage says, and has all the days of the stage again."""
    with env.system("what follows from a stage") as session:
        stage = session.get_one(PipelineStage, record.stage_id)
    record.closed_on = record.lost_reason = record.lost_note = None
    record.probability, record.forecast = stage.probability, forecast_of(record.amount, stage.probability)
    record.stale_on = stale_from(env.today, stage.stale_days)


WORKFLOWS = [
    WorkflowPart(
        Opportunity,
        effects={"win": _win, "lose": _lose, "hold": _hold, "resume": _go_on, "reopen": _go_on},
    ),
]
