"""The pages of one's own jobs: how far they are, what came of them, a button to stop them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, g, send_file

from core.errors import Conflict
from core.i18n import _
from core.jobs import files, outbox, showing
from core.pages.answers import is_partial, leave, page
from core.pages.cells import Cells
from core.pages.frame import set_crumbs

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("jobs", __name__)
SHOWN = 50


class AlreadyOver(Conflict):
    """A job that has ended cannot be stopped."""

    code = "already_over"
    default = _("This is over already.")


@blueprint.get("/jobs")
def index() -> Response:
    """One's own jobs, the newest first."""
    set_crumbs((str(_("My jobs")), "/jobs"))
    return page("jobs.html", jobs=showing.latest(_env(), SHOWN), moments=Cells(_env()).moments)


@blueprint.get("/jobs/<int:id>")
def show(id: int) -> Response:
    """A job's page; only its changing part for the script that watches it."""
    job = showing.shown(_env(), id)
    set_crumbs((str(_("My jobs")), "/jobs"), (job.title, job.url))
    return page("job_panel.html" if is_partial() else "job.html", **_shown(job))


@blueprint.post("/jobs/<int:id>/cancel")
def cancel(id: int) -> Response:
    """Stops a job. A running one ends after what it is just doing."""
    job = showing.shown(_env(), id)
    if job.is_over:
        raise AlreadyOver()
    outbox.cancel(_env().connection_of_core, id)
    return leave(job.url)


@blueprint.get("/jobs/<int:id>/file")
def download(id: int) -> Response:
    """The file that the job made, if its reader may still have it."""
    file, path = files.fetch(_env(), showing.shown(_env(), id))
    response = send_file(path, file.mime, as_attachment=True, download_name=file.name, max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(job: showing.ShownJob) -> dict[str, Any]:
    return {"job": job, "moments": Cells(_env()).moments}


def _env() -> Env:
    return cast("Env", g.env)
