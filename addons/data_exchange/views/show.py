"""The page of one import, by its state: assigning columns, progress, or what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g
from flask.typing import ResponseReturnValue

from addons.data_exchange.views.assignment import assignment_page
from addons.data_exchange.views.looks import State, import_page
from addons.data_exchange.views.result import result_page
from core.administration import Cells
from core.api import importing, shown_job

if TYPE_CHECKING:
    from core.api import Env


def show(id: int) -> ResponseReturnValue:
    """One of the imports of who reads."""
    env: Env = g.env
    found = importing.own(env, id)
    if found.state in (State.DRAFT, State.CHECKED):
        return assignment_page(env, found)
    if found.state in importing.BUSY and found.job_id is not None:
        job = shown_job(env, found.job_id)
        return import_page("running.html", found, job=job, moments=Cells(env).moments)
    return result_page(env, found)
