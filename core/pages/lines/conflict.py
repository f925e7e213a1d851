"""The comparison of parts that somebody else saved first: as a whole, since rows that moved tell nothing one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from core.pages.forms import RecordForm, shown_text
from core.pages.lines.form import LinesForm
from core.pages.lines.rows import LineForm
from core.pages.views import Difference


def lines_difference(typed: LinesForm, stored: LinesForm, first: Any) -> Difference | None:
    """What the form had at first, what is stored now and what was typed; None where all of that is the same."""
    now, sent = as_texts(stored.kept), as_texts(typed.kept)
    first = first if isinstance(first, list) else now
    if now == first == sent:
        return None
    form = stored.plain_row.form
    return Difference(
        name=typed.plan.name,
        label=typed.plan.label,
        original=_listed(form, (texts for _id, texts in first)),
        stored=_listed(form, (row.texts for row in stored.kept)),
        typed=_listed(form, (row.texts for row in typed.kept)),
        is_conflict=now != first and sent not in (first, now),
    )


def as_texts(rows: Iterable[LineForm]) -> list[Any]:
    """What rows show, with the ids of those that are stored."""
    return [[row.record.id if row.record is not None else None, row.texts] for row in rows]


def _listed(form: RecordForm, rows: Iterable[Mapping[str, Any]]) -> Markup:
    shown = [_line(form, texts) for texts in rows]
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in shown)
    return Markup('<ol class="conflict-lines">{}</ol>').format(items) if shown else Markup("")


def _line(form: RecordForm, texts: Mapping[str, Any]) -> Markup:
    specs = [control.spec for control in form.controls.values()]
    cells = [shown_text(form, spec, texts.get(spec.name, "")) for spec in specs]
    return Markup(" · ").join(cell for cell in cells if cell)
