"""What comes in and what goes out: files, mail, people who sign in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.addons.answers import MailChange
from core.addons.policy import Policy, hook

if TYPE_CHECKING:
    from pathlib import Path

    from core.env import Env
    from core.orm.model import Model


@hook(policy=Policy.COLLECTED, savepoint=False, gives=dict)
def export_row(env: Env, model: type[Model], id: int, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """A row is about to be written to an exported file.

    `row` is field → value as it will stand there; what the actor may not see is not in it. Returns values to write
    in their place, under other names to add: those of the first row are further columns, and later rows fill them.
    Called for each row, so do not ask the database for each.
    """


@hook(policy=Policy.COLLECTED, gives=dict)
def print_context(env: Env, model: type[Model], record: Model, template: str) -> dict[str, Any] | None:
    """A record is about to be printed with the template of that key.

    Returns what templates are to know beside its fields, under the addon's own name: plain data, such as texts,
    numbers, dates, lists and dicts of them. Templates find it in `record.added`. It is for the addon to give only
    what the actor may see. Called for each record, of which there may be hundreds. An exception leaves it out.
    """


@hook(policy=Policy.FIRST, gives=bytes)
def render_pdf(env: Env, model: type[Model], template: str, data: Mapping[str, Any]) -> bytes | None:
    """Records of a model are about to be typeset with the template of that key.

    `data` is what the template would get, as docs/how-to/print.md describes it, and holds nothing that the actor may
    not see. Returns the finished PDF, made by another engine; then the one of the product is not asked. None, and
    likewise an exception, leaves it to the next addon, and in the end to the product.
    """


@hook(policy=Policy.VETO, gives=dict)
def import_row(env: Env, model: type[Model], row: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """A row of a file is about to be taken in as a record of `model`, new or changed.

    Fires in the transaction of the import, by who takes it in, once per row of the file and model, for rows in which
    every cell could be read. `row` is its number in the file, `values` field → value, None for an empty cell.
    Returns values to take in their place, or further ones; they are checked like those of the file, and of several
    answers the later wins. Raise `Invalid` with a message per field to refuse the row, which is said at its cells. Any
    other `AppError` refuses the row as a whole; any other exception stops the import. Also called when an import is
    only tried, so do nothing outside of the transaction. Called for each row, so do not ask the database for each.
    """


@hook(policy=Policy.COLLECTED, gives=MailChange)
def message_sending(env: Env, to: str, cc: str, subject: str, text: str) -> MailChange | None:
    """A mail is about to be written to the outbox, in the transaction that it belongs to.

    `to` and `cc` are addresses, separated by commas. Returns what to change of it, or that it is not to leave and why.
    Another `to` takes the copies away, unless the answer names `cc` too. Of several answers the later wins. An
    exception leaves the message as it is.
    """


@hook(policy=Policy.VETO)
def store_file(env: Env, name: str, path: Path, mime: str, size: int) -> None:
    """A file has been received and is about to be given to a record or to the company.

    `path` is where its content lies; read it, but leave it as it is. Fires before the transaction that stores the
    file, so it may take its time; it is the system that asks. Returns nothing. Raise `Invalid({"file": message})` to
    refuse the file; any other exception refuses it as well.
    """


@hook(policy=Policy.VETO, gives=bool)
def authenticate(env: Env, username: str, password: str) -> bool | None:
    """Somebody signs in with a password, or confirms a change with it.

    Returns what an outside directory says in the place of the password stored here: True if it is right, False if it
    is wrong, None for people whom it does not know. Of several answers the first counts. Whether there is such a
    user, whether they are active and how often somebody may try is decided here all the same. Never write the password
    anywhere.

    An exception means that nobody is let in: the password stored here never stands in for a directory that cannot be
    asked. An `AppError` is shown with its message; any other is logged, and the user reads that signing in is not
    possible at the moment. An implementation is not interrupted: give its network calls a short time limit.
    """
