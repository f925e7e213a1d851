"""An import from the user's side: a file is put in, its columns are assigned, it is tried, run, and taken back."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from core.access.actor import IMPORT
from core.errors import Conflict, Forbidden
from core.exchange.imports import asked
from core.exchange.imports.asked import BUSY, Asked
from core.exchange.imports.guessing import guess, remembered
from core.exchange.imports.models import ImportMemory, ImportState, Mode
from core.exchange.imports.plan import plan, targets
from core.exchange.imports.reading import Table, open_table
from core.exchange.imports.refused import is_reason
from core.exchange.imports.running import path_of
from core.exchange.imports.sampling import sample_of
from core.i18n import _
from core.orm.model import Model, describe, model_of

if TYPE_CHECKING:
    from core.config import Settings
    from core.env import Env

READ_BY = ("sheet", "encoding", "delimiter", "header_row")


class UnderWay(Conflict):
    """The import is being worked on at this moment."""

    code = "import_under_way"
    default = _("This import is under way. Wait until it has ended.")


class NotPossible(Conflict):
    """The import is over, or not so far yet."""

    code = "import_state"
    default = _("This is not possible in the present state of the import.")


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has been stored and read, and belongs to no import yet."""

    name: str
    stored: str
    table: Table
    sample: Mapping[str, Any]


def receive(settings: Settings, file: IO[bytes], name: str) -> Received:
    """Stores the file and looks at it, which needs no transaction. Raises `Unreadable`, `TooLarge`."""
    stored = secrets.token_hex(16)
    path = path_of(settings, stored)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("wb") as kept:
            shutil.copyfileobj(file, kept)
        table = open_table(path)
        # A browser of old sends the whole path of the file.
        return Received(PurePosixPath(name.replace("\\", "/")).name[:200], stored, table, sample_of(table))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def put_in(env: Env, model: type[Model], received: Received) -> Asked:
    """Begins an import of the file, and guesses what its columns are. Raises `Forbidden`."""
    if not env.actor.may(model.key(), IMPORT):
        raise Forbidden()
    found = _guessed(env, model, received.table, received.sample)
    return asked.add(env, model=model.key(), name=received.name, stored=received.stored, **found)


def discard(env: Env, id: int) -> None:
    """Forgets an import that nothing was taken in by, with its file. Raises `UnderWay`, `NotPossible`."""
    draft = _open(env, id)
    asked.remove(env.connection_of_core, id)
    path = path_of(env.site.settings, draft.stored)
    env.after_commit(lambda: path.unlink(missing_ok=True))


def read_anew(env: Env, id: int, **how: Any) -> Asked:
    """Reads the file another way, by `READ_BY`; its columns are guessed anew. Raises `Unreadable`, `TooLarge`."""
    draft = _open(env, id)
    table = open_table(path_of(env.site.settings, draft.stored), **how)
    found = _guessed(env, model_of(draft.model), table, sample_of(table))
    asked.change(env.connection_of_core, id, state=ImportState.DRAFT.value, counts={}, **found)
    return asked.own(env, id)


def arrange(
    env: Env,
    id: int,
    *,
    columns: Mapping[int, str],
    keys: Sequence[str],
    mode: Mode,
    choices: Mapping[str, Mapping[str, str]] | None = None,
    day_first: bool = False,
) -> Asked:
    """Says what is to be done with the columns. Raises `Invalid` with the message per choice, or `Forbidden`."""
    draft = _open(env, id)
    asked.change(
        env.connection_of_core,
        id,
        state=ImportState.DRAFT.value,
        counts={},
        columns={str(place): key for place, key in columns.items()},
        keys=list(keys),
        mode=mode.value,
        choices={key: dict(texts) for key, texts in (draft.choices if choices is None else choices).items()},
        day_first=day_first,
    )
    arranged = asked.own(env, id)
    plan(env, arranged)
    return arranged


def start(env: Env, id: int, *, is_try: bool) -> int:
    """Tries the import, or does it. Returns the id of the job. Raises as `arrange`, and `UnderWay`."""
    draft = _open(env, id)
    plan(env, draft)
    _remember(env, draft)
    job = env.enqueue("exchange.check" if is_try else "exchange.import", import_id=id)
    state = ImportState.CHECKING if is_try else ImportState.RUNNING
    asked.change(env.connection_of_core, id, state=state.value, job_id=job)
    return job


def undo(env: Env, id: int) -> int:
    """Takes a finished import back. Returns the id of the job. Raises `Forbidden`, `NotPossible`."""
    # Locked: a second press waits, and finds it under way.
    found = asked.own(env, id, locked=True)
    if not env.actor.may(found.model, IMPORT):
        raise Forbidden()
    if found.state is not ImportState.DONE:
        raise NotPossible()
    job = env.enqueue("exchange.undo", import_id=id)
    asked.change(env.connection_of_core, id, state=ImportState.UNDOING.value, job_id=job)
    return job


def _open(env: Env, id: int) -> Asked:
    # Locked: a second press waits, and finds it under way.
    found = asked.own(env, id, locked=True)
    if found.state in BUSY:
        raise UnderWay()
    if found.state in (ImportState.DONE, ImportState.UNDONE):
        raise NotPossible()
    return found


def _guessed(env: Env, model: type[Model], table: Table, sample: Mapping[str, Any]) -> dict[str, Any]:
    known = targets(env, model)
    memory = _memory(env, model)
    chosen = remembered(table.heads, {head: field for head, (field, _choices) in memory.items()}, known)
    columns = dict(chosen)
    rest = [target for target in known if target.key not in columns.values()]
    heads = ["" if place in columns or is_reason(head) else head for place, head in enumerate(table.heads)]
    columns |= guess(heads, rest)
    choices = {key: memory[table.heads[place]][1] for place, key in columns.items() if table.heads[place] in memory}
    return {
        "table": {name: getattr(table, name) for name in READ_BY},
        "heads": list(table.heads),
        "sample": {**sample, "guessed": {str(p): key for p, key in columns.items() if p not in chosen}},
        "columns": {str(place): key for place, key in sorted(columns.items())},
        "choices": {key: texts for key, texts in choices.items() if texts},
        "keys": _likely_key(model, columns.values()),
    }


def _likely_key(model: type[Model], chosen: Iterable[str]) -> list[str]:
    """A unique field among the columns; else the name."""
    info, taken = describe(model), set(chosen)
    unique = [name for name, spec in info.fields.items() if spec.unique]
    likely = (f"{info.key}.{name}" for name in (*unique, info.display))
    return [key for key in likely if key in taken][:1]


def _memory(env: Env, model: type[Model]) -> dict[str, tuple[str, dict[str, str]]]:
    wanted = (ImportMemory.user_id == env.user_id, ImportMemory.model == model.key())
    rows = env.connection_of_core.execute(
        select(ImportMemory.head, ImportMemory.field, ImportMemory.choices).where(*wanted)
    )
    return {head: (field, choices) for head, field, choices in rows}


def _remember(env: Env, draft: Asked) -> None:
    connection = env.connection_of_core
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for place, key in draft.columns.items():
        found = {"field": key, "choices": dict(draft.choices.get(key, {}))}
        row = {"user_id": env.user_id, "model": draft.model, "head": draft.heads[int(place)], **found}
        statement = dialect.insert(ImportMemory).values(row)
        connection.execute(statement.on_conflict_do_update(index_elements=["user_id", "model", "head"], set_=found))
