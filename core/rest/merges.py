"""Several records become one, and apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import merging
from core.errors import Invalid, Message, NotFound
from core.i18n import _
from core.merging.models import Merge
from core.orm.model import Model
from core.pages.actions import may_merge
from core.rest.body import json_body, seen_version
from core.rest.schemas import load
from core.rest.shape import shape_of

if TYPE_CHECKING:
    from core.env import Env

LONGEST_ID = 19
"""Digits. Python refuses to read very long numbers."""

MERGE, UNMERGE = "merge", "unmerge"

BODIES: dict[str, dict[str, Any]] = {
    MERGE: {
        "type": "object",
        "required": ["others"],
        "properties": {
            "others": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": merging.MOST - 1},
            "values": {"type": "object", "description": _("What the record gets from the others.")},
            "versions": {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "description": _("Id → the version that you saw; an older one is refused."),
            },
        },
        "additionalProperties": False,
    },
    UNMERGE: {
        "type": "object",
        "required": ["merge"],
        "properties": {"merge": {"type": "integer", "description": _("The merge, as merging has answered it.")}},
        "additionalProperties": False,
    },
}
"""What the two actions take."""


def merge(env: Env, model: type[Model], id: int) -> int:
    """Makes the record and `others` of the body one. Returns the act's id, for `unmerge`."""
    if not may_merge(env, model):
        raise NotFound()
    survivor, body = env.get(model, id), json_body()
    version = seen_version(body)
    others, values, versions = (body.pop(name, None) for name in ("others", "values", "versions"))
    problems: dict[str, Message] = {name: _("There is no such field.") for name in body}
    if not isinstance(others, list) or not all(map(_is_id, others)):
        problems["others"] = _("This takes a list of ids.")
    if not isinstance(values, dict | None):
        problems["values"] = _("This takes a JSON object.")
    if not isinstance(versions, dict | None) or not _are_versions(versions or {}):
        problems["versions"] = _("This takes a JSON object.")
    if problems:
        raise Invalid(problems)
    seen = {int(key): number for key, number in (versions or {}).items()}
    seen |= {} if version is None else {id: version}
    given = load(env, shape_of(env, model), values or {})
    return merging.merge(env, survivor, [env.get(model, other) for other in others or []], given, versions=seen)


def unmerge(env: Env, model: type[Model], id: int) -> None:
    """Takes the merge that the body names apart again; the record is the one that had stayed."""
    env.get(model, id)
    body = json_body()
    act = body.pop("merge", None)
    if body or not _is_id(act):
        unknown: dict[str, Message] = {name: _("There is no such field.") for name in body}
        raise Invalid(unknown or {"merge": _("Please enter a whole number.")})
    theirs = select(Merge.id).where(Merge.id == act, Merge.model == model.key(), Merge.survivor_id == id)
    if env.connection_of_core.scalar(theirs) is None:
        raise NotFound()
    merging.undo(env, act)


def _are_versions(found: dict[str, Any]) -> bool:
    return all(len(id) <= LONGEST_ID and id.isdecimal() and _is_id(number) for id, number in found.items())


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
