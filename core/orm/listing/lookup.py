"""Finding a record by a few characters of its name, for autocomplete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from core.access.models import Department, FieldLevel, User
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


class Hit(NamedTuple):
    """A record to choose; `hint` tells it from others of the same name."""

    id: int
    label: str
    hint: str


def lookup(env: Env, model: type[Model], q: str, limit: int = 10) -> list[Hit]:
    """Records that the reader may open and that `q` finds, names that begin with it first."""
    known, words = _known(env, model), words_of(q)
    if known is not None:
        return _ranked([hit for hit, text in known if _has(text, words)], q)[:limit]
    info = describe(model)
    hint = _hint(env, info)
    rows = list_page(env, _request(info, q.strip(), max(limit, LOOKED_AT)), [n for n in (info.display, hint) if n])
    is_masked = env.actor.field_level(info.key, info.display).width < FieldLevel.READ.width
    hits = [_hit(row, info.display, hint, is_masked=is_masked) for row in rows.rows]
    return _ranked(hits, q)[:limit]


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
