"""Which records resemble what somebody types, as far as they may know of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from core import clock
from core.access.models import FieldLevel, User
from core.addons.answers import DuplicateHit
from core.duplicates.declaration import Likeness
from core.duplicates.tables import DuplicateKey, DuplicateLook
from core.orm.labels import Label, labels, mask
from core.orm.model import Model, ModelInfo, describe
from core.orm.rules import Follows

if TYPE_CHECKING:
    from core.env import Env
    from core.i18n import Text

MOST_OF_A_KIND, MOST = 10, 5
"""How many records with the same key are looked at, and how many are told of."""

MOST_NEAR, SAME_START, SAME_LATIN_START = 200, 4, 6
"""How many keys that begin alike are compared, and how many characters at most are the same in them: of Latin letters
more, as each says less."""

LAST_CHARACTER = "\U0010ffff"
FREE, WINDOW = 30, timedelta(hours=1)
"""So many times in so long somebody is told of records that they may not see: more would be asking an oracle."""


@dataclass(frozen=True, slots=True)
class Found:
    """What resembles it. With `is_limited` records that the reader may not see have been left out, if there are any."""

    hits: Sequence[DuplicateHit]
    is_limited: bool = False


def find(env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None = None) -> Found:
    """The records that resemble one with these values, without `record` itself: the likeliest first.

    Those that the actor may not see come masked, with the department of their owner and nothing else. Fields that
    the actor does not see in full are not compared.
    """
    info = describe(model)
    given = {name: value for name, value in values.items() if _is_open(env, info, name)}
    reasons = _matching(env, info, given, record)
    known = labels(env, model, reasons)
    alive = {id: label for id, label in known.items() if not label.is_deleted}
    hits, is_limited = _told(env, info, alive, reasons, given)
    more = env.hooks.duplicates(model=model, values=given, record=record)
    return Found([*hits, *more], is_limited)


def _is_open(env: Env, info: ModelInfo, name: str) -> bool:
    return name in info.fields and env.actor.field_level(info.key, name).width >= FieldLevel.READ.width


def _matching(env: Env, info: ModelInfo, values: Mapping[str, Any], record: Model | None) -> dict[int, list[Text]]:
    """Record → in what it is like that, those with the most reasons first, and those that are only near last."""
    found: dict[int, list[Text]] = {}
    near: dict[int, list[Text]] = {}
    own = 0 if record is None else record.id
    for likeness in info.model.__duplicates__:
        for key in likeness.keys_in(values):
            for id in _with_key(env, info, likeness, key, own):
                found.setdefault(id, []).append(likeness.label)
            for id in _near(env, info, likeness, key, own):
                near.setdefault(id, []).append(likeness.near_label or likeness.label)
    ordered = dict(sorted(found.items(), key=lambda pair: -len(pair[1])))
    return {**ordered, **{id: reasons for id, reasons in near.items() if id not in found}}


def _with_key(env: Env, info: ModelInfo, likeness: Likeness, key: str, own: int) -> list[int]:
    same = (DuplicateKey.model == info.key, DuplicateKey.kind == likeness.kind, DuplicateKey.key == key)
    wanted = select(DuplicateKey.record_id).where(*same, DuplicateKey.record_id != own).limit(MOST_OF_A_KIND)
    return list(env.connection_of_core.scalars(wanted))


def _near(env: Env, info: ModelInfo, likeness: Likeness, key: str, own: int) -> list[int]:
    """The records whose key begins like this one, is another one, and is near to it."""
    if likeness.near is None:
        return []
    start = key[: min(max(2, len(key) // 2), SAME_LATIN_START if key.isascii() else SAME_START)]
    alike = DuplicateKey.key.between(start, start + LAST_CHARACTER)
    kind = (DuplicateKey.model == info.key, DuplicateKey.kind == likeness.kind, DuplicateKey.record_id != own)
    wanted = select(DuplicateKey.key, DuplicateKey.record_id).where(*kind, alike, DuplicateKey.key != key)
    rows = env.connection_of_core.execute(wanted.order_by(DuplicateKey.key).limit(MOST_NEAR))
    return [id for other, id in rows if likeness.near(key, other)][:MOST_OF_A_KIND]


def _told(
    env: Env,
    info: ModelInfo,
    found: Mapping[int, Label],
    reasons: Mapping[int, Sequence[Text]],
    values: Mapping[str, Any],
) -> tuple[list[DuplicateHit], bool]:
    ordered = [id for id in reasons if id in found][:MOST]
    hidden = [id for id in ordered if _is_hidden(found[id])]
    is_limited = _is_exhausted(env, info, values, asks=bool(hidden))
    departments = {} if is_limited else _departments(env, info, hidden)
    hits = []
    for id in ordered:
        why = tuple(dict.fromkeys(reasons[id]))
        if not _is_hidden(found[id]):
            hits.append(DuplicateHit(found[id].text, why, f"/{info.key}/{id}"))
        elif not is_limited:
            text = found[id].text if found[id].is_masked else mask(found[id].text)
            hits.append(DuplicateHit(text, why, hint=departments.get(id, "")))
    return hits, is_limited


def _is_hidden(label: Label) -> bool:
    """Whether the reader may not read the record: even of one whose name is known, nothing else may be told."""
    return label.is_masked or not label.is_open


def _departments(env: Env, info: ModelInfo, ids: Sequence[int]) -> dict[int, str]:
    """The department of each record's owner."""
    name = "root_owner_id" if isinstance(info.rule, Follows) else info.owner
    if not name or not ids:
        return {}
    columns, organisation = info.table.c, env.actor.organisation
    rows = env.connection_of_core.execute(select(columns.id, columns[name]).where(columns.id.in_(ids)))
    members = {id: organisation.members.get(owner) for id, owner in rows if owner is not None}
    return {id: organisation.department_names.get(m.department_id or 0, "") for id, m in members.items() if m}


def _is_exhausted(env: Env, info: ModelInfo, values: Mapping[str, Any], *, asks: bool) -> bool:
    """Whether the actor has been told of hidden records too often lately; counts this time, if it `asks` for some.

    The answer does not depend on whether there is such a record, so it tells nothing.
    """
    if env.actor.is_system:
        return False
    connection, now = env.connection_of_core, clock.now()
    # Locked: many questions at once would otherwise slip through together.
    connection.execute(select(User.id).where(User.id == env.user_id).with_for_update(key_share=True))
    recent = (DuplicateLook.user_id == env.user_id, DuplicateLook.at > now - WINDOW)
    counted = connection.scalar(select(func.count()).select_from(DuplicateLook).where(*recent)) or 0
    digest = hashlib.sha256(repr((info.key, sorted(values.items(), key=str))).encode()).hexdigest()[:32]
    if counted >= FREE:
        return True
    if asks and connection.scalar(select(DuplicateLook.id).where(*recent, DuplicateLook.digest == digest)) is None:
        connection.execute(insert(DuplicateLook).values(user_id=env.user_id, at=now, digest=digest))
    return False
