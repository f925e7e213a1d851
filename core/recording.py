"""What addons have to say when a record is saved: values, an owner, a number."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from core.access.actor import CREATE
from core.errors import Invalid, Message
from core.orm.field import Field, Kind
from core.orm.rules import Owned
from core.orm.validation import Refused, clean

if TYPE_CHECKING:
    from core.env import Env
    from core.records import Records

log = logging.getLogger(__name__)
Values = dict[str, Any]

ONE_BY_ONE = (
    "validate",
    "before_save",
    "after_save",
    "after_commit",
    "owner_for_new",
    "next_number",
)
"""Hooks about single records: while somebody implements one, records are not created many at once."""


def asked_before(records: Records[Any], values: Mapping[str, Any], record: Any) -> Values:
    """The values that addons set before a record is saved, of several for one field the last. Raises `Invalid`."""
    found: Values = {}
    for answer in records.env.hooks.before_save(model=records.model, values=dict(values), record=record):
        found |= answer
    if records.info.owner in found:
        raise ValueError("The owner of a record is no value that before_save sets; see owner_for_new.")
    problems: dict[str, Message] = {}
    for name, value in found.items():
        try:
            found[name] = clean(records.fields[name], value, records.env.lists)
        except Refused as refused:
            problems[name] = refused.message
    if problems:
        raise Invalid(problems)
    return found


def owner_for_new(records: Records[Any], values: Mapping[str, Any], given: Mapping[str, Any]) -> Values:
    """The owner that an addon chooses, where the author has chosen none. One beyond the author's reach is left out."""
    env, info = records.env, records.info
    if not isinstance(info.rule, Owned) or info.owner in given:
        return {}
    owner = env.hooks.owner_for_new(model=records.model, values=dict(values))
    if owner is None:
        return {}
    member = env.actor.organisation.members.get(owner)
    reach = env.actor.owners(info.key, CREATE)
    if member is None or not member.is_active or (reach is not None and owner not in reach):
        log.warning("User %s cannot be made owner of a new %s by %s; it was left out.", owner, info.key, env.user_id)
        return {}
    return {info.owner: owner}


def numbers_given(env: Env, fields: Iterable[Field], values: Mapping[str, Any], *, at: str = "") -> Values:
    """The numbers that addons give in the place of core's own series, for the fields that are still without one.

    `at` is the transition that a record makes; without one it is about to be created.
    """
    found: Values = {}
    for spec in fields:
        if spec.kind is Kind.SERIAL and spec.number_at == at and values.get(spec.name) is None:
            number = env.hooks.next_number(field=spec, values=dict(values))
            if number is not None:
                found[spec.name] = number
    return found
