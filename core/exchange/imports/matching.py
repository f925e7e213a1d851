"""Which records the texts of a file mean: those that links lead to, and those that rows are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.models import Department, FieldLevel, User
from core.exchange.imports.cells import key_of
from core.i18n import Text, _
from core.orm.field import Field, Kind
from core.orm.model import Model, ModelInfo, describe, model_of

if TYPE_CHECKING:
    from core.env import Env

CHUNK = 400
TWICE = -1
"""Stands for the id where a text means more than one record."""

UNKNOWN = _("“{value}” was not found.")
_NAMING = frozenset({Kind.TEXT, Kind.SERIAL, Kind.EMAIL})


def link_problem(text: str, id: int | None) -> Text | None:
    """What is wrong with the text of a link that was looked up, if anything is."""
    if id is None:
        return _("“{value}” was not found.", value=text[:60])
    if id == TWICE:
        return _("“{value}” could be several records. Use a number instead.", value=text[:60])
    return None


def find_linked(env: Env, spec: Field, texts: Iterable[str]) -> dict[str, int]:
    """Text → id of the record that a link may lead to: by its name, its number or its e-mail address.

    Only what the actor may see is found. `TWICE` where several have the name.
    """
    model, wanted = model_of(spec.target), set(texts)
    if not wanted:
        return {}
    if model is User:
        return _people(env, wanted)
    if model is Department:
        return _unique(((key_of(name), id) for id, name in env.actor.organisation.department_names.items()), wanted)
    found: dict[str, int] = {}
    for name in _naming(env, describe(model)):
        missing = sorted(wanted - found.keys())
        found |= _by_column(env, model, name, missing)
    return found


def _people(env: Env, wanted: set[str]) -> dict[str, int]:
    members = [m for m in env.actor.organisation.members.values() if m.is_active]
    pairs = [(key_of(text), m.id) for m in members for text in {m.name, m.username} if text]
    return _unique(pairs, wanted)


def _unique(pairs: Iterable[tuple[str, int]], wanted: set[str]) -> dict[str, int]:
    by_key: dict[str, set[int]] = defaultdict(set)
    for key, id in pairs:
        by_key[key].add(id)
    return {
        text: next(iter(ids)) if len(ids) == 1 else TWICE for text in wanted if (ids := by_key.get(key_of(text), set()))
    }


def _naming(env: Env, info: ModelInfo) -> list[str]:
    """The fields that name a record: numbers first, which are unique, then its name."""
    fields = [f for f in info.fields.values() if f.kind in _NAMING and (f.unique or f.name == info.display or f.search)]
    visible = [f for f in fields if env.actor.field_level(info.key, f.name).width >= FieldLevel.READ.width]
    return [f.name for f in sorted(visible, key=lambda f: (not f.unique, f.name != info.display))]


def _by_column(env: Env, model: type[Model], name: str, texts: Sequence[str]) -> dict[str, int]:
    column, found = getattr(model, name), dict[str, int]()
    for start in range(0, len(texts), CHUNK):
        wanted = select(model.id, column).where(column.in_(texts[start : start + CHUNK]), model.deleted_at.is_(None))
        for id, text in env.session.execute(wanted):
            found[text] = TWICE if text in found else id
    return found


def find_keyed(
    env: Env, info: ModelInfo, names: Sequence[str], keys: Iterable[tuple[Any, ...]]
) -> Mapping[tuple[Any, ...], int]:
    """Values of the fields `names` → id of the record with them that the actor may see; `TWICE` for several."""
    wanted = {key for key in keys if None not in key}
    if not wanted or not names:
        return {}
    model: Any = info.model
    columns = [getattr(model, name) for name in names]
    firsts = sorted({key[0] for key in wanted}, key=repr)
    found: dict[tuple[Any, ...], int] = {}
    for start in range(0, len(firsts), CHUNK):
        statement = select(model.id, *columns).where(columns[0].in_(firsts[start : start + CHUNK]))
        for id, *values in env.session.execute(statement.where(model.deleted_at.is_(None))):
            key = tuple(values)
            if key in wanted:
                found[key] = TWICE if key in found else id
    return found
