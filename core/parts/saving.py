"""The parts of a record from what its author says to what is stored: the steps in which a service saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import object_session

from core import checking
from core.errors import Invalid, Message
from core.orm.model import Model
from core.orm.parts import parts_of
from core.orm.whole import told_of_parts
from core.parts.rows import PartRows, Values
from core.parts.writing import announce

if TYPE_CHECKING:
    from core.records import Records


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
        """Stores the record, which is in its session, and its parts. Returns name → (before, after) of the rows.

        The record comes first: whoever has changed it, or a part of it, since it was read, is met there.
        """
        if not self.of:
            return {}
        session = object_session(record) or self.service.env.session
        changed = self.changed
        before = {name: list(self.of[name].before()) for name in changed}
        for name in changed:
            announce(session, record, self.of[name])
        try:
            session.flush()
        finally:
            told_of_parts(session, record)
        for name in changed:
            self.of[name].write(record)
        return {name: (before[name] or None, self.of[name].as_values()) for name in changed}
