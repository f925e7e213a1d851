"""By what a list is sorted: columns with an index at any size, others while few rows match."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import BadRequest
from core.i18n import Text, _
from core.orm.field import Kind
from core.orm.filters import resolve
from core.orm.filters.path import is_visible
from core.orm.model import ModelInfo

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.listing.request import ListRequest

ID, DELETION = "id", "deletion"
UNSORTED = frozenset({Kind.CHOICES, Kind.LONG_TEXT, Kind.JSON, Kind.FILE, Kind.IMAGE, Kind.LINK})
"""Kinds whose stored order means nothing to people."""


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of a list: by column, then by id in the same direction; rows without a value come last."""

    name: str
    descending: bool
    nullable: bool
    indexed: bool
    kind: Kind

    @property
    def text(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    @property
    def is_id(self) -> bool:
        return self.name == ID


def resolve_sort(env: Env, info: ModelInfo, request: ListRequest) -> Sort:
    """The order asked for. Raises `BadRequest` for a field that is unknown or has no order."""
    if request.deleted:
        return Sort(DELETION, descending=True, nullable=False, indexed=True, kind=Kind.INTEGER)
    text = request.sort or _usual(env, info, request)
    name = text.removeprefix("-")
    if "." in name:
        raise BadRequest(_("The list cannot be sorted by “{field}”.", field=name[:60]), field=name[:200])
    field = resolve(env, info.model, name).field
    if field.kind in UNSORTED:
        raise BadRequest(_("The list cannot be sorted by “{field}”.", field=field.label), field=name)
    column = info.table.c[name]
    return Sort(
        name,
        descending=text.startswith("-"),
        nullable=bool(column.nullable),
        indexed=field.sort or name == ID,
        kind=field.kind,
    )


def _usual(env: Env, info: ModelInfo, request: ListRequest) -> str:
    """The model's own order, where the reader may know of it; the newest first otherwise."""
    # What was found is shown newest first: the index gives it in that order.
    if request.q.strip():
        return f"-{ID}"
    spec = info.fields.get(info.model.__sort__.removeprefix("-"))
    return f"-{ID}" if spec is not None and not is_visible(env, spec) else info.model.__sort__


def sortable(env: Env, request: ListRequest, field: str) -> Text | None:
    """Why this list cannot be sorted by the field now; None if it can."""
    from core.orm.listing.counting import CAP, count

    try:
        sort = resolve_sort(env, _info(request), replace(request, sort=field, deleted=False))
    except BadRequest as error:
        return error.message if isinstance(error.message, Text) else Text(error.message)
    if sort.indexed or count(env, request).is_exact:
        return None
    return too_many(CAP)


def too_many(cap: int) -> Text:
    """The reason at the head of a column without an index."""
    return _("This column sorts lists of up to {limit} records. Please filter first.", limit=f"{cap:,}")


def _info(request: ListRequest) -> ModelInfo:
    from core.orm.model import describe

    return describe(request.model)
