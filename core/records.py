"""Creating, changing, assigning and deleting records: one service per model, which its addon may subclass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from core import checking, deletion, ownership, recording
from core.access.actor import CREATE, EDIT
from core.access.models import FieldLevel, ShareLevel
from core.addons.origin import CORE
from core.batches import Outcome, create_many
from core.errors import AppError, Conflict, Forbidden, Invalid, Message, Stale
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.flush import changes_of
from core.orm.model import Model, ModelInfo, describe
from core.orm.parts import parts_of, whole_of
from core.orm.rules import Owned
from core.parts.saving import Parts
from core.workflow import locks

if TYPE_CHECKING:
    from datetime import datetime

    from core.env import Env

M = TypeVar("M", bound=Model)
Changes = dict[str, tuple[Any, Any]]


class Records(Generic[M]):
    """What one may do with the records of one model. Override `defaults`, `validate` and `saved`."""

    model: ClassVar[type[Any]]

    def __init__(self, env: Env) -> None:
        self.env = env
        self.info: ModelInfo = describe(self.model)
        on = {"", CORE, *env.enabled}
        self.fields: dict[str, Field] = {name: f for name, f in self.info.fields.items() if f.addon in on}
        """The model's fields, but for those of addons that are off: they are neither asked for nor written."""

    # What an addon overrides.

    def defaults(self) -> dict[str, Any]:
        """The values that a new record starts with; a form shows them."""
        found = {f.name: f.default() if callable(f.default) else f.default for f in self.fields.values()}
        if self.info.owner and not self.env.actor.is_system:
            found[self.info.owner] = self.env.user_id
        return {name: value for name, value in found.items() if value is not None}

    def validate(self, values: Mapping[str, Any], record: M | None) -> dict[str, Message]:
        """What is wrong across fields: field → message. `values` are clean, `record` None when creating."""
        return {}

    def derive(self, values: Mapping[str, Any], record: M | None) -> Mapping[str, Any]:
        """What follows from the other fields: field → value, of read-only fields too. `values` are all, and clean.

        Asked at each create and update, before what is said is checked. Of parts `values` has all rows; the answer may
        have a mapping per row, in the same order: `{"lines": [{"amount": …}, …]}`.
        """
        return {}

    def follow(self, changed: str, values: Mapping[str, Any], record: M | None) -> Mapping[str, Any]:
        """What a form fills in once `changed` was chosen, such as "customer_id" or "lines.2.product_id".

        Field → value, of a row by `"lines.2.unit_price"`. Forms alone ask; what the API leaves empty a service fills
        in `defaults` and `derive`. `values` are clean as far as they are right, with all rows.
        """
        return {}

    def copied(self, record: M) -> Mapping[str, Any]:
        """What a form that begins as a copy of the record has otherwise: field → value, None for nothing."""
        return {}

    def saved(self, record: M, changes: Changes, *, created: bool) -> None:
        """Called in the transaction after each create and update. `changes`: field → (before, after)."""

    def restored(self, record: M) -> None:
        """Called in the transaction after a deleted record has come back; not for what came back along with it."""

    def regrouped(self, record: M) -> None:
        """Called in the transaction after a merge, or its undoing, has changed what belongs to the record.

        What is worked out from its children is to be worked out anew.
        """

    # What everybody calls.

    def get(self, id: int) -> M:
        """The record, if the actor may see it. Raises `NotFound`."""
        found: M = self.env.get(self.model, id)
        return found

    def create(self, values: Mapping[str, Any]) -> M:
        """A new record. Raises `Forbidden`, or `Invalid` with the message per field."""
        if not self.env.actor.may(self.info.key, CREATE):
            raise Forbidden()
        parts = Parts(self, None)
        given = parts.clean(values, {})
        filled = parts.begin(self.defaults()) | given
        asked = recording.asked_before(self, filled | parts.values, None) | recording.owner_for_new(self, filled, given)
        filled, given = filled | asked, given | asked
        filled |= parts.derive(filled)
        self._check(filled | parts.values, given, None, parts)
        locks.check_parents(self.env, self.model, [filled])
        filled |= recording.numbers_given(self.env, self.fields.values(), filled)
        record = self.model(**filled)
        with self._saving(record):
            self.env.session.add(record)
            rows = parts.write(record)
        changes = {name: (None, value) for name, value in filled.items()} | rows
        self.saved(record, changes, created=True)
        if isinstance(self.info.rule, Owned):
            change = ownership.OwnerChange(record.id, None, getattr(record, self.info.owner))
            self.env.hooks.owners_changed(model=self.info.model, changes=[change])
        self.env.hooks.after_save(record=record, changes=changes, created=True)
        return record  # type: ignore[no-any-return]

    def create_many(self, rows: Sequence[Mapping[str, Any]]) -> Outcome:
        """A new record of each row that is right; the outcome says what is wrong with others. Raises `Forbidden`."""
        return create_many(self, rows)

    def update(self, record: M, values: Mapping[str, Any], *, version: int | None = None) -> M:
        """Changes `values` of the record. `version` is the one the author saw: an older one raises `Stale`."""
        if not self.env.can(EDIT, record):
            raise Forbidden()
        if version is not None and version != record.version:
            raise Stale(model=self.info.key, id=record.id, version=record.version)
        parts = Parts(self, record)
        given = parts.clean(values, {n: getattr(record, n) for n in values if n in self.fields})
        if self.info.owner in given and given[self.info.owner] != getattr(record, self.info.owner):
            raise Forbidden(_("The owner is changed by assigning the record."))
        stored = {name: getattr(record, name) for name in self.fields}
        given |= recording.asked_before(self, stored | given | parts.values, record)
        changed = [name for name, value in given.items() if value != stored[name]]
        locks.check_edit(self.env, record, changed + parts.changed)
        given |= parts.derive(stored | given)
        merged = stored | given
        self._check(merged | parts.values, given, record, parts)
        locks.check_parents(self.env, self.model, [stored, merged])
        with self._saving(record):
            for name, value in given.items():
                if getattr(record, name) != value:
                    setattr(record, name, value)
            changes = changes_of(record)
            changes |= parts.write(record)
        if changes:
            self.saved(record, changes, created=False)
            self.env.hooks.after_save(record=record, changes=changes, created=False)
        return record

    def delete(self, record: M, *, version: int | None = None) -> int:
        """Puts the record and what goes with it into the recycle bin. Returns the deletion's id, for `restore`.

        Raises `Forbidden`, `Stale`, or `Conflict` that names what still needs the record.
        """
        if version is not None and version != record.version:
            raise Stale(model=self.info.key, id=record.id, version=record.version)
        locks.check_delete(self.env, record)
        return deletion.delete(self.env, record)

    def restore(self, act: int) -> tuple[str, int]:
        """Undoes one act of deleting as a whole. Returns the (model, id) that it was aimed at.

        Raises `NotFound` unless the actor could delete that record, `Conflict` if a unique value was taken since.
        """
        return deletion.restore(self.env, act)

    def assign(self, record: M, *, to: int | None, reason: str = "", version: int | None = None) -> None:
        """Gives the record and all that follows it to another user, or to nobody. Raises `Forbidden`."""
        if version is not None and version != record.version:
            raise Stale(model=self.info.key, id=record.id, version=record.version)
        ownership.assign(self.env, record, to=to, reason=reason)

    def share(self, record: M, *, user: int, level: ShareLevel, until: datetime | None = None) -> None:
        """Makes a user a collaborator of the record. Raises `Forbidden`."""
        ownership.share(self.env, record, user=user, level=level, until=until)

    def unshare(self, record: M, *, user: int) -> None:
        """Ends a user's collaboration. Raises `Forbidden`."""
        ownership.unshare(self.env, record, user=user)

    def writable(self, name: str) -> bool:
        """Whether the actor may write the field, as far as the field itself goes."""
        spec = self.fields.get(name)
        if spec is None or spec.readonly or name in self.kept_of_part:
            return False
        return self.env.actor.field_level(self.info.key, name) is FieldLevel.EDIT

    def clean(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a new record in their normal form. Raises `Invalid`."""
        return checking.cleaned(self, values, {})

    def missing(self, values: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> dict[str, Message]:
        """The required fields that have no value: field → message. `given` are those that a change of a record sets.

        What an addon asks for may be empty in records that are older than the addon, until somebody fills it in.
        """
        wanted = (f for f in self.fields.values() if f.required and not f.readonly and f.kind is not Kind.SERIAL)
        asked = (f.name for f in wanted if given is None or f.name in given)
        return {name: _("Please fill in this field.") for name in asked if values.get(name) in (None, "", [])}

    @property
    def writes_plainly(self) -> bool:
        """Whether nothing but the fields is written when a record is created, so that many can be at once."""
        is_plain = type(self).saved is Records.saved and type(self).create is Records.create
        return is_plain and not parts_of(self.info.model) and not self.env.hooks.listens(*recording.ONE_BY_ONE)

    # How it is done.

    @cached_property
    def kept_of_part(self) -> frozenset[str]:
        """The fields of a part that core writes: its whole, its place and its owner."""
        whole = whole_of(self.info.model)
        return frozenset() if whole is None else frozenset((whole.part.via, whole.part.order, self.info.owner))

    def _check(self, values: Mapping[str, Any], given: Mapping[str, Any], record: M | None, parts: Parts) -> None:
        problems = self.missing(values, None if record is None else given)
        problems |= checking.unreadable_links(self, [(given, record)])[0] | checking.misfits(self, given, record)
        problems |= parts.problems()
        if any(message is checking.NOT_THERE for message in problems.values()):
            # Ids can be made up: a rule that were asked could tell of records that their author may not see.
            raise Invalid(problems)
        found = self.env.hooks.validate(model=self.model, values=values, record=record)
        for more in (self.validate(values, record), *found):
            problems = dict(more) | problems
        if problems:
            raise Invalid(problems)

    @contextmanager
    def _saving(self, record: M) -> Iterator[None]:
        """Writes within a savepoint and turns what the database refuses into the product's own errors."""
        id = record.id
        try:
            with self.env.session.begin_nested():
                yield
        except StaleDataError as error:
            raise Stale(model=self.info.key, id=id, version=0) from error
        except IntegrityError as error:
            raise self._explained(error) from error

    def _explained(self, error: IntegrityError) -> AppError:
        text = str(error.orig)
        for spec in self.info.fields.values():
            table = self.model.__tablename__
            if spec.unique and (f"uq_{table}_{spec.name}" in text or f"{table}.{spec.name}" in text):
                return Invalid({spec.name: _("This value is already used by another record.")})
        return Conflict(_("The record could not be saved because of another change at the same time."))
