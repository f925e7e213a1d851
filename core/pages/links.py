"""What links to other records show: the name with its address for those who may open it, an outline for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.access.models import Department, User
from core.orm.field import Kind
from core.orm.model import Model, describe, model_of
from core.pages.catalogue import catalogue_of
from core.pages.masks import masked_name
from core.pages.reach import is_masked

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.field import Field


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a linked record. `url` is empty where the reader may not open it; then the name is masked."""

    text: str
    url: str = ""
    is_masked: bool = False


GONE = Label("—")


class Links:
    """The labels of linked records, each looked up once per request: one statement per kind of record."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self._known: dict[tuple[str, int], Label] = {}

    def know(self, wanted: Mapping[str, Iterable[int | None]]) -> None:
        """Looks up the labels of `wanted`: model key → ids."""
        for key, ids in wanted.items():
            missing = {id for id in ids if id is not None and (key, id) not in self._known}
            if missing:
                found = labels_of(self.env, model_of(key), missing)
                self._known.update({(key, id): found.get(id, GONE) for id in missing})

    def know_of(self, specs: Iterable[Field], records: Iterable[Model]) -> None:
        """Looks up what the link fields `specs` of `records` lead to."""
        wanted: dict[str, set[int]] = {}
        records = list(records)
        for spec in specs:
            if spec.kind is Kind.LINK and spec.target:
                ids = {getattr(record, spec.name) for record in records}
                wanted.setdefault(spec.target, set()).update(id for id in ids if id is not None)
        self.know(wanted)

    def label(self, key: str, id: int) -> Label:
        """The label of one record, looked up now if it has not been."""
        if (key, id) not in self._known:
            self.know({key: [id]})
        return self._known[key, id]


def labels_of(env: Env, model: type[Model], ids: set[int]) -> dict[int, Label]:
    """Labels of the records `ids`. Those that the actor may not see are masked; those that are gone are missing."""
    names = _from_organisation(env, model, ids)
    if names is None or len(names) < len(ids):
        names = (names or {}) | _readable(env, model, ids - set(names or ()))
    has_page = catalogue_of(env).has_page(model) and env.actor.may(model.key(), "read")
    url = f"/{model.key()}/" if has_page else ""
    hides_name = is_masked(env, describe(model).fields[describe(model).display])
    found = {
        id: Label(masked_name(name) if hides_name else name, f"{url}{id}" if url else "")
        for id, name in names.items()
    }
    if len(found) < len(ids):
        outside = _beyond(env, model, ids - set(found))
        found |= {id: Label(masked_name(name), is_masked=True) for id, name in outside.items()}
    return found


def _from_organisation(env: Env, model: type[Model], ids: set[int]) -> dict[int, str] | None:
    """Users and departments are known without asking the database."""
    organisation = env.actor.organisation
    if model is User:
        return {id: organisation.members[id].name for id in ids if id in organisation.members}
    if model is Department:
        return {id: organisation.department_names[id] for id in ids if id in organisation.department_names}
    return None


def _readable(env: Env, model: type[Model], ids: set[int]) -> dict[int, str]:
    name = getattr(model, describe(model).display)
    rows = env.session.execute(select(model.id, name).where(model.id.in_(ids)))
    return {id: str(text or f"#{id}") for id, text in rows}


def _beyond(env: Env, model: type[Model], ids: set[int]) -> dict[int, str]:
    """Names that are shown as an outline only. Deleted records are gone for everybody."""
    name = getattr(model, describe(model).display)
    with env.system("outline of a linked record") as session:
        rows = session.execute(select(model.id, name).where(model.id.in_(ids))).all()
    return {id: str(text or "") for id, text in rows}
