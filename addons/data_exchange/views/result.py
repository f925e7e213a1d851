"""What came of an import: figures, the rows that were not taken in, and taking it back."""

from __future__ import annotations

import tempfile
from pathlib import PurePath
from typing import TYPE_CHECKING

from flask import Response, g, send_file
from flask.typing import ResponseReturnValue

from addons.data_exchange.views.looks import ROOT, State, figures_of, import_page
from addons.data_exchange.views.refusals import refusals
from core.api import NotFound, _, importing, leave, shown_job

if TYPE_CHECKING:
    from core.api import Env

MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
IN_MEMORY = 4 * 1024 * 1024


def result_page(env: Env, found: importing.Asked) -> Response:
    """The page of an import that is over."""
    made = found.counts.get("created", 0) + found.counts.get("updated", 0)
    return import_page(
        "result.html",
        found,
        figures=figures_of(found),
        refusals=refusals(env, found),
        may_undo=found.state is State.DONE and made > 0,
        list_url=f"/{found.model}",
        failure=_failure(env, found),
        undo_question=str(
            _("Undo this import? What it created goes to the recycle bin, and what it changed becomes as it was.")
        ),
    )


def undo(id: int) -> ResponseReturnValue:
    """Takes the import back, in the background."""
    importing.undo(g.env, id)
    return leave(f"{ROOT}/{id}")


def refused(id: int, kind: str) -> ResponseReturnValue:
    """The rows that were not taken in as a file, with the reason of each."""
    env: Env = g.env
    found = importing.own(env, id)
    if found.state in importing.BUSY or not found.counts.get("refused"):
        raise NotFound()
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (closed with the response)
    importing.write_refused(env, found, kind, file)
    file.seek(0)
    name = str(_("{file}, not taken in", file=PurePath(found.name).stem))
    response = send_file(file, MIME[kind], as_attachment=True, download_name=f"{name}.{kind}", max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _failure(env: Env, found: importing.Asked) -> str:
    """Why it did not come to its end."""
    if not found.is_broken_off or found.job_id is None:
        return ""
    try:
        return shown_job(env, found.job_id).failure
    except NotFound:
        # Old jobs are forgotten.
        return ""
