"""Conditions in a form: the panel that lists are filtered with, for whoever keeps conditions of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import render_template
from markupsafe import Markup

from core.conditions import parse_conditions
from core.orm.model import Model, describe
from core.pages.list_filters import conditions_of, filter_fields

if TYPE_CHECKING:
    from core.env import Env


def condition_editor(env: Env, model: type[Model], texts: Sequence[str], *, name: str = "conditions") -> Markup:
    """Controls for the conditions `texts`, one per line in the field `name`, which scripts draw as rows.

    Raises `BadRequest` for texts that make no sense.
    """
    chosen = parse_conditions(env, model, texts)
    fields = filter_fields(env, model, tuple(describe(model).fields), {})
    told = conditions_of(env, chosen)
    return Markup(render_template("conditions.html", name=name, texts=texts, filter_fields=fields, told=told))
