"""Records: how they come to be, change, and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement

from core.addons.policy import Policy, hook

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.addons.answers import Saved
    from core.env import Env
    from core.errors import Message
    from core.orm.field import Field
    from core.orm.model import Model
    from core.ownership import OwnerChange
    from core.records import Changes


@hook(policy=Policy.VETO, gives=dict)
def validate(
    env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None
) -> dict[str, Message] | None:
    """A record is about to be created (`record` is None) or changed, by whatever way.

    `values` are all its values as they would be, in their clean form. Fires after the field's own checks. Returns
    what is wrong: field → message; the messages of all addons come back together at the fields of the form. An
    exception undoes the saving. Also asked, with what is there so far, while somebody types into a form with parts.
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
