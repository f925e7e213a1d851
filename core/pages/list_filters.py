"""What a list can be filtered by, as its filter form and its tabs offer it to one reader."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.errors import BadRequest
from core.i18n import Text, _
from core.orm.field import Field, Kind
from core.orm.filters import AnyOf, Condition, Filter, Path, operators, parse_all, resolve
from core.orm.filters.operators import EMPTY, IN
from core.orm.model import Model
from core.pages.list_args import NO_VIEW, SHORTHANDS, ListArgs
from core.pages.views import Choice, FilterField, MenuItem

if TYPE_CHECKING:
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


def filter_fields(
    env: Env, model: type[Model], names: Sequence[str], labels: Mapping[str, Text]
) -> Sequence[FilterField]:
    """The fields to filter by that exist for the actor, under `labels` where they are called otherwise here."""
    return [field for name in names if (field := _filter_field(env, model, name, labels.get(name))) is not None]


def _filter_field(env: Env, model: type[Model], name: str, label: Text | None) -> FilterField | None:
    path = path_of(env, model, name)
    if path is None or not path.field.filter or path.field.kind is Kind.JSON:
        return None
    spec = path.field
    return FilterField(
        name=path.name,
        label=str(label or path.label),
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


def conditions_of(env: Env, chosen: Sequence[Filter]) -> Mapping[str, Any]:
    """The filters that are on, for the filter panel: `all` must hold, and of `any` one group."""
    alternatives = [group for each in chosen if isinstance(each, AnyOf) for group in each.alternatives]
    return {
        "all": [_as_row(env, each) for each in chosen if isinstance(each, Condition)],
        "any": [[_as_row(env, each) for each in group] for group in alternatives],
    }


def _as_row(env: Env, condition: Condition) -> Mapping[str, Any]:
    """A condition as the panel knows it; `text` and `label` are for one whose field it does not offer."""
    value, kind = condition.text.split(":", 2)[2], condition.field.kind
    known = {full: short for short, full in SHORTHANDS.items()}
    flags = ["1" if flag else "0" for flag in condition.values] if kind is Kind.BOOLEAN else None
    return {
        "field": condition.path.name,
        "op": known.get((condition.operator, value), condition.operator),
        "values": flags or list(condition.raw),
        "shown": condition.shown(env) if kind is Kind.LINK and condition.operator != EMPTY else [],
        "text": condition.text,
        "label": condition.label(env),
    }


def usable_quick_filters(env: Env, page: ListPage) -> Sequence[tuple[str, str]]:
    """(key, label) of the prepared filters that make sense for this reader."""
    return [
        (key, str(label)) for key, (label, texts) in page.quick_filters.items() if _is_usable(env, page, key, texts)
    ]


def _is_usable(env: Env, page: ListPage, key: str, texts: Sequence[str]) -> bool:
    try:
        parse_all(env, page.model, texts)
    except BadRequest as error:
        # A field that the reader's roles hide, or that its addon has dropped, costs the one tab.
        log.info("The prepared filter %s of %s is not offered: %s", key, page.model.key(), error)
        return False
    return True


def quick_tabs(usable: Sequence[tuple[str, str]], args: ListArgs, url: str) -> list[MenuItem]:
    """The tabs over a list: everything, and the prepared filters."""
    if not usable:
        return []
    is_view = args.view_id is not None
    if is_view:
        args = ListArgs(view=NO_VIEW)
    pattern = args.pattern(url, "quick")
    found = [MenuItem("", str(_("All")), args.but(quick="").url(url), is_active=not (args.quick or is_view))]
    return found + [
        MenuItem(key, label, pattern.replace("%00", quote(key)), is_active=args.quick == key) for key, label in usable
    ]
