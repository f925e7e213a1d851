"""A form: sections, fields, the comparison with what somebody else saved, records that resemble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from core.pages.views.lines import LinesView


@dataclass(slots=True)
class FormFieldView:
    """A field of a form: `bound` is the WTForms field (`.id .name .label .errors .data()`), `kind` its `Field.kind`.

    `control` is the widget's HTML with `id`, `aria-describedby`, `aria-invalid` and `required` set.
    """

    name: str
    label: str
    kind: str
    id: str
    control: Markup
    help: str = ""
    required: bool = False
    errors: Sequence[str] = ()
    wide: bool = False


@dataclass(slots=True)
class FormSection:
    """A titled group of fields of a form, or the table of its parts."""

    key: str
    label: str
    fields: Sequence[FormFieldView]
    columns: int = 2
    lines: LinesView | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a stale save: what the form had at first, what is stored now, what was typed."""

    name: str
    label: str
    original: Markup
    stored: Markup
    typed: Markup
    is_conflict: bool


@dataclass(slots=True)
class ConflictView:
    """Somebody saved first. The form offers, per field of `differences`, to keep theirs or yours."""

    by: str
    at: Markup
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A record like the one in the form; without a `url` the reader may not open it."""

    label: str
    reason: str
    url: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Resemblances:
    """What the form knows of records like its own. `url` answers while somebody types into one of `fields`.

    `stops_once`: without scripts, the first sending shows what there is instead of saving.
    """

    url: str
    fields: Sequence[str]
    record: int | None = None
    found: Sequence[Resemblance] = ()
    is_limited: bool = False
    stops_once: bool = True


@dataclass(slots=True)
class FormView:
    """A form, filled with what is stored or what was typed."""

    title: str
    model: str
    url: str
    sections: Sequence[FormSection]
    hidden: Markup
    cancel_url: str
    submit_label: str
    errors: Sequence[tuple[str, str]] = ()
    """(id of the control or "", message), summed up on top of the form."""
    conflict: ConflictView | None = None
    multipart: bool = False
    """True if a field takes a file."""
    subject: object = None
    """The record that is edited, for what addons put into the form's slot."""
    duplicates: Resemblances | None = None
    derive_url: str = ""
    """What answers while somebody types: what follows from that, and what is wrong in the cells of parts."""
    has_open_lines: bool = False
    """Whether parts of the record can be typed in one of the sections."""
    lock: str = ""
    """Why most or all of it cannot be changed; without a field that can, there is nothing to send."""
