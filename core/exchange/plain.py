"""Values for spreadsheets: what people read, as numbers and dates where there are any."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.labels import Label
from core.pages.masks import masked_value
from core.pages.pills import choices_of
from core.pages.reach import is_masked

if TYPE_CHECKING:
    from core.env import Env

Plain = Callable[[Any], Any]


def plain(
    env: Env,
    spec: Field,
    label: Callable[[str, int], Label],
    file: Callable[[Field, int], str],
    *,
    in_list: bool = True,
) -> Plain:
    """What makes a cell of a value: text, number, date or None; masked where the reader's roles say so.

    `label` knows the names of linked records, `file` those of files.
    """
    if is_masked(env, spec, in_list=in_list):
        return lambda value: masked_value(spec, value) or None
    if spec.kind in (Kind.CHOICE, Kind.CHOICES):
        return _choice(env, spec)
    if spec.kind is Kind.LINK:
        return lambda value: None if value is None else label(spec.target, value).text
    if spec.kind is Kind.BOOLEAN:
        yes, no = str(_("Yes")), str(_("No"))
        return lambda value: None if value is None else (yes if value else no)
    if spec.kind is Kind.DATE_TIME:
        return lambda value: _local(env, value)
    if spec.kind.is_file:
        return lambda value: None if value is None else file(spec, value)
    if spec.kind is Kind.JSON:
        return lambda value: None if value is None else str(value)
    return lambda value: value


def _choice(env: Env, spec: Field) -> Plain:
    labels = {code: label for code, (label, _tone) in choices_of(env, spec).items()}

    def chosen(value: str | list[str] | None) -> str | None:
        codes = [value] if isinstance(value, str) else value or []
        return "、".join(labels.get(code, code) for code in codes) or None

    return chosen


def _local(env: Env, value: datetime | None) -> datetime | None:
    """Spreadsheets know no time zones: the time where the reader is."""
    return None if value is None else value.astimezone(env.timezone).replace(tzinfo=None)
