"""Jobs of taking files in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from core import clock
from core.errors import AppError
from core.exchange.imports import asked
from core.exchange.imports.asked import IMPORTS
from core.exchange.imports.models import ImportState
from core.exchange.imports.running import finish, path_of, take_in
from core.exchange.imports.undoing import take_back
from core.i18n import Text, _, ngettext
from core.jobs.progress import Cancelled, Progress
from core.jobs.registry import job, schedule
from core.jobs.result import JobResult

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

KEPT = timedelta(days=90)
"""How long a file and what was done with it stay."""

FORM = timedelta(hours=1)
HOURS = 3600


@job("exchange.check", title=_("Checking an import"), retries=3, timeout=6 * HOURS, own_transactions=True)
def check(site: Site, progress: Progress, *, import_id: int) -> JobResult:
    """Tries the import: everything is checked as if it were written, and nothing is."""
    counts = _followed(site, progress, import_id, is_try=True)
    refused = counts.get("refused", 0)
    text = (
        ngettext("{count} row would not be taken in.", "{count} rows would not be taken in.", refused)
        if refused
        else _("Everything can be taken in.")
    )
    return JobResult(text, url=_page(import_id))


@job("exchange.import", title=_("Import"), retries=3, timeout=24 * HOURS, own_transactions=True)
def take(site: Site, progress: Progress, *, import_id: int) -> JobResult:
    """Takes the file in; after a crash it goes on where it was."""
    counts = _followed(site, progress, import_id, is_try=False)
    return JobResult(_summary(counts), url=_page(import_id))


@job("exchange.undo", title=_("Undoing an import"), retries=3, timeout=24 * HOURS, own_transactions=True)
def undo(site: Site, progress: Progress, *, import_id: int) -> JobResult:
    """Takes the import back, as far as nobody has touched what it made."""
    try:
        counts = take_back(progress, import_id)
    except Cancelled:
        # What is left can be undone another time.
        _undone(site, import_id, ImportState.DONE, (progress.checkpoint or {}).get("counts", {}))
        raise
    _undone(site, import_id, ImportState.UNDONE, counts)
    text = _("Undone for {undone} records; {kept} have been changed since and stay.", **_filled(counts))
    return JobResult(text, url=_page(import_id))


@schedule(every=timedelta(hours=12))
@job("exchange.purge")
def purge(env: Env) -> None:
    """Removes old imports, and files that no import has."""
    env.connection_of_core.execute(delete(IMPORTS).where(IMPORTS.c.created_at < clock.now() - KEPT))
    known = set(env.connection_of_core.scalars(select(IMPORTS.c.stored)))
    folder = path_of(env.site.settings, "")
    # A new file belongs to a form that is still on its way.
    newest = (clock.now() - FORM).timestamp()
    for path in folder.iterdir() if folder.exists() else ():
        if path.name not in known and path.stat().st_mtime < newest:
            path.unlink(missing_ok=True)


def _undone(site: Site, import_id: int, state: ImportState, counts: Mapping[str, int]) -> None:
    with site.system("import undone") as env:
        before = asked.read(env.connection_of_core, import_id).counts
        sums = {name: before.get(name, 0) + counts.get(name, 0) for name in ("undone", "kept")}
        finish(env, import_id, state, {**before, **sums})


def _followed(site: Site, progress: Progress, import_id: int, *, is_try: bool) -> dict[str, int]:
    done = ImportState.CHECKED if is_try else ImportState.DONE
    try:
        counts = take_in(progress, import_id, is_try=is_try)
    except (Cancelled, AppError):
        # What has been written so far stays, and can be undone.
        with site.system("import stopped") as env:
            so_far = (progress.checkpoint or {}).get("counts", {})
            finish(env, import_id, ImportState.DRAFT if is_try else done, so_far)
        raise
    with site.system("import") as env:
        finish(env, import_id, done, counts)
    return counts


def _summary(counts: dict[str, int]) -> Text:
    return _("{created} created, {updated} changed, {refused} not taken in.", **_filled(counts))


def _filled(counts: dict[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in ("created", "updated", "refused", "undone", "kept")}


def _page(import_id: int) -> str:
    return f"/import/{import_id}"
