"""Core's hooks. An addon implements one in its `hooks.py` with `@hookimpl`; only enabled addons are called.

Called as `env.hooks.<name>(…)`. The policy says what becomes of the results and of an exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement

from core.addons.answers import DuplicateHit, MailChange, SearchHit
from core.addons.policy import Policy, hook
from core.pages.nodes import Card, Menu

if TYPE_CHECKING:
    from pathlib import Path

    from core.access.actor import Actor
    from core.addons.answers import Saved
    from core.env import Env
    from core.errors import Message
    from core.orm.field import Field
    from core.orm.model import Model
    from core.ownership import OwnerChange
    from core.records import Changes
    from core.site import Site
    from core.workflow.decisions import Decision
    from core.workflow.declaration import Arguments, Transition


# The process and its addons.


@hook(policy=Policy.ISOLATED)
def registered(site: Site) -> None:
    """The addons are loaded and the process is about to work.

    Fires once per process and site, of all installed addons, before the database has been touched: there is no unit
    of work. Returns nothing. An exception is logged.
    """


@hook(policy=Policy.ISOLATED)
def addon_enabled(env: Env, addon: str) -> None:
    """An addon has been enabled on this site; it hears of itself, too.

    Fires in the same transaction, for each addon that is on now and was off before. Returns nothing.
    """


@hook(policy=Policy.ISOLATED)
def addon_disabled(env: Env, addon: str) -> None:
    """An addon is about to be disabled on this site; it hears of itself, too.

    Fires in the same transaction, for each addon that will be off, while all are still on. Returns nothing.
    """


# Records.


@hook(policy=Policy.VETO, gives=dict)
def validate(
    env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None
) -> dict[str, Message] | None:
    """A record is about to be created (`record` is None) or changed, by whatever way.

    `values` are all its values as they would be, in their clean form. Fires after the field's own checks. Returns
    what is wrong: field → message; the messages of all addons come back together at the fields of the form. An
    exception undoes the saving.
    """


@hook(policy=Policy.VETO, gives=Mapping)
def before_save(
    env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None
) -> Mapping[str, Any] | None:
    """A record is about to be created (`record` is None) or changed.

    `values` are all its values as they would be, in their clean form. Fires before they are checked. Returns values
    to set in addition, whatever the author may write; of several addons that set one field the last wins. The owner
    is none of them. An exception undoes the saving.
    """


@hook(policy=Policy.ISOLATED)
def after_save(env: Env, record: Model, changes: Changes, created: bool) -> None:
    """A record has been created or changed. `changes`: field → (before, after).

    Fires in the same transaction, after the service of the model has done its part. Not for changes of owner, which
    `owners_changed` tells of. Returns nothing.
    """


@hook(policy=Policy.VETO)
def before_delete(env: Env, record: Model) -> None:
    """A record is about to go to the recycle bin, with all that goes with it.

    Returns nothing. Raise `Conflict` with the reason to refuse; any other exception refuses as well.
    """


@hook(policy=Policy.ISOLATED)
def after_delete(env: Env, model: type[Model], id: int, deletion: int) -> None:
    """A record has gone to the recycle bin. `deletion` is the act that it can be brought back by.

    Fires in the same transaction, once for the record that was meant and not for what went with it. Returns nothing.
    """


@hook(policy=Policy.ISOLATED, savepoint=False)
def after_commit(env: Env, saved: Sequence[Saved]) -> None:
    """What a unit of work has created or changed is stored for good.

    Fires once per unit, after the transaction: `env` tells who acted, but its session has ended. Open another unit
    with `env.site.env(env.user_id)` to read, or better have a job do the work: this is lost if the process dies at
    the wrong moment. What is saved meanwhile is not told of again. Returns nothing.
    """


@hook(policy=Policy.FIRST, gives=int)
def owner_for_new(env: Env, model: type[Model], values: Mapping[str, Any]) -> int | None:
    """A record of an owned model is about to be created, and its author has not said whose it is to be.

    Returns the id of the owner. One who is not active, or for whom the author may not create records, is passed over.
    """


@hook(policy=Policy.FIRST, gives=str)
def next_number(env: Env, field: Field, values: Mapping[str, Any]) -> str | None:
    """A record is about to get the serial number `field`: it is being created, or makes the field's `number_at`.

    `values` are all its values. Returns the number, in the place of the next one of the field's own series. It must
    be unique.
    """


@hook(policy=Policy.VETO, gives=ColumnElement)
def access_rules(actor: Actor, model: type[Model], action: str, columns: Any) -> ColumnElement[bool] | None:
    """It is worked out which rows of a model somebody reaches with an action, such as "read" or "edit".

    Returns a condition on `columns`, which has an attribute per column of the model, that rows must fulfil beside
    everything else: it can only take away. What follows a record goes with it. None takes away nothing. The
    condition is kept for as long as the actor is: until the organisation or the set of enabled addons changes. What
    changes more often belongs into its SQL, as a subquery. Called without a unit of work, never for the system. An
    exception keeps the rows closed.
    """


@hook(policy=Policy.VETO)
def owners_changed(env: Env, model: type[Model], changes: Sequence[OwnerChange]) -> None:
    """Records of an owned model have been given to other owners, or were created with one (`before` is None).

    Fires in the same transaction, once for all records that change together, after they and everything that follows
    them carry the new owners. Returns nothing. An exception undoes the change of owners.
    """


@hook(policy=Policy.VETO)
def records_merged(env: Env, model: type[Model], survivor: Model, others: Sequence[int], act: int) -> None:
    """Several records of a model have become one. `others` are the ids of those that went, `act` that of the merge.

    Fires in the same transaction, after everything that pointed at the others points at the survivor and the service
    of the model has done its part. Returns nothing. An exception undoes the merge.
    """


@hook(policy=Policy.VETO)
def merge_undone(env: Env, model: type[Model], survivor: Model, others: Sequence[int], act: int) -> None:
    """A merge has been taken apart again: the records `others` are back with what was theirs.

    Fires in the same transaction, as `records_merged` does. Returns nothing. An exception keeps the merge.
    """


@hook(policy=Policy.VETO)
def transition_requested(env: Env, record: Model, transition: Transition, arguments: Arguments) -> Decision | None:
    """Somebody wants a record to make a transition of its workflow, and everything else allows it.

    Fires before anything is changed, in the same transaction, with the record locked. Return `Deny(reason)` to
    refuse, `Pending(id)` to have it wait until `env.workflow.resume(id)` or `cancel(id)`, `Allow()` or None to let it
    pass. One that denies is enough to refuse. Asked once more when what waited is resumed: then only `Deny` counts.
    An exception refuses as well.
    """


@hook(policy=Policy.VETO)
def transition_cancelled(env: Env, record: Model, transition: str, ids: Sequence[str], reason: str) -> None:
    """A transition that waited has been withdrawn or rejected, and will not happen.

    Fires in the same transaction, once for the whole request. `transition` is the name of what was asked for, `ids`
    are those of every `Pending` that still had to be resumed, whoever gave it: close the ones that are yours. Returns
    nothing. An exception leaves the transition waiting.
    """


@hook(policy=Policy.VETO)
def state_changed(env: Env, record: Model, before: str, after: str, transition: Transition) -> None:
    """A record has made a transition of its workflow.

    Fires in the same transaction, after the transition's own effects. `before` and `after` are codes of states.
    Returns nothing. An exception undoes the transition.
    """


# Pages.


@hook(policy=Policy.COLLECTED, gives=Menu)
def menu(env: Env) -> list[Menu] | None:
    """The menu of somebody is put together.

    Returns entries for this actor beside those in `PAGES`; they are shown under the same conditions. The result is
    kept for as long as the actor is: until the organisation or the set of enabled addons changes.
    """


@hook(policy=Policy.COLLECTED, gives=Card)
def dashboard_cards(env: Env) -> list[Card] | None:
    """The start page of somebody is put together.

    Returns cards for this actor beside those in `PAGES`; they are shown under the same conditions.
    """


@hook(policy=Policy.COLLECTED, gives=SearchHit)
def search_sources(env: Env, q: str) -> list[SearchHit] | None:
    """Somebody has typed `q` into the palette.

    Returns hits from elsewhere, which stand after the records. It is for the addon to give only what the actor may
    see. Called with each pause in typing, so answer fast.
    """


@hook(policy=Policy.COLLECTED, gives=DuplicateHit)
def duplicates(
    env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None
) -> list[DuplicateHit] | None:
    """Somebody fills in a form, and is told which records resemble what they type; `record` is None for a new one.

    `values` are those typed so far by which the model's records are recognised, unchecked and as text. Returns
    candidates from elsewhere, which stand after the records. It is for the addon to give only what the actor may
    know. Called with each pause in typing, so answer fast.
    """


# What comes in and what goes out.


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
