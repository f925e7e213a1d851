"""`9kcrm import`: takes a file in, as the pages do, with the rights of a user."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.cli import Failed
from core.cli.shell import id_of
from core.cli.site import LANGUAGE, explained, opened

if TYPE_CHECKING:
    from core.env import Env
    from core.exchange.importing import Asked
    from core.jobs.showing import ShownJob
    from core.site import Site

REFUSED_ROWS = 3
"""The exit code when some rows were not taken in."""

SECONDS = 0.5
LINE_SECONDS = 10.0
"""How often a log that is no terminal gets a line."""

SHOWN = ("rows", "created", "updated", "unchanged", "skipped", "refused", "undone", "kept")


@click.command("import", short_help="Take records in from a CSV or XLSX file.")
@click.argument("model", required=False)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "username", metavar="USER", required=True, help="With the rights of this user, and in their name."
)
@click.option("--map", "mapped", metavar="HEAD=FIELD", multiple=True, help="Where a column goes; HEAD= leaves it out.")
@click.option("--only-mapped", is_flag=True, help="Take only the columns of --map; else the others are guessed.")
@click.option("--key", "keys", metavar="FIELD", multiple=True, help="A field by which a row finds its record.")
@click.option("--value", "values", metavar="FIELD:TEXT=CODE", multiple=True, help="What a text of a choice means.")
@click.option("--mode", type=click.Choice(["create", "update", "both"]), default="create", show_default=True)
@click.option("--day-first", is_flag=True, help="03/04/2026 is the third of April.")
@click.option("--sheet", default="", help="The sheet of a spreadsheet; the first one without it.")
@click.option("--encoding", default="", help="The encoding of a text file, if it is found out wrongly.")
@click.option("--separator", default="", help="What separates the columns of a text file, if it is found out wrongly.")
@click.option("--header-row", type=int, default=0, help="The row with the names of the columns.")
@click.option("--try", "is_try", is_flag=True, help="Only say what would come of it.")
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), help="Where rows go that are not taken in.")
@click.option("--undo", "undone", metavar="ID", type=int, help="Take back the import of that number.")
def import_(model: str | None, file: Path | None, username: str, undone: int | None, **chosen: Any) -> None:
    """Take records of MODEL in from FILE, or take an import back.

    FIELD is a field of MODEL, or `model.field` of what comes along in the same row. Rows that are not taken in are
    written to a file with the reason in its last column. Ctrl C stops after the rows that are just being written.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done, but some rows were not taken in.
    """
    if undone is None and (model is None or file is None):
        raise click.UsageError("Name a MODEL and a FILE, or an import with --undo.")
    with opened() as site, explained():
        user = id_of(site, username)
        if undone is not None:
            id = undone
        else:
            id = _begin(site, user, model or "", file or Path(), chosen)
        found = _done(site, user, id, is_try=chosen["is_try"], is_undo=undone is not None)
        click.echo(
            ", ".join(f"{name}: {found.counts[name]:,}" for name in SHOWN if found.counts.get(name)) or "rows: 0"
        )
        if undone is None and not chosen["is_try"]:
            click.echo(f"Import {id}. To take it back: 9kcrm import --as {username} --undo {id}")
        if undone is None and found.counts.get("refused"):
            _write_refused(site, user, found, chosen["refused"] or Path(f"{(file or Path()).stem}.refused.csv"))
            sys.exit(REFUSED_ROWS)


def _begin(site: Site, user: int, model: str, file: Path, chosen: Mapping[str, Any]) -> int:
    """Puts the file in and assigns its columns; returns the import's id."""
    from core.exchange import importing

    with file.open("rb") as content:
        received = importing.receive(site.settings, content, file.name)
    with site.env(user, write=True, locale=LANGUAGE) as env:
        draft = importing.put_in(env, _model(env, model), received)
        how = {"sheet": "sheet", "encoding": "encoding", "delimiter": "separator", "header_row": "header_row"}
        given = {name: chosen[option] for name, option in how.items() if chosen[option]}
        if given:
            draft = importing.read_anew(env, draft.id, **given)
        importing.arrange(
            env,
            draft.id,
            columns=_columns(draft, chosen["mapped"], only=chosen["only_mapped"]),
            keys=[_field(model, name) for name in chosen["keys"]] or _kept_keys(draft, chosen),
            mode=importing.Mode(chosen["mode"]),
            choices=_choices(model, chosen["values"]),
            day_first=chosen["day_first"],
        )
        return draft.id


