"""The export of a long list, in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from core.errors import NotFound
from core.exchange.export import MIME, export, file_name, within_grant
from core.i18n import _, ngettext
from core.jobs import files
from core.jobs.progress import Progress
from core.jobs.registry import job
from core.jobs.result import JobResult
from core.orm.listing import count
from core.pages.catalogue import catalogue_of
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder

if TYPE_CHECKING:
    from core.site import Site


@job("exchange.export", title=_("Export"), retries=2, timeout=3600, own_transactions=True)
def export_list(
    site: Site, *, progress: Progress, model: str, kind: str, query: Sequence[Sequence[str]], locale: str
) -> JobResult:
    """Writes the list that the address with these arguments shows, by the rights of who asked for it."""
    assert progress.user_id is not None
    with site.env(progress.user_id, locale=locale) as env:
        pages = catalogue_of(env).of(model)
        if pages.listing is None:
            raise NotFound()
        args = ListArgs.read(MultiDict([(name, value) for name, value in query])).but()
        shown = ListBuilder(env, pages.listing, args)
        wanted = replace(shown.request, after=None, before=None)
        total = count(env, within_grant(env, wanted), exact=True).number
        progress.update(0, total, pages.model.__title_plural__)
        made = export(
            env,
            pages.listing,
            wanted,
            kind,
            columns=shown.columns_wanted,
            tell=lambda rows: progress.update(rows, total),
        )
        with made.file as content:
            name = file_name(env, pages.model, kind)
            file = files.keep(env, content, name=name, mime=MIME[kind], grant=(model, "export"))
        text = ngettext("{title}: {count} row", "{title}: {count} rows", made.rows, title=pages.model.__title_plural__)
    return JobResult(text, file=file)
