"""The comparison, field by field, when somebody else saved first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.i18n import _
from core.orm.model import Model
from core.pages.controls import Control, to_text
from core.pages.forms import RecordForm, shown_text
from core.pages.views import ConflictView, Difference

if TYPE_CHECKING:
    from core.env import Env


def compare(
    form: RecordForm, record: Model, original: dict[str, Any], parts: Sequence[Difference] = ()
) -> ConflictView:
    """What the form had at first, what is stored now and what was typed, for each field where they differ.

    `parts` are the tables of parts that differ.
    """
    form.cells.links.know_of((c.spec for c in form.controls.values()), [record])
    found = [_difference(form, control, record, original) for control in form.controls.values()]
    return ConflictView(
        by=author(form.env, record.updated_by),
        at=form.cells.moments.full(record.updated_at),
        differences=[*(difference for difference in found if difference is not None), *parts],
    )


def author(env: Env, user_id: int | None) -> str:
    """The name of a user, the product's own for what nobody did by hand."""
    member = env.actor.organisation.members.get(user_id or 0)
    return member.name if member else str(_("The system"))


def _difference(form: RecordForm, control: Control, record: Model, original: dict[str, Any]) -> Difference | None:
    spec = control.spec
    value = spec.read(record)
    stored, typed = to_text(spec, value, form.env), control.text
    first = original.get(spec.name, stored)
    if stored == first == typed:
        return None
    return Difference(
        name=spec.name,
        label=str(spec.label),
        original=shown_text(form, spec, first),
        stored=form.cells.of(spec, record),
        typed=shown_text(form, spec, typed),
        is_conflict=stored != first and typed not in (first, stored),
    )
