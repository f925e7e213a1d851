"""What can be told of values field by field: whether they are of the right kind, writable, readable and free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.actor import REFER
from core.access.models import FieldLevel
from core.errors import Invalid, Message
from core.files.binding import file_refusal
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import model_of
from core.orm.session import MARKED
from core.orm.validation import Refused, clean

if TYPE_CHECKING:
    from core.records import Records

Values = Mapping[str, Any]
NOT_THERE = _("Please choose an existing record.")
TAKEN = _("This value is already used by another record.")


def cleaned(service: Records[Any], values: Values, stored: Values) -> dict[str, Any]:
    """The values in their normal form, as far as their author may write them. Raises `Invalid`."""
    found: dict[str, Any] = {}
    problems: dict[str, Message] = {}
    env = service.env
    for name, value in values.items():
        spec = service.fields.get(name)
        if spec is None:
            problems[name] = _("There is no such field.")
            continue
        try:
            cleaned = clean(spec, value, env.lists)
        except Refused as refused:
            problems[name] = refused.message
            continue
        if not service.writable(name) and not env.actor.is_system:
            # What may be seen may also be sent back unchanged; of what may not, not even that is told.
            if name in stored and stored[name] == cleaned and is_visible(service, name):
                continue
            problems[name] = _("You may not change this field.")
            continue
        found[name] = cleaned
    if problems:
        raise Invalid(problems)
    return found


def is_visible(service: Records[Any], name: str) -> bool:
    """Whether the actor reads the field as it is."""
    return service.env.actor.field_level(service.info.key, name).width >= FieldLevel.READ.width


def unreadable_links(service: Records[Any], rows: Sequence[tuple[Values, Any]]) -> list[dict[str, Message]]:
    """Per row (what is given, its record) the new links to what their author may not see; a statement per field."""
    found: list[dict[str, Message]] = [{} for _row in rows]
    for name, spec in service.fields.items():
        if spec.kind is not Kind.LINK:
            continue
        wanted = {place: given[name] for place, (given, record) in enumerate(rows) if _is_new(name, given, record)}
        seen = service.env.ids_within(model_of(spec.target), set(wanted.values()), REFER) if wanted else set()
        for place, id in wanted.items():
            if id not in seen:
                found[place][name] = NOT_THERE
    return found


def misfits(service: Records[Any], given: Values, record: Any) -> dict[str, Message]:
    """What is wrong with the given files and unique values."""
    problems: dict[str, Message] = {}
    for name, value in given.items():
        spec = service.fields[name]
        is_new = _is_new(name, given, record)
        if spec.kind.is_file and is_new and (message := file_refusal(service.env, spec, value, record)):
            problems[name] = message
        if spec.unique and value is not None and _is_taken(service, spec, value, record):
            problems[name] = TAKEN
    return problems


def _is_new(name: str, given: Values, record: Any) -> bool:
    return given.get(name) is not None and (record is None or getattr(record, name) != given[name])


def _is_taken(service: Records[Any], spec: Field, value: Any, record: Any) -> bool:
    model = service.model
    statement = select(model.id).where(getattr(model, spec.name) == value, model.deleted_at.is_(None))
    if record is not None:
        statement = statement.where(model.id != record.id)
    found = service.env.session.execute(statement.limit(1), execution_options=MARKED)
    return found.first() is not None
