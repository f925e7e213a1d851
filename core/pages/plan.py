"""What a list looks like to one reader, worked out once: its columns, what sorts it, what it can be filtered by.

Kept as long as the reader's roles and the pages stay what they are; a request adds its rows and addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from core.access.actor import EDIT
from core.access.models import FieldLevel
from core.i18n import Text, _, current_locale
from core.orm.field import Field, Kind
from core.orm.listing.sorting import UNSORTED
from core.orm.model import ModelInfo, describe
from core.pages.actions import bulk_buttons
from core.pages.cells import align_of
from core.pages.currencies import way_of
from core.pages.facts import is_inline
from core.pages.list_filters import filter_fields, usable_quick_filters
from core.pages.nodes import ListPage
from core.pages.reach import Path, resolve
from core.pages.rights import Extent, extent_of
from core.pages.views import Align, Button, FilterField

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.env import Env

NO_ORDER = _("The list cannot be sorted by this column.")
MOST_KEPT = 200
_READ = FieldLevel.READ.width


@dataclass(frozen=True, slots=True)
class Head:
    """The unchanging part of a column's head. `refusal` says why nothing sorts by it; `is_indexed` sorts any size."""

    path: Path
    label: str
    align: Align
    is_primary: bool
    on_card: bool
    card_label: str
    is_editable: bool
    is_indexed: bool
    is_for_card: bool
    """Whether only the cards of a phone show it: the reader has not chosen it as a column."""
    refusal: Text | None


@dataclass(frozen=True, slots=True)
class ListPlan:
    """A list for one reader. `stored` is what is read of each row; `quick` are the usable prepared filters;
    `editing` says where pencils are drawn."""

    info: ModelInfo
    heads: Sequence[Head]
    stored: Sequence[str]
    primary: str
    filters: Sequence[FilterField]
    cache_key: str
    quick: Sequence[tuple[str, str]]
    bulk: Sequence[Button]
    editing: Extent

    @property
    def as_table(self) -> ListPlan:
        """The same with the chosen columns alone, for a file or on paper."""
        return replace(self, heads=[head for head in self.heads if not head.is_for_card])


def plan_list(env: Env, page: ListPage, columns: Sequence[str] = ()) -> ListPlan:
    """The plan of the page for the actor, with these columns in place of the page's own."""
    columns = tuple(columns or page.columns)
    known = _plans.setdefault(env.actor, {})
    key = (id(page), columns, env.enabled, current_locale(), env.versions.get("lists", 0))
    found = known.get(key)
    if found is None:
        if len(known) >= MOST_KEPT:
            known.clear()
        found = known[key] = (_plan(env, page, columns), page)
    return found[0]


_plans: WeakKeyDictionary[Actor, dict[Any, tuple[ListPlan, ListPage]]] = WeakKeyDictionary()
"""The page is kept with its plan, so that its id is not given to another one."""


def _plan(env: Env, page: ListPage, columns: Sequence[str]) -> ListPlan:
    info = describe(page.model)
    lead = primary_of(info, [name for name in page.columns if resolve(env, page.model, name) is not None])
    wanted = [*([] if lead in columns else [lead]), *columns, *page.card]
    found = (resolve(env, page.model, name) for name in dict.fromkeys(wanted))
    paths = [path for path in found if path is not None]
    names = [path.name for path in paths]
    primary = primary_of(info, names)
    fields = filter_fields(env, page.model, page.filters, page.filter_labels)
    editing = extent_of(env, page.model, EDIT)
    stored = [path.link.name if path.link else path.field.name for path in paths]
    stored += [way.first for path in paths if not path.link and (way := way_of(path.field)) is not None]
    stored += [info.display] if resolve(env, page.model, info.display) else []
    stored += [page.model.__workflow__.field] if page.model.__workflow__ is not None else []
    return ListPlan(
        info=info,
        heads=[_head(env, page, path, primary, {lead, *columns}) for path in paths],
        stored=list(dict.fromkeys([*stored, *(name for name, _owners in editing.by_owner)])),
        primary=primary,
        filters=fields,
        cache_key=hashlib.sha256(repr((current_locale(), fields)).encode()).hexdigest()[:16],
        quick=usable_quick_filters(env, page),
        bulk=bulk_buttons(env, page.model),
        editing=editing,
    )


def _needs_label(spec: Field) -> bool:
    """Whether a value means nothing without a word on what it is: a date, a number."""
    return spec.kind in (Kind.DATE, Kind.DATE_TIME) or spec.kind.is_number


def primary_of(info: ModelInfo, names: Sequence[str]) -> str:
    """The column that leads to the record: what it is called, else the first one."""
    return info.display if info.display in names else next(iter(names), "")


def _head(env: Env, page: ListPage, path: Path, primary: str, chosen: Collection[str]) -> Head:
    spec, is_own = path.field, path.link is None
    has_order = is_own and spec.kind not in UNSORTED
    is_primary = path.name == primary
    return Head(
        path=path,
        label=str(page.labels[path.name]) if path.name in page.labels else _label(path),
        align=align_of(spec),
        is_primary=is_primary,
        on_card=path.name in page.card,
        card_label=str(spec.label) if path.name in page.card and _needs_label(spec) else "",
        is_editable=is_own and not is_primary and is_inline(env, page.model, spec),
        is_indexed=spec.sort,
        is_for_card=path.name not in chosen,
        refusal=None if has_order and env.actor.field_level(spec.model, spec.name).width >= _READ else NO_ORDER,
    )


def _label(path: Path) -> str:
    return str(path.field.label) if path.link is None else f"{path.link.label} › {path.field.label}"
