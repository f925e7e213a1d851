"""What a list can be filtered by, as its filter form and its tabs offer it to one reader."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from core.errors import BadRequest
from core.i18n import _, current_locale
from core.orm.field import Field, Kind
from core.orm.filters import Path, operators, parse_all, resolve
from core.orm.filters.operators import EMPTY, IN
from core.orm.model import Model
from core.pages.list_args import ListArgs
from core.pages.views import Choice, FilterField, MenuItem

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.env import Env
    from core.pages.nodes import ListPage

log = logging.getLogger(__name__)

KINDS = {Kind.DATE: "date", Kind.DATE_TIME: "date", Kind.BOOLEAN: "boolean", Kind.LINK: "link"}
DATE_WORDS = (
    ("today", _("is today")),
    ("this_week", _("is this week")),
    ("this_month", _("is this month")),
    ("overdue", _("is in the past")),
)

_fields: WeakKeyDictionary[Actor, dict[Any, tuple[Sequence[FilterField], str]]] = WeakKeyDictionary()


def filter_fields(env: Env, model: type[Model], names: Sequence[str]) -> tuple[Sequence[FilterField], str]:
    """The fields to filter by that exist for the actor, and a key that is the same for the same fields."""
    known = _fields.setdefault(env.actor, {})
    key = (model, tuple(names), env.enabled, current_locale(), env.versions.get("lists", 0))
    if key not in known:
        if len(known) > 200:
            known.clear()
        found = [field for name in names if (field := _filter_field(env, model, name)) is not None]
        digest = hashlib.sha256(repr((current_locale(), found)).encode()).hexdigest()[:16]
        known[key] = (found, digest)
    return known[key]


def _filter_field(env: Env, model: type[Model], name: str) -> FilterField | None:
    path = path_of(env, model, name)
    if path is None or not path.field.filter or path.field.kind is Kind.JSON:
        return None
    spec = path.field
    return FilterField(
        name=path.name,
        label=path.label,
        kind=_kind(spec),
        operators=_operators(spec),
        choices=_choices(env, spec),
        lookup_url=f"/lookup/{spec.target}" if spec.kind is Kind.LINK else "",
    )


def path_of(env: Env, model: type[Model], name: str) -> Path | None:
    """The field, also over links; None where the reader has no such field."""
    try:
        return resolve(env, model, name)
    except BadRequest:
        return None


def _kind(spec: Field) -> str:
    if spec.kind in (Kind.CHOICE, Kind.CHOICES):
        return "choice"
    return KINDS.get(spec.kind, "number" if spec.kind.is_number else "text")


def _operators(spec: Field) -> list[Choice]:
    is_date = spec.kind in (Kind.DATE, Kind.DATE_TIME)
    found = [Choice(code, str(label)) for code, label in DATE_WORDS] if is_date else []
    for code, label in operators(spec):
        if code == EMPTY:
            found += [Choice(EMPTY, str(label)), Choice("notempty", str(_("is not empty")))]
        elif code != IN or spec.kind is Kind.CHOICE:
            found.append(Choice(code, str(label)))
    return found


def _choices(env: Env, spec: Field) -> list[Choice]:
    if spec.options is not None:
        return [Choice(code, str(label)) for code, label in spec.options.items()]
    if spec.kind not in (Kind.CHOICE, Kind.CHOICES):
        return []
    return [Choice(code, value.label) for code, value in env.lists.values(spec.list).items()]


def quick_filters(env: Env, page: ListPage, args: ListArgs, url: str) -> list[MenuItem]:
    """The tabs over a list: everything, and the prepared filters that make sense for this reader."""
    usable = [key for key in page.quick_filters if quick_conditions(env, page, key) is not None]
    if not usable:
        return []
    found = [MenuItem("", str(_("All")), args.but(quick="").url(url), is_active=not args.quick)]
    for key in usable:
        label = page.quick_filters[key][0]
        address = args.but(quick=key).url(url)
        found.append(MenuItem(key, str(label), address, is_active=args.quick == key))
    return found


def quick_conditions(env: Env, page: ListPage, key: str) -> Sequence[str] | None:
    """The conditions of a prepared filter; None where the reader has no such filter."""
    if key not in page.quick_filters:
        return None
    texts = page.quick_filters[key][1]
    try:
        parse_all(env, page.model, texts)
    except BadRequest as error:
        log.debug("The prepared filter %s of %s is not offered: %s", key, page.model.key(), error)
        return None
    return texts
