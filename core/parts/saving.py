"""The parts of a record from what its author says to what is stored: the steps in which a service saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session, object_session

from core import checking
from core.errors import Invalid, Message
from core.orm.model import Model
from core.orm.parts import parts_of
from core.orm.whole import told_of_parts
from core.parts.rows import PartRows, Values
from core.parts.writing import announce

if TYPE_CHECKING:
    from core.env import Env
    from core.records import Records


def write_over(env: Env, whole: Model, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Gives a stored record these rows in the place of its parts, as one change of it with one entry in its history.

    For services that write what was decided elsewhere: nothing is checked, and no state is in the way. The record is
    one of a system's session.
    """
    session = object_session(whole) or env.session
    # What the caller has set on the record goes into the same entry.
    with session.no_autoflush:
        found = PartRows(env, name, parts_of(type(whole))[name], whole)
        found.put_over(rows)
    if found.is_changed:
        _write(session, whole, [found])


def _write(session: Session, record: Model, changed: Sequence[PartRows]) -> None:
    """The record comes first: whoever has changed it, or a part of it, since it was read, is met there."""
    for rows in changed:
        announce(session, record, rows)
    try:
        session.flush()
    finally:
        told_of_parts(session, record)
    for rows in changed:
        rows.write(record)


class Parts:
    """All the parts of one record while it is saved; of a model without parts, nothing."""

    def __init__(self, service: Records[Any], record: Any) -> None:
        self.service, self.record = service, record
        declared = parts_of(service.info.model).items()
        self.of: dict[str, PartRows] = {n: PartRows(service.env, n, part, record) for n, part in declared}

    def clean(self, values: Mapping[str, Any], stored: Mapping[str, Any]) -> Values:
        """The whole's own values in their normal form; the rows are kept here. Raises `Invalid` for all together."""
        problems: dict[str, Any] = {}
        for name, rows in self.of.items():
            if name in values:
                problems |= rows.take(values[name])
        own = {name: value for name, value in values.items() if name not in self.of}
        try:
            found = checking.cleaned(self.service, own, stored)
        except Invalid as error:
            raise Invalid(error.fields | problems) from error
        if problems:
            raise Invalid(problems)
        return found

    def begin(self, defaults: Mapping[str, Any]) -> Values:
        """The defaults of a new record without its parts; rows among them stand where nobody has given any."""
        for name, rows in self.of.items():
            if name in defaults and not rows.is_given and (problems := rows.take(defaults[name])):
                raise Invalid(problems)
        return {name: value for name, value in defaults.items() if name not in self.of}

    @property
    def values(self) -> dict[str, list[Values]]:
        """Name → rows, for `derive`, `validate` and hooks."""
        return {name: rows.as_values() for name, rows in self.of.items()}

    @property
    def changed(self) -> list[str]:
        """The names of those that are not as they are stored."""
        return [name for name, rows in self.of.items() if rows.is_changed]

    def derive(self, values: Mapping[str, Any]) -> Values:
        """What follows of all values for the whole; what follows for the rows is set in them."""
        for rows in self.of.values():
            rows.derive_each()
        found = dict(self.service.derive({**values, **self.values}, self.record))
        for name, rows in self.of.items():
            if name in found:
                rows.put(found.pop(name))
        return found

    def problems(self) -> dict[str, Message]:
        """What is wrong with the rows."""
        return {key: text for rows in self.of.values() for key, text in rows.problems().items()}

    def write(self, record: Model) -> dict[str, tuple[Any, Any]]:
        """Stores the record, which is in its session, and its parts. Returns name → (before, after) of the rows."""
        if not self.of:
            return {}
        session = object_session(record) or self.service.env.session
        changed = self.changed
        before = {name: list(self.of[name].before()) for name in changed}
        _write(session, record, [self.of[name] for name in changed])
        return {name: (before[name] or None, self.of[name].as_values()) for name in changed}
