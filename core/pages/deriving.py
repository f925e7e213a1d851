"""What follows while somebody types into a form: the rules of the service, asked without storing anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from core.access.actor import REFER
from core.errors import AppError, Invalid, Message
from core.orm.field import Field, Kind
from core.orm.model import model_of
from core.pages.controls import NO_RECORD, SOUGHT, Control
from core.pages.isolation import isolated
from core.pages.lines.form import LinesForm
from core.pages.lines.rows import LineForm
from core.pages.palette import look_up
from core.records import Records

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.form import Draft

Json = dict[str, Any]


class Deriving:
    """One answer to a form as it was sent. All that it tells exists for the reader; nothing is stored."""

    def __init__(self, draft: Draft, changed: Sequence[str]) -> None:
        self.draft, self.env, self.record = draft, draft.env, draft.record
        self.service = draft.env.records(draft.model)
        self.fill: Json = {}
        self.changed = [*changed, *self._found()]
        draft.validate()
        self._refuse_unreadable()
        self.values = self._whole() | {name: self._rows(lines) for name, lines in draft.lines.items()}

    def answer(self) -> Json:
        """`fill`: control → text and label; `shown`: place → HTML; `problems`: control → messages."""
        problems = dict[str, Sequence[Message]]()
        try:
            self._follow()
            self._derive()
            problems = {name: [message] for name, message in self._wrong().items()}
        except Invalid as error:
            problems = dict(error.fields)
        except AppError:
            # What cannot be worked out now is said when the form is saved.
            problems = {}
        return {"fill": self.fill, "shown": dict(self._shown()), "problems": self._told(problems)}

    # What was sent

    def _controls(self) -> Iterator[Control]:
        yield from self.draft.form.controls.values()
        for lines in self.draft.lines.values():
            for row in lines.kept:
                yield from row.controls.values()

    def _found(self) -> list[str]:
        """The names of links whose text, as typed or pasted, means one record: they are filled in with it."""
        found = []
        for control in self._controls():
            text = str(control.text)
            if control.spec.kind is Kind.LINK and text.startswith(SOUGHT):
                id = _sought(self.env, control, text.removeprefix(SOUGHT))
                if id is not None:
                    self._put(control, id)
                    found.append(control.name)
        return found

    def _put(self, control: Control, value: Any) -> None:
        control.process_data(value)
        control.process_errors, control.errors = [], []
        label = self.draft.cells.links.open_label(control.spec.target, value) if control.spec.target and value else ""
        self.fill[control.name] = {"text": control.text, "label": label}

    def _refuse_unreadable(self) -> None:
        """Ids can be made up: nothing is worked out of records that the reader may not open."""
        wanted: dict[str, list[Control]] = {}
        for control in self._controls():
            is_new = control.data is not None and control.data != control.object_data
            if control.spec.kind is Kind.LINK and is_new and not control.errors:
                wanted.setdefault(control.spec.target, []).append(control)
        for target, controls in wanted.items():
            readable = self.env.ids_within(model_of(target), {control.data for control in controls}, REFER)
            for control in controls:
                if control.data not in readable:
                    control.errors = [str(NO_RECORD)]

    def _whole(self) -> Json:
        if self.record is None:
            found = self.service.defaults() | dict(self.draft.fixed)
        else:
            found = {name: getattr(self.record, name) for name in self.service.fields}
        return found | _clean(self.draft.form.controls)

    def _rows(self, lines: LinesForm) -> list[Json]:
        fields = self.env.records(lines.plan.model).fields
        return [self._row(lines, fields, row, place) for place, row in enumerate(lines.kept, 1)]

    def _row(self, lines: LinesForm, fields: Mapping[str, Field], row: LineForm, place: int) -> Json:
        held = dict.fromkeys(fields) | lines.defaults
        if row.record is not None:
            held = {name: getattr(row.record, name) for name in fields} | {"id": row.record.id}
        return held | _clean(row.controls) | {lines.plan.part.order: place}

    # What follows

    def _follow(self) -> None:
        """Asks for each field that was chosen, in order. What somebody has just typed is not typed over."""
        for name in self.changed:
            path = self._path(name)
            for target, value in (self.service.follow(path, self.values, self.record) if path else {}).items():
                control = self._at(target)
                self._set(target, value)
                if control is not None and control.name not in self.changed:
                    self._put(control, value)

    def _path(self, name: str) -> str:
        """What the service calls a control: `lines-7-quantity` is `lines.0.quantity`; empty for what there is not."""
        if name in self.draft.form.controls:
            return name
        for part, lines in self.draft.lines.items():
            for number, row in enumerate(lines.kept):
                prefix = f"{part}-{row.token}-"
                if name.startswith(prefix) and name.removeprefix(prefix) in row.controls:
                    return f"{part}.{number}.{name.removeprefix(prefix)}"
        return ""

    def _at(self, path: str) -> Control | None:
        part, _dot, rest = path.partition(".")
        if not rest:
            return self.draft.form.controls.get(part)
        number, _dot, name = rest.partition(".")
        rows = self.draft.lines[part].kept if part in self.draft.lines else []
        return rows[int(number)].controls.get(name) if number.isdecimal() and int(number) < len(rows) else None

    def _set(self, path: str, value: Any) -> None:
        control = self._at(path)
        if control is not None and control.name in self.changed:
            return
        part, _dot, rest = path.partition(".")
        if not rest:
            self.values[part] = value
            return
        number, _dot, name = rest.partition(".")
        self.values[part][int(number)][name] = value

    def _derive(self) -> None:
        for part, lines in self.draft.lines.items():
            service = self.env.records(lines.plan.model)
            for row, form in zip(self.values[part], lines.kept, strict=True):
                row.update(service.derive(row, form.record))
        for name, value in self.service.derive(self.values, self.record).items():
            if name not in self.draft.lines:
                self.values[name] = value
                continue
            for row, derived in zip(self.values[name], value, strict=False):
                row.update(derived)

    def _wrong(self) -> dict[str, Message]:
        """What the services and the addons have to say, of parts by `lines.0.quantity`."""
        about = {"model": self.draft.model, "values": self.values, "record": self.record}
        asked = partial(self.env.hooks.validate, **about)
        answers: list[Mapping[str, Message]] = isolated(self.env, "A check while somebody types", asked, [])
        found = {name: text for answer in reversed(answers) for name, text in answer.items()}
        for part, lines in self.draft.lines.items():
            service = self.env.records(lines.plan.model)
            for number, (row, form) in enumerate(zip(self.values[part], lines.kept, strict=True)):
                found |= {f"{part}.{number}.{name}": text for name, text in service.validate(row, form.record).items()}
        return found | dict(self.service.validate(self.values, self.record))

    # What is told

    def _shown(self) -> Iterator[tuple[str, str]]:
        """What stands where nothing can be typed: in the cells of parts, among the totals, between the fields."""
        for name, spec in self.draft.plan.specs.items():
            if name not in self.draft.form.controls:
                yield name, self._cell(spec, self.values)
        for part, lines in self.draft.lines.items():
            for spec in lines.plan.totals:
                yield spec.name, self._cell(spec, self.values)
            for row, values in zip(lines.kept, self.values[part], strict=True):
                for spec in lines.plan.columns:
                    if spec.name not in row.controls:
                        yield f"{part}-{row.token}-{spec.name}", self._cell(spec, values, self.values)

    def _cell(self, spec: Field, values: Json, whole: Json | None = None) -> str:
        """One value, an amount in the currency that is chosen now."""
        cells = self.draft.cells
        return str(cells.format(spec, values.get(spec.name), currency=cells.currencies.chosen(spec, values, whole)))

    def _told(self, problems: Mapping[str, Sequence[Message]]) -> dict[str, list[str]]:
        """What is wrong in the cells of parts that have something in them: nobody is blamed for being on the way."""
        found: dict[str, list[str]] = {}
        for path, messages in problems.items():
            control = self._at(path) if "." in path else None
            if control is not None and control.text:
                found[control.name] = [str(message) for message in messages]
        for lines in self.draft.lines.values():
            for row in lines.kept:
                wrong = {c.name: [str(e) for e in c.errors] for c in row.controls.values() if c.errors and c.text}
                found = found | wrong
        return found


def derive_url(draft: Draft) -> str:
    """Where the form asks while somebody types; empty where nothing follows from what is typed."""
    record, service = draft.record, type(draft.env.records(draft.model))
    if not draft.lines and service.follow is Records.follow:
        return ""
    return f"/{draft.info.key}/form/derive" + (f"?record={record.id}" if record is not None else "")


def _clean(controls: Mapping[str, Control]) -> Json:
    return {name: None if control.errors else control.data for name, control in controls.items()}


def _sought(env: Env, control: Control, text: str) -> int | None:
    """The record that a text means: one that is called exactly so, or the only one that it finds."""
    narrow = control.meta.ways.narrow.get(control.spec.name)
    hits = look_up(env, model_of(control.spec.target), text[:200], [narrow] if narrow else [])
    exact = [hit for hit in hits if text.casefold() in (hit.label.casefold(), hit.hint.casefold())]
    return (exact or hits)[0].id if len(exact) == 1 or len(hits) == 1 else None
