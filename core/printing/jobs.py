"""Printing many records, in the background."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.access.actor import PRINT
from core.i18n import _, ngettext
from core.jobs import files
from core.jobs.progress import Progress
from core.jobs.registry import job
from core.jobs.result import JobResult
from core.pages.catalogue import catalogue_of
from core.printing.engine import IN_JOB
from core.printing.records import MIME, print_many

if TYPE_CHECKING:
    from core.site import Site


@job("printing.many", title=_("Printing"), retries=1, timeout=900, own_transactions=True)
def print_in_background(
    site: Site, *, progress: Progress, model: str, template: str, ids: Sequence[int], locale: str
) -> JobResult:
    """Makes one PDF of the records, by the rights of who asked for it."""
    assert progress.user_id is not None
    with site.env(progress.user_id, locale=locale) as env:
        pages = catalogue_of(env).of(model)
        title = pages.model.__title_plural__
        progress.update(0, len(ids), title)
        document = print_many(env, pages.model, ids, template, limits=IN_JOB)
        content = io.BytesIO(document.content)
        file = files.keep(env, content, name=document.name, mime=MIME, grant=(model, PRINT))
        text = ngettext("{title}: {count} record", "{title}: {count} records", document.printed, title=title)
    return JobResult(text, file=file)
