"""The form of a record: what it shows, saving it, and the comparison when somebody else saved first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import InvalidRequestError

from core.access.actor import CREATE, EDIT
from core.errors import AppError, Forbidden, Invalid, Message, NotFound, Stale
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import Model, ModelInfo, describe
from core.pages import once
from core.pages.cells import Cells
from core.pages.conflict import compare
from core.pages.controls import Ways, to_text
from core.pages.deriving import derive_url
from core.pages.form_plan import plan_form
from core.pages.forms import RecordForm, fixed_view, hidden, narrowed, prefilled, sent_original
from core.pages.lines.conflict import lines_difference
from core.pages.lines.form import LinesForm
from core.pages.lines.plan import LinesPlan, plan_lines, stored_rows
from core.pages.locking import left_open
from core.pages.naming import name_of
from core.pages.nodes import Lines, Section
from core.pages.views import ConflictView, FormSection, FormView

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env


class Draft:
    """A form about one record, or about a new one. `sent` is what the browser sent, None for a fresh form.

    `problems` are those of files that came along; `start` are values of a new record that come before its defaults.
    """

    def __init__(
        self,
        env: Env,
        model: type[Model],
        sections: Sequence[Section | Lines],
        *,
        record: Model | None = None,
        sent: MultiDict[str, Any] | None = None,
        problems: Mapping[str, Sequence[Message]] | None = None,
        offered: Mapping[str, str] | None = None,
        fixed: Mapping[str, Any] | None = None,
        start: Mapping[str, Any] | None = None,
        ways: Ways | None = None,
        scope: str = "f",
    ) -> None:
        self.env, self.model, self.record, self.sent, self.scope = env, model, record, sent, scope
        self.ways, self.start = ways or Ways(), start or {}
        self.info: ModelInfo = describe(model)
        if not env.can(EDIT if record is not None else CREATE, record if record is not None else model):
            raise Forbidden()
        self.cells = Cells(env)
        self.fixed = dict(fixed or {})
        self.lock = None if record is None else env.workflow.lock(record)
        self.sections, open_fields = sections, self._open_fields()
        fields = [section for section in sections if isinstance(section, Section)]
        self.plan = plan_form(env, model, fields, creating=record is None, only=open_fields)
        names = [name for name in self.plan.specs if name in self.plan.writable and name not in self.fixed]
        specs = [self.plan.specs[name] for name in names]
        self.form = self._fill(specs, self._initial(specs, offered or {}))
        self.form.refuse_sent(problems or {})
        self.lines = {
            node.part: self._lines(plan_lines(env, model, node, open_fields))
            for node in sections
            if isinstance(node, Lines)
        }
        self.original = sent_original(sent) if sent is not None else self._shown_at_first
        self.conflict: ConflictView | None = None

    def _open_fields(self) -> Collection[str] | None:
        """What the record's state leaves to be changed; None for everything."""
        flow = self.env.workflow.flow(self.model)
        return flow.open_fields if flow is not None and self.lock is not None else None

    def _fill(self, specs: Sequence[Field], values: Mapping[str, Any]) -> RecordForm:
        if self.record is not None:
            self.cells.links.know_of(self.plan.specs.values(), [self.record])
        sent = self.sent
        if sent is not None:
            # What is given up for the other's value is filled from the record, not from the browser.
            sent = sent.copy()
            for spec in specs:
                if sent.get(f"keep-{spec.name}") == "theirs":
                    sent.setlist(spec.name, as_sent(spec, getattr(self.record, spec.name, None), self.env))
        narrow = narrowed(specs, self.fixed, self.info)
        ways = replace(self.ways, narrow=narrow)
        return RecordForm(self.env, specs, values=values, sent=sent, cells=self.cells, scope=self.scope, ways=ways)

    def _lines(self, plan: LinesPlan) -> LinesForm:
        """The table of the parts; that of somebody else, where theirs is to be kept."""
        is_theirs = self.sent is not None and self.sent.get(f"keep-{plan.name}") == "theirs"
        return LinesForm(
            self.env,
            plan,
            stored_rows(self.env, self.record, plan.name),
            sent=None if is_theirs else self.sent,
            start=self._rows_to_start(plan.name),
            cells=self.cells,
            scope=self.scope,
        )

    def _rows_to_start(self, name: str) -> Sequence[Mapping[str, Any]]:
        """The rows that a new record begins with."""
        if self.record is not None or self.sent is not None:
            return ()
        found: Sequence[Mapping[str, Any]] = (self.env.records(self.model).defaults() | dict(self.start)).get(name, ())
        return found

    @property
    def _shown_at_first(self) -> dict[str, Any]:
        return self.form.texts | {name: lines.original for name, lines in self.lines.items()}

    def _initial(self, specs: Sequence[Field], offered: Mapping[str, str]) -> dict[str, Any]:
        if self.record is not None:
            return {spec.name: getattr(self.record, spec.name) for spec in specs}
        return self.env.records(self.model).defaults() | dict(self.start) | prefilled(self.env, specs, offered)

    def save(self) -> Model | None:
        """The record, saved; None if something is wrong, which the form then says."""
        if not self.validate():
            return None
        try:
            with self.env.savepoint():
                return self._write()
        except Stale:
            self._compare()
        except NotFound:
            raise
        except AppError as error:
            self._refuse(error)
        return None

    def validate(self) -> bool:
        """Whether each value is right by itself; what is not, is said at its control."""
        return all([self.form.validate(), *(lines.validate() for lines in self.lines.values())])

    def _refuse(self, error: AppError) -> None:
        """Puts the messages of a refusal where they belong: at a field, at a cell of the parts, or on top."""
        if not isinstance(error, Invalid):
            return self.form.refuse(error)
        left = dict[str, list[Message]]()
        for name, messages in error.fields.items():
            part, _dot, where = name.partition(".")
            if part in self.lines:
                self.lines[part].refuse(where, messages)
            else:
                left[name] = messages
        return self.form.refuse(Invalid(left)) if left else None

    def _write(self) -> Model:
        service = self.env.records(self.model)
        if self.record is None:
            return self._create()
        changed = self._changed()
        if changed:
            service.update(self.record, changed, version=self._version())
        return self.record

    def _create(self) -> Model:
        key = once.claim(self.env, self.model, self.sent)
        earlier = once.earlier(self.env, self.model, self.sent)
        if earlier is not None:
            return earlier
        created: Model = self.env.records(self.model).create(self.form.values | self._parts() | self.fixed)
        once.keep(self.env, key, created)
        return created

    def _parts(self) -> dict[str, Any]:
        """The parts of each table that shows something else than at first, complete."""
        open_lines = {name: lines for name, lines in self.lines.items() if lines.plan.is_open}
        return {
            name: lines.values(self.original.get(name))
            for name, lines in open_lines.items()
            if self.record is None or lines.is_changed(self.original.get(name))
        }

    def _changed(self) -> dict[str, Any]:
        """The values of controls that show something else than at first: the rest is not ours to write."""
        nothing = object()
        texts = self.form.texts
        changed = {n: v for n, v in self.form.values.items() if texts[n] != self.original.get(n, nothing)}
        return changed | self._parts()

    def _version(self) -> int:
        text = self.sent.get("version", "") if self.sent is not None else ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def _compare(self) -> None:
        record = self.record
        assert record is not None
        try:
            self.env.session.refresh(record)
        except InvalidRequestError as error:
            # Deleted meanwhile, or given to somebody whose records are out of sight.
            raise NotFound() from error
        fresh_lines = {name: self._reloaded(lines) for name, lines in self.lines.items()}
        found = [lines_difference(self.lines[n], fresh, self.original.get(n)) for n, fresh in fresh_lines.items()]
        self.conflict = compare(self.form, record, self.original, [each for each in found if each is not None])
        stored = {spec.name: getattr(record, spec.name) for spec in self.plan.specs.values()}
        fresh = RecordForm(self.env, [c.spec for c in self.form.controls.values()], values=stored, cells=self.cells)
        self.original = fresh.texts | {name: lines.original for name, lines in fresh_lines.items()}

    def _reloaded(self, lines: LinesForm) -> LinesForm:
        """The table as it is stored now."""
        for row in lines.stored:
            self.env.session.expire(row, [spec.name for spec in lines.plan.columns])
        stored = stored_rows(self.env, self.record, lines.plan.name)
        return LinesForm(self.env, lines.plan, stored, cells=self.cells, scope=self.scope)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows what is wrong."""
        return 409 if self.conflict else 422

    def view(self, *, url: str, cancel_url: str, title: str = "", following: str = "") -> FormView:
        """The form as templates take it; `following` is the address to go to once it is saved."""
        record = self.record
        extra = {once.NAME: self._key()} if record is None else {"version": str(record.version)}
        extra |= {"next": following} if following else {}
        new = str(_("New {model}", model=self.info.title))
        return FormView(
            title=title or (new if record is None else name_of(self.env, record)),
            model=self.info.key,
            url=url,
            sections=[s for s in map(self._section, self.sections) if s.fields or s.lines],
            hidden=hidden(**extra, original=self.original),
            cancel_url=cancel_url,
            submit_label=str(_("Save")),
            errors=[*self.form.summary, *(found for lines in self.lines.values() for found in lines.summary)],
            conflict=self.conflict,
            multipart=self.form.is_multipart,
            subject=record,
            derive_url=derive_url(self),
            has_open_lines=any(lines.plan.is_open for lines in self.lines.values()),
            lock=self._told_lock(),
        )

    def _told_lock(self) -> str:
        """Why the record is read-only, and what of it is not."""
        left = [str(self.plan.specs[name].label) for name in self.plan.specs if name in self.form.controls]
        return left_open(str(self.lock), left) if self.lock is not None else ""

    def _key(self) -> str:
        """The key of this form: the same one when it comes back with what is wrong."""
        return (self.sent.get(once.NAME, "") if self.sent is not None else "") or once.new_key()

    def _section(self, section: Section | Lines) -> FormSection:
        if isinstance(section, Lines):
            lines = self.lines[section.part]
            return FormSection(section.key, lines.plan.label, [], lines=lines.view(self.record))
        shown = []
        for name in section.fields:
            if name in self.form.controls:
                shown.append(self.form.view(name))
            elif name in self.plan.specs and self.record is not None:
                spec = self.plan.specs[name]
                shown.append(fixed_view(spec, self.cells.of(spec, self.record), self.scope))
        return FormSection(key=section.key, label=str(section.label), fields=shown)


def as_sent(spec: Field, value: Any, env: Env) -> list[Any]:
    """A value as a browser would send it."""
    text = to_text(spec, value, env)
    if spec.kind is Kind.CHOICES:
        return list(text)
    return [] if spec.kind is Kind.BOOLEAN and not text else [text]
