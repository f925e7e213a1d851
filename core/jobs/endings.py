"""Telling who asked for a job that it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _

if TYPE_CHECKING:
    from core.env import Env
    from core.jobs.registry import Job
    from core.jobs.result import JobResult

KIND = "job"


def tell_done(env: Env, job: Job, id: int, user_id: int | None, result: JobResult | None) -> None:
    """Says what came of the job, for jobs that people wait for."""
    if job.title is None or user_id is None:
        return
    said = _("Done: {title}", title=job.title)
    text = _("{title}: {result}", title=job.title, result=result.text) if result is not None else said
    env.notify([user_id], text, kind=KIND, url=address(id))


def tell_failed(env: Env, job: Job | None, id: int, user_id: int | None) -> None:
    """Says that the job was given up."""
    if job is not None and job.title is not None and user_id is not None:
        env.notify([user_id], _("Failed: {title}", title=job.title), kind=KIND, url=address(id))


def address(id: int) -> str:
    """The page of a job."""
    return f"/jobs/{id}"
