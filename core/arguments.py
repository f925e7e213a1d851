"""The arguments of actions and transitions: one clean value per field, whoever calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.access.actor import REFER
from core.errors import Invalid, Message
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import model_of
from core.orm.validation import Refused, clean

if TYPE_CHECKING:
    from core.env import Env


def clean_arguments(env: Env, fields: Sequence[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """One clean value per field, its default where none is given. Raises `Invalid` with a message per field."""
    found: dict[str, Any] = {}
    problems: dict[str, Message] = {name: _("There is no such field.") for name in given}
    for spec in fields:
        problems.pop(spec.name, None)
        try:
            found[spec.name] = _one(env, spec, given.get(spec.name, _default(spec)))
        except Refused as refused:
            problems[spec.name] = refused.message
    if problems:
        raise Invalid(problems)
    return found


def _one(env: Env, spec: Field, value: Any) -> Any:
    cleaned = clean(spec, value, env.lists)
    if spec.required and cleaned in (None, []):
        raise Refused(_("Please fill in this field."))
    is_link = spec.kind is Kind.LINK and cleaned is not None and spec.target
    if is_link and not env.ids_within(model_of(spec.target), {cleaned}, REFER):
        raise Refused(_("Please choose an existing record."))
    return cleaned


def _default(spec: Field) -> Any:
    return spec.default() if callable(spec.default) else spec.default
