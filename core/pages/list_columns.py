"""Which columns a reader may give a list: fields of the record, and of the records that it links to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.access.actor import READ
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import Model, describe, model_of
from core.orm.rules import Everyone
from core.pages.nodes import ListPage
from core.pages.plan import primary_of
from core.pages.reach import is_masked, resolve, visible_fields

if TYPE_CHECKING:
    from core.env import Env

UNSHOWN = frozenset({Kind.JSON})
"""Kinds that no cell shows."""


@dataclass(frozen=True, slots=True)
class OfferedColumn:
    """A column to choose. One that `is_fixed` leads to the record and is always there.

    `of` is the link over which it is reached, empty for a field of the record itself.
    """

    name: str
    label: str
    of: str = ""
    is_shown: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns under one heading: those that are shown have none, others say of which record they are."""

    label: str
    columns: Sequence[OfferedColumn]


def of_page(env: Env, page: ListPage) -> tuple[str, ...]:
    """The columns that everybody has who has chosen none, as far as the reader has them."""
    return tuple(name for name in dict.fromkeys(page.columns) if resolve(env, page.model, name) is not None)


def offered(env: Env, page: ListPage, shown: Sequence[str]) -> list[ColumnGroup]:
    """The columns that are shown, in their order; then the others, by the record that they are of."""
    lead = primary_of(describe(page.model), of_page(env, page))
    order = [name for name in dict.fromkeys(shown) if resolve(env, page.model, name) is not None]
    order = order if lead in order or not lead else [lead, *order]
    chosen = [replace(_column(env, page, name), is_shown=True, is_fixed=name == lead) for name in order]
    own = [name for name, spec in visible_fields(env, page.model).items() if spec.kind not in UNSHOWN]
    extra = [name for name in of_page(env, page) if "." in name]
    groups = [ColumnGroup("", chosen), ColumnGroup(str(_("More")), _others(env, page, [*own, *extra], order))]
    for link in visible_fields(env, page.model).values():
        if _may_follow(env, link):
            names = [f"{link.relation}.{name}" for name in _of_target(env, model_of(link.target))]
            groups.append(ColumnGroup(str(link.label), _others(env, page, names, order)))
    return [group for group in groups if group.columns]


def _others(env: Env, page: ListPage, names: Sequence[str], taken: Sequence[str]) -> list[OfferedColumn]:
    known = {_same(env, page.model, name) for name in taken}
    found = [name for name in dict.fromkeys(names) if _same(env, page.model, name) not in known]
    return [_column(env, page, name) for name in found]


def _same(env: Env, model: type[Model], name: str) -> tuple[str, str]:
    """Equal for `owner.name` and `owner_id.name`."""
    path = resolve(env, model, name)
    return ("", name) if path is None else (path.link.name if path.link else "", path.field.name)


def _column(env: Env, page: ListPage, name: str) -> OfferedColumn:
    path = resolve(env, page.model, name)
    assert path is not None
    if name in page.labels:
        return OfferedColumn(name, str(page.labels[name]))
    return OfferedColumn(name, str(path.field.label), str(path.link.label) if path.link is not None else "")


def _may_follow(env: Env, link: Field) -> bool:
    if link.kind is not Kind.LINK or not link.target or is_masked(env, link, in_list=True):
        return False
    target = describe(model_of(link.target))
    return isinstance(target.rule, Everyone) or env.actor.may(target.key, READ)


def _of_target(env: Env, model: type[Model]) -> list[str]:
    return [
        name
        for name, spec in visible_fields(env, model).items()
        if spec.kind not in UNSHOWN and spec.kind is not Kind.LINK
    ]
