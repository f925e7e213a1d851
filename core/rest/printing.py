"""Records as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from core.printing.records import print_record
from core.printing.views import sent
from core.rest.shape import model_for

if TYPE_CHECKING:
    from core.env import Env


def print_one(env: Env, model: str, id: int) -> Response:
    """The record as PDF, by the template that is named, or the first one."""
    record = env.get(model_for(env, model), id)
    return sent(print_record(env, record, request.args.get("template", "")[:60]))
