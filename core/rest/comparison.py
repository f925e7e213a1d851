"""What a stale save is answered with: per field what is stored now and what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import Stale
from core.orm.field import Field
from core.orm.model import Model
from core.orm.values import to_json
from core.rest.nested import parts_in
from core.rest.shape import shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.env import Env


def remember(error: Stale, given: Mapping[str, Any]) -> None:
    """Keeps with the error what its author wanted to save."""
    error.details["given"] = {name: _plain(value) for name, value in given.items()}


def compared(env: Env, model: type[Model], error: Stale) -> None:
    """Adds to the error, per field that differs, `stored` and `given`, and the version stored now.

    Raises `NotFound` if the record is gone by now.
    """
    record = env.get(model, error.id)
    shape = shape_of(env, model)
    stored = shape.of_record(env, record) | parts_in(env, record)
    given: dict[str, Any] = error.details.get("given", {})
    error.version = record.version
    error.details["comparison"] = {
        name: {"stored": stored[name], "given": value}
        for name, value in given.items()
        if _differs(shape.fields.get(name), stored.get(name), value)
    }


def _plain(value: Any) -> Any:
    """The value as JSON knows it; of parts a list of rows."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {name: to_json(each) for name, each in value.items()} if isinstance(value, dict) else to_json(value)


def _differs(spec: Field | None, stored: Any, given: Any) -> bool:
    if spec is not None:
        return bool(_given(spec, stored) != given)
    if not isinstance(stored, list) or not isinstance(given, list) or len(stored) != len(given):
        return True
    pairs = zip(stored, given, strict=True)
    return any(row.get(name) != value for row, values in pairs for name, value in values.items())


def _given(spec: Field, stored: Any) -> Any:
    """What is stored, in the form in which it is given: a file by its id."""
    return stored["id"] if spec.kind.is_file and isinstance(stored, dict) else stored