def _model(env: Env, key: str) -> Any:
    from core.exchange import importing

    known = {model.key(): model for model in importing.importable_models(env)}
    if key not in known:
        raise Failed(f"{key!r} cannot be imported by this user. Possible: {', '.join(known) or 'nothing'}.")
    return known[key]


def _columns(draft: Asked, mapped: Sequence[str], *, only: bool) -> dict[int, str]:
    """Place → field: what was guessed, unless it was said otherwise."""
    columns = {} if only else {int(place): key for place, key in draft.columns.items()}
    for each in mapped:
        head, equals, name = each.rpartition("=")
        if not equals:
            raise click.UsageError(f"--map {each!r} is not HEAD=FIELD.")
        if head not in draft.heads:
            raise Failed(f"The file has no column {head!r}. It has: {', '.join(filter(None, draft.heads))}.")
        place, key = list(draft.heads).index(head), _field(draft.model, name)
        columns = {other: taken for other, taken in columns.items() if other != place and taken != key}
        if key:
            columns[place] = key
    return columns


def _kept_keys(draft: Asked, chosen: Mapping[str, Any]) -> list[str]:
    """The key that was guessed, as far as its column is still among them."""
    columns = _columns(draft, chosen["mapped"], only=chosen["only_mapped"])
    return [key for key in draft.keys if key in columns.values()]


def _field(model: str, name: str) -> str:
    return f"{model}.{name}" if name and "." not in name else name


def _choices(model: str, values: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for each in values:
        name, colon, rest = each.partition(":")
        text, equals, code = rest.rpartition("=")
        if not (colon and equals):
            raise click.UsageError(f"--value {each!r} is not FIELD:TEXT=CODE.")
        found.setdefault(_field(model, name), {})[text] = code
    return found


def _done(site: Site, user: int, id: int, *, is_try: bool, is_undo: bool) -> Asked:
    """Does the job in this process, or follows the worker that was quicker. Raises Failed."""
    from core.exchange import importing
    from core.jobs.models import JobState

    with site.env(user, write=True, locale=LANGUAGE) as env:
        job = importing.undo(env, id) if is_undo else importing.start(env, id, is_try=is_try)
    ended = _followed(site, user, job)
    with site.env(user, write=False, locale=LANGUAGE) as env:
        found = importing.own(env, id)
    if ended.state == JobState.FAILED:
        raise Failed(ended.failure)
    if ended.state == JobState.CANCELLED:
        raise Failed(f"Stopped. What was taken in stays; to take it back: --undo {id}")
    return found


def _followed(site: Site, user: int, job: int) -> ShownJob:
    from core.jobs import outbox, showing, worker

    thread = threading.Thread(target=worker.execute, args=(site, job), name="import", daemon=True)
    thread.start()
    told = _Told()
    while True:
        try:
            thread.join(SECONDS)
            with site.env(user, write=False, locale=LANGUAGE) as env:
                now = showing.shown(env, job)
            told.tell(now)
            if now.is_over and not thread.is_alive():
                told.end()
                return now
            if not thread.is_alive():
                time.sleep(SECONDS)
        except KeyboardInterrupt:
            with outbox.writing(site) as connection:
                outbox.cancel(connection, job)


class _Told:
    """Progress on standard error: one line that changes on a terminal, few lines in a log."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._at = time.monotonic()

    def tell(self, job: ShownJob) -> None:
        text = f"{job.done:,} of {job.total:,} rows  {job.left}" if job.total else job.label
        if self._is_terminal:
            click.echo(f"\r\x1b[K{text}", err=True, nl=False)
        elif time.monotonic() - self._at > LINE_SECONDS:
            self._at = time.monotonic()
            click.echo(text, err=True)

    def end(self) -> None:
        if self._is_terminal:
            click.echo("\r\x1b[K", err=True, nl=False)


def _write_refused(site: Site, user: int, found: Asked, path: Path) -> None:
    from core.exchange import importing

    kind = "xlsx" if path.suffix.lower() == ".xlsx" else "csv"
    with site.env(user, write=False, locale=LANGUAGE) as env, path.open("wb") as file:
        count = importing.write_refused(env, found, kind, file)
    click.echo(f"{count:,} rows were not taken in; they are in {path} with the reason.", err=True)
