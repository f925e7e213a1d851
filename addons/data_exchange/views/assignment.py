"""The page on which the columns of a file are assigned to fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import Response

from addons.data_exchange.views.looks import State, figures_of, import_page
from addons.data_exchange.views.refusals import refusals
from core.administration import models
from core.api import Kind, Message, _, describe, importing, pgettext

if TYPE_CHECKING:
    from core.api import Env

SEPARATORS = {",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab"), "|": _("Vertical bar")}
MODES = (
    (
        importing.Mode.CREATE,
        _("Only create new records"),
        _("A row whose record is there already is left out; nothing that is there changes."),
    ),
    (
        importing.Mode.UPDATE,
        _("Only change records that are there"),
        _("A row that finds no record is left out. An empty cell leaves the value as it is."),
    ),
    (
        importing.Mode.BOTH,
        _("Create and change"),
        _("A row that finds its record changes it; every other row makes a new one."),
    ),
)


@dataclass(slots=True)
class ColumnView:
    """A column of the file: its head, three samples, the field it goes into, and its texts that are no values."""

    place: int
    head: str
    samples: Sequence[str]
    key: str = ""
    note: str = ""
    is_key: bool = False
    error: str = ""
    texts: Sequence[tuple[str, str]] = ()
    values: Mapping[str, str] = field(default_factory=dict)


def assignment_page(
    env: Env,
    found: importing.Asked,
    *,
    problems: Mapping[str, Sequence[Message]] | None = None,
    unreadable: str = "",
    how: Mapping[str, Any] | None = None,
) -> Response:
    """The page. `problems` are those of what was sent, `unreadable` why the file cannot be read as in `how`."""
    told = {name: " ".join(map(str, messages)) for name, messages in (problems or {}).items()}
    known = importing.targets(env, models()[found.model])
    columns = [_column(env, found, place, known, told) for place in range(len(found.heads))]
    return import_page(
        "assign.html",
        found,
        422 if told or unreadable else 200,
        columns=columns,
        groups=_groups(known),
        modes=[(mode.value, str(label), str(text)) for mode, label, text in MODES],
        key_error=told.get("keys", ""),
        errors=_summary(told),
        unreadable=unreadable,
        how=how or found.table,
        encodings=[(key, str(label)) for key, label in importing.ENCODINGS.items()],
        separators=[(key, str(label)) for key, label in SEPARATORS.items()],
        header_rows=importing.HEADER_ROWS,
        figures=figures_of(found) if found.state is State.CHECKED else [],
        refusals=refusals(env, found) if found.state is State.CHECKED else None,
    )


def _column(
    env: Env, found: importing.Asked, place: int, known: Sequence[importing.Target], told: Mapping[str, str]
) -> ColumnView:
    key = found.columns.get(str(place), "")
    view = ColumnView(
        place,
        found.heads[place] or str(_("Column {number}, without a name", number=place + 1)),
        found.sample["values"][place],
        key,
        is_key=key in found.keys,
        error=told.get(f"columns.{place}", ""),
    )
    if key and found.sample["guessed"].get(str(place)) == key:
        view.note = str(pgettext("column", "Guessed"))
    target = next((target for target in known if target.key == key), None)
    if target is not None and target.spec.kind in (Kind.CHOICE, Kind.CHOICES):
        assigned = found.choices.get(key, {})
        unknown = importing.unknown_texts(env, target.spec, found.sample, place)
        view.texts = [(text, assigned.get(text, "")) for text in unknown]
        view.values = importing.value_labels(env, target.spec)
    return view


def _groups(known: Sequence[importing.Target]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(title of the model, its fields as (key, label)), in the order of the fields."""
    return [
        (str(describe(model).title), [(target.key, _label(target)) for target in targets])
        for model, targets in groupby(known, key=lambda target: target.model)
    ]


def _label(target: importing.Target) -> str:
    spec = target.spec
    if spec.readonly:
        return str(_("{label} (only finds the record)", label=spec.label))
    return str(_("{label} (required)", label=spec.label) if spec.required and spec.default is None else spec.label)


def _summary(told: Mapping[str, str]) -> list[tuple[str, str]]:
    """(id of the control, message) for the list of all that is wrong."""
    return [(f"field-{name.partition('.')[2] or 0}" if name != "keys" else "keys", text) for name, text in told.items()]
