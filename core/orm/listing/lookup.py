"""Finding a record by a few characters of its name, for autocomplete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, select

from core.access.actor import REFER, SystemActor
from core.access.guard import predicate
from core.access.models import Department, FieldLevel, User
from core.orm import search
from core.orm.field import Kind
from core.orm.labels import mask
from core.orm.listing.page import list_page
from core.orm.listing.request import ListRequest
from core.orm.model import Model, ModelInfo, describe
from core.orm.search import normalise, words_of

if TYPE_CHECKING:
    from core.access.organisation import Member
    from core.env import Env

LOOKED_AT = 50
"""So many of the newest hits are ranked."""

NEWEST = 500
"""So many of the newest hits are looked at for names, however many there are."""


class Hit(NamedTuple):
    """A record to choose; `hint` tells it from others of the same name."""

    id: int
    label: str
    hint: str


def lookup(env: Env, model: type[Model], q: str, limit: int = 10) -> list[Hit]:
    """Records that the reader may link to and that `q` finds, names that begin with it first."""
    known, words = _known(env, model), words_of(q)
    if known is not None:
        return _ranked([hit for hit, text in known if _has(text, words)], q)[:limit]
    info = describe(model)
    hint = _hint(env, info)
    rows = list_page(env, _request(info, q.strip(), max(limit, LOOKED_AT)), [n for n in (info.display, hint) if n])
    is_masked = env.actor.field_level(info.key, info.display).width < FieldLevel.READ.width
    hits = [_hit(row, info.display, hint, is_masked=is_masked) for row in rows.rows]
    if not is_masked and env.actor.may(info.key, REFER):
        there = {hit.id for hit in hits}
        hits += [hit for hit in _by_name(env, info, q.strip(), limit) if hit.id not in there]
    return _ranked(hits, q)[:limit]


def _by_name(env: Env, info: ModelInfo, q: str, limit: int) -> list[Hit]:
    """Records that the reader knows by their names alone: those that the name finds, without any other field."""
    guard = predicate(env.actor, info.model, REFER, columns=info.table.c)
    statement = named(env, info, q).where(*([] if guard is None else [guard])).limit(limit)
    return [Hit(row.id, str(row.name or f"#{row.id}"), "") for row in env.connection_of_core.execute(statement)]


def named(env: Env, info: ModelInfo, q: str) -> Select[Any]:
    """The newest records, with `id` and `name`, whose name contains `q`, among the newest hits of the search index.

    It is for the caller to keep from the reader what is none of the reader's business.
    """
    columns = info.table.c
    name = columns[info.display]
    everybody = SystemActor(env.actor.organisation, env.enabled)
    found = search.match(info, everybody, q, env.connection_of_core.dialect.name)
    wanted = select(columns.id, name.label("name")).where(columns.deleted_at.is_(None))
    wanted = wanted.where(name.icontains(q, autoescape=True)) if q else wanted
    if found is not None:
        hits = select(found.id).where(found.where).order_by(found.id.desc()).limit(NEWEST)
        wanted = wanted.where(columns.id.in_(hits))
    return wanted.order_by(columns.id.desc())


def _request(info: ModelInfo, q: str, limit: int) -> ListRequest:
    if q and not info.searched:
        return ListRequest(info.model, filters=(f"{info.display}:contains:{q}",), sort="-id", limit=limit)
    return ListRequest(info.model, q=q, limit=limit)


def _hit(row: Any, display: str, hint: str, *, is_masked: bool) -> Hit:
    name = str(getattr(row, display) or f"#{row.id}")
    return Hit(row.id, mask(name) if is_masked else name, str(getattr(row, hint) or "") if hint else "")


def _hint(env: Env, info: ModelInfo) -> str:
    """Another searched field that the reader may see: a number, a phone."""
    for name in info.searched:
        if info.fields[name].kind is Kind.LINK:
            continue
        if name != info.display and env.actor.field_level(info.key, name).width >= FieldLevel.READ.width:
            return name
    return ""


def _known(env: Env, model: type[Model]) -> list[tuple[Hit, str]] | None:
    """What the organisation in memory knows, with the text it is found by: active users, and departments."""
    organisation = env.actor.organisation
    if model is User:
        people = (member for member in organisation.members.values() if member.is_active)
        return [_person(member, organisation.department_names) for member in people]
    if model is Department:
        return [(Hit(id, name, ""), name) for id, name in organisation.department_names.items()]
    return None


def _person(member: Member, departments: Mapping[int, str]) -> tuple[Hit, str]:
    hint = " · ".join(filter(None, (departments.get(member.department_id or 0), member.title)))
    return Hit(member.id, member.name, hint), f"{member.name} {member.username} {hint}"


def _has(text: str, words: list[str]) -> bool:
    text = normalise(text)
    return all(word in text for word in words)


def _ranked(hits: list[Hit], q: str) -> list[Hit]:
    start = normalise(q.strip())
    return sorted(hits, key=lambda hit: not normalise(hit.label).startswith(start)) if start else hits
