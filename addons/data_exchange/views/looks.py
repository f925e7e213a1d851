"""What several pages of imports show alike: states, figures, steps, and the page itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from core.administration import models, views
from core.api import Text, _, describe, importing, page, pgettext, set_crumbs

State = importing.ImportState
ROOT = "/import"

STATES: Mapping[importing.ImportState, tuple[Text, views.Tone]] = {
    State.DRAFT: (_("Being prepared"), "neutral"),
    State.CHECKING: (_("Being tried"), "accent"),
    State.CHECKED: (_("Tried"), "neutral"),
    State.RUNNING: (_("Running"), "accent"),
    State.DONE: (_("Done"), "positive"),
    State.UNDOING: (_("Being undone"), "accent"),
    State.UNDONE: (_("Undone"), "warning"),
}

FIGURES: Mapping[str, Text] = {
    "rows": _("Rows read"),
    "created": _("Created"),
    "updated": _("Changed"),
    "unchanged": _("Unchanged"),
    "skipped": _("Left out"),
    "refused": _("Not taken in"),
    "undone": _("Undone"),
    "kept": _("Changed since, kept"),
}
"""What was done with how many, in the order in which it is shown."""

TRIED: Mapping[str, Text] = {
    "created": _("To be created"),
    "updated": _("To be changed"),
    "unchanged": _("Would stay as they are"),
    "skipped": _("To be left out"),
    "refused": _("Cannot be taken in"),
}
"""The same of a trial, which has done nothing."""

STEPS = (_("Choose a file"), _("Assign columns"), _("Try"), pgettext("verb", "Import"))
REACHED = {State.DRAFT: 1, State.CHECKING: 2, State.CHECKED: 2, State.RUNNING: 3}
"""The step that an import is at; all are done in the other states."""


def state_of(found: importing.Asked) -> views.Pill:
    """The state as a pill; one that came to no good end says so."""
    if found.is_broken_off and found.state in (State.DONE, State.DRAFT):
        return views.Pill(str(_("Stopped before the end")), "warning")
    label, tone = STATES[found.state]
    return views.Pill(str(label), tone)


def figures_of(found: importing.Asked) -> list[tuple[str, int]]:
    """Label and number of what was done, or would be, without what did not occur."""
    always = ("rows", "created", "refused")
    labels = {**FIGURES, **TRIED} if found.state is State.CHECKED else FIGURES
    return [
        (str(label), found.counts.get(key, 0))
        for key, label in labels.items()
        if key in always or found.counts.get(key)
    ]


def title_of(key: str) -> str:
    """What the records of a model are called; the key where its addon is gone."""
    model = models().get(key)
    return key if model is None else str(describe(model).title_plural)


def steps(at: int) -> list[dict[str, str]]:
    """The steps of an import as the status bar takes them; `at` counts from 0."""
    states = ["done" if place < at else "current" if place == at else "open" for place in range(len(STEPS))]
    return [{"label": str(label), "state": state} for label, state in zip(STEPS, states, strict=True)]


def import_page(template: str, found: importing.Asked, status: int = 200, **values: Any) -> Response:
    """A page of one import."""
    set_crumbs((found.name, f"{ROOT}/{found.id}"))
    return page(
        f"data_exchange/{template}",
        status,
        found=found,
        url=f"{ROOT}/{found.id}",
        records=title_of(found.model),
        state=state_of(found),
        steps=steps(REACHED.get(found.state, len(STEPS))),
        **values,
    )
