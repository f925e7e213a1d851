"""The pages on which administrators keep pipelines and their stages."""

from __future__ import annotations

from addons.opportunity.models import Opportunity, Pipeline, PipelineStage
from core.api import DetailPage, FormPage, ListPage, Section, Tab, _, pgettext

_STAGE = ("name", "pipeline_id", "position", "probability", "stale_days", "required_fields", "backwards", "tone")

PIPELINE = [
    ListPage(
        model=Pipeline,
        columns=("name", "position", "is_active", "note"),
        filters=("is_active",),
        card=("position", "is_active"),
        sort="position",
        empty=_("Here are the ways in which you make deals. Add one, then its stages."),
    ),
    FormPage(
        model=Pipeline,
        sections=(Section(key="main", label=_("Basic data"), fields=("name", "position", "is_active", "note")),),
    ),
    DetailPage(
        model=Pipeline,
        header=("position", "is_active"),
        side=(Section(key="facts", label=_("Key facts"), fields=("position", "is_active", "note")),),
    ),
    Tab(
        place="pipeline.detail.tabs",
        key="stages",
        label=_("Stages"),
        children=PipelineStage,
        via="pipeline_id",
        columns=("position", "name", "probability", "stale_days", "required_fields", "backwards", "tone"),
    ),
    ListPage(
        model=PipelineStage,
        columns=_STAGE,
        filters=("pipeline_id",),
        card=("pipeline_id", "probability"),
        sort="position",
    ),
    FormPage(model=PipelineStage, sections=(Section(key="main", label=_("Basic data"), fields=_STAGE),)),
    DetailPage(
        model=PipelineStage,
        pills=("tone",),
        header=("pipeline_id", "position", "probability"),
        side=(Section(key="facts", label=_("Key facts"), fields=_STAGE[1:]),),
    ),
    Tab(
        place="pipeline_stage.detail.tabs",
        key="opportunities",
        label=pgettext("sales", "Opportunities"),
        children=Opportunity,
        via="stage_id",
        columns=("name", "customer_id", "state", "amount", "owner_id", "stale_on"),
    ),
]
