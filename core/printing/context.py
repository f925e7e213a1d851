"""What a document is made of: plain JSON, in which there is nothing but what the reader may see."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core import clock
from core.i18n import LOCALES, Text, _, current_locale
from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.orm.values import to_json
from core.pages.catalogue import catalogue_of
from core.pages.cells import Cells, align_of
from core.pages.naming import name_of
from core.pages.nodes import PrintTemplate, Section
from core.pages.reach import is_masked, visible_fields
from core.printing import fonts
from core.printing.letterhead import letterhead
from core.printing.parts import PrintedParts
from core.printing.tables import Tables
from core.printing.values import Values

if TYPE_CHECKING:
    from core.env import Env

log = logging.getLogger(__name__)

Json = dict[str, Any]

LONG = 60
"""A text of more characters takes a line of its own."""

WORDS: Mapping[str, Text] = {"page": _("Page {page} of {pages}")}
"""What every template may say, beside its own words."""


def about(env: Env, title: str, words: Mapping[str, Text], files: Mapping[str, bytes]) -> Json:
    """What is the same for all records of a document; `files` go with it."""
    locale = current_locale()
    printed = Values(env, Cells(env))
    by, at = env.actor.name, printed.moment(clock.now())
    return {
        "title": title,
        "company": letterhead(env, files),
        "language": {**fonts.language(locale), "code": LOCALES[locale][0], "fonts": fonts.families(locale)},
        "printed": {"by": by, "at": at, "text": str(_("Printed by {name}, {at}", name=by, at=at))},
        "words": {name: str(text) for name, text in {**WORDS, **words}.items()},
    }


class Records:
    """Records of one model as templates get them. Links of all of them are looked up together."""

    def __init__(self, env: Env, model: type[Model], template: PrintTemplate) -> None:
        self.env, self.model, self.template = env, model, template
        self.info = describe(model)
        self.pages = catalogue_of(env).of(model)
        self.cells = Cells(env)
        self.values = Values(env, self.cells)
        self.fields = visible_fields(env, model)
        self.parts = PrintedParts(env, self.pages, self.cells, self.values)
        self.tables = Tables(env, self.pages, self.cells, self.values)

    def of(self, records: Sequence[Model]) -> Iterator[Json]:
        """Each of the records, read through the guard, in their order."""
        self.cells.links.know_of(self.fields.values(), records)
        self.parts.know_of(records)
        for record in records:
            yield self._one(record)

    def _one(self, record: Model) -> Json:
        detail = self.pages.detail
        number = self.fields.get(detail.number) if detail else None
        shown = {name: self._field(spec, record) for name, spec in self.fields.items()}
        return {
            "model": self.info.key,
            "kind": str(self.info.title),
            "id": record.id,
            "name": name_of(self.env, record, self.cells),
            "number": shown[number.name]["text"] if number else "",
            "pills": [shown[name]["text"] for name in (detail.pills if detail else ()) if self._has(shown, name)],
            "fields": shown,
            "sections": self._sections(shown),
            "parts": self.parts.of(record),
            "tables": self.tables.of(record),
            "more": as_plain(self.template.more(self.env, record)) if self.template.more else {},
            "added": self._added(record),
        }

    def _field(self, spec: Field, record: Model, label: Text | None = None) -> Json:
        value = spec.read(record)
        text = self.values.text(spec, value, self.cells.currencies.of(spec, record))
        is_open = not is_masked(self.env, spec) and not self._leads_nowhere(spec, value)
        return {
            "name": spec.name,
            "label": str(label or spec.label),
            "text": text,
            "value": to_json(value) if is_open else None,
            "kind": spec.kind.value,
            "align": align_of(spec),
            "is-long": spec.kind is Kind.LONG_TEXT or len(text) > LONG,
        }

    def _leads_nowhere(self, spec: Field, value: Any) -> bool:
        """Whether it links to what the reader may not open."""
        if spec.kind is not Kind.LINK or value is None:
            return False
        return not self.cells.links.label(spec.target, value).has_link

    def _sections(self, shown: Mapping[str, Json]) -> list[Json]:
        """What the head of the page alone has, the fields of the form, and what only panels have; each field once.

        Empty ones are left out, and what is in the title of the document.
        """
        form = self.pages.form.fields if self.pages.form else ()
        left = {name for name in shown if self._has(shown, name)} - self._titled()
        typed = {name for section in form for name in section.fields}
        found = []
        for section in (self._head(typed), *form, *self._panels()):
            names = [name for name in section.fields if name in left]
            left.difference_update(names)
            if names:
                found.append(self._section(section, [shown[name] for name in names]))
        return found

    def _titled(self) -> set[str]:
        detail = self.pages.detail
        return {self.info.display, detail.number} if detail else {self.info.display}

    def _head(self, typed: set[str]) -> Section:
        names = self.pages.detail.header if self.pages.detail else ()
        return Section(key="header", label=Text(""), fields=[name for name in names if name not in typed])

    def _panels(self) -> Iterator[Section]:
        for panel in self.pages.panels:
            yield Section(key=panel.key, label=panel.label, fields=panel.fields)

    def _section(self, section: Section, fields: Sequence[Json]) -> Json:
        called = section.labels
        named = [{**f, "label": str(called[f["name"]])} if f["name"] in called else f for f in fields]
        if len(named) == 1 and named[0]["label"] == str(section.label):
            # A note under the title “Note” needs no label of its own.
            named = [{**named[0], "label": ""}]
        return {"key": section.key, "label": str(section.label), "fields": named}

    @staticmethod
    def _has(shown: Mapping[str, Json], name: str) -> bool:
        return name in shown and shown[name]["text"] != ""

    def _added(self, record: Model) -> Json:
        """What addons add, as far as it is plain data."""
        found: Json = {}
        for answer in self.env.hooks.print_context(model=self.model, record=record, template=self.template.key):
            try:
                found |= {str(key): as_plain(value) for key, value in answer.items()}
            except TypeError as error:
                log.error("What an addon adds to the printed %s is left out. %s", self.info.key, error)
        return found


def as_plain(value: Any) -> Any:
    """The value as JSON knows it, texts in the reader's language. Raises `TypeError` for anything else."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, Decimal | date):
        return to_json(value)
    if isinstance(value, Mapping):
        return {str(key): as_plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(part) for part in value]
    raise TypeError(f"{type(value).__name__} is no plain data.")
