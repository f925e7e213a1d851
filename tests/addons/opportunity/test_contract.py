from typing import Any

from addons.opportunity.models import Pipeline, PipelineStage
from core.testing.contract import AddonContract
from core.testing.factories import make


def _stage(env: Any) -> int:
    """A stage; the pipeline of an opportunity follows it."""
    return make(env, PipelineStage, pipeline_id=make(env, Pipeline).id).id


class TestContract(AddonContract):
    addon = "opportunity"
    values = {"opportunity": {"stage_id": _stage, "pipeline_id": None}}
