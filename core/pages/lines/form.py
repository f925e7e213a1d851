"""The table in which the parts of a record are typed: filled from what is stored, parsed, checked and shown again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from core.errors import BadRequest, Message
from core.i18n import _, colon, comma
from core.orm.field import Field, Kind
from core.orm.model import Model
from core.pages.cells import Cells, align_of
from core.pages.controls import to_text
from core.pages.forms import RecordForm, hidden
from core.pages.lines.plan import LinesPlan
from core.pages.lines.rows import REMOVE, TOKEN, LineForm, as_original, first_rows, links_of, sent_id, tokens_in
from core.pages.views import LineCell, LineColumn, LineRow, LinesView
from core.pages.widgets import control_html

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env

BLANK = 3
"""How many rows to type into a browser without scripts is given; scripts make their own."""


class LinesForm:
    """The parts of one record in its form. `stored` are those that it has; `sent` is what the browser sent.

    `start` are values of the rows that the form of a new record begins with.
    """

    def __init__(
        self,
        env: Env,
        plan: LinesPlan,
        stored: Sequence[Model],
        *,
        sent: MultiDict[str, Any] | None = None,
        start: Sequence[Mapping[str, Any]] = (),
        cells: Cells,
        scope: str = "f",
    ) -> None:
        self.env, self.plan, self.stored, self.cells = env, plan, stored, cells
        self.sent, self.id = sent, f"{scope}-{plan.name}"
        self.problems: list[str] = []
        cells.know_of(plan.columns, stored)
        self.defaults: dict[str, Any] = env.records(plan.model).defaults()
        self._specs = [spec for spec in plan.columns if spec.name in plan.writable]
        self._blank_texts = {spec.name: to_text(spec, self.defaults.get(spec.name), env) for spec in self._specs}
        self.rows = self._first(start) if sent is None or not plan.is_open else self._sent(sent)
        cells.links.know(links_of(self.rows))

    # Rows

    def _first(self, start: Sequence[Mapping[str, Any]]) -> list[LineForm]:
        rows = [self._row(str(number), record) for number, record in enumerate(self.stored)]
        return rows + [self._row(str(len(rows) + n), values=self.defaults | dict(v)) for n, v in enumerate(start)]

    def _sent(self, sent: MultiDict[str, Any]) -> list[LineForm]:
        known = {record.id: record for record in self.stored}
        rows = []
        tokens = tokens_in(sent, self.plan.name)
        most = self.plan.part.most
        if len(tokens) > 2 * most + BLANK:
            # A few too many are shown again with a message; a page makes no more, and thousands would take minutes.
            raise BadRequest(_("At most {most} rows are possible.", most=most))
        for token in tokens:
            # A row of a part that is gone meanwhile, or was sent twice, is that of a new one.
            row = self._row(token, known.pop(sent_id(sent, self.plan.name, token), None), sent=sent)
            row.is_removed = bool(sent.get(f"{self.plan.name}-{token}-{REMOVE}"))
            row.is_blank = row.record is None and self._says_nothing(row)
            rows.append(row)
        return rows

    def _says_nothing(self, row: LineForm) -> bool:
        return all(text in ("", [], self._blank_texts[name]) for name, text in row.texts.items())

    def _row(
        self,
        token: str,
        record: Model | None = None,
        *,
        values: Mapping[str, Any] | None = None,
        sent: MultiDict[str, Any] | None = None,
    ) -> LineForm:
        held = values if values is not None else self.defaults
        if record is not None:
            held = {spec.name: spec.read(record) for spec in self._specs}
        form = RecordForm(
            self.env,
            self._specs,
            values=held,
            sent=sent,
            cells=self.cells,
            scope=f"{self.id}-{token}",
            prefix=f"{self.plan.name}-{token}-",
        )
        for name, control in form.controls.items():
            control.labelled_by = f"{self.id}-{name} {self.id}-{token}-number"
        return LineForm(token, form, record)

    @property
    def plain_row(self) -> LineForm:
        """A row with nothing in it but what new ones start with."""
        return self._row(TOKEN)

    @property
    def kept(self) -> list[LineForm]:
        """The rows that are, or become, parts of the record, in order."""
        return [row for row in self.rows if row.is_kept]

    # Saving

    def validate(self) -> bool:
        """Whether each value is right by itself."""
        return not [row for row in self.kept if not row.form.validate()]

    def values(self, original: Any) -> list[dict[str, Any]]:
        """The complete list of parts, as a service takes it."""
        first = first_rows(original)
        return [row.values(first.get(row.record.id) if row.record is not None else None) for row in self.kept]

    def is_changed(self, original: Any) -> bool:
        """Whether it shows something else than at first: the rest is not ours to write."""
        return any(row.record is None for row in self.kept) or as_original(self.kept) != original

    @property
    def original(self) -> list[Any]:
        """What the form sends back of what it shows at first."""
        return as_original(self.rows)

    def refuse(self, where: str, messages: Sequence[Message]) -> None:
        """Puts messages where they belong. `where`: `0.quantity` of the first part, `0` for all of it, "" for all."""
        texts = [str(message) for message in messages]
        number, _dot, name = where.partition(".")
        row = self.kept[int(number)] if number.isdecimal() and int(number) < len(self.kept) else None
        if row is None:
            self.problems += texts
        elif name in row.controls:
            row.controls[name].errors = [*row.controls[name].errors, *texts]
        else:
            row.problems += texts

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(id of the control or "", message) of all that is wrong."""
        found = [(self.id, f"{self.plan.label}{colon()}{message}") for message in self.problems]
        for number, row in enumerate(self.kept, 1):
            name = str(_("{label}, row {number}", label=self.plan.label, number=number))
            found += [(f"{self.id}-{row.token}", f"{name}{colon()}{message}") for message in row.problems]
            for control in row.controls.values():
                label = f"{name}{comma()}{control.spec.label}{colon()}"
                found += [(control.id, f"{label}{message}") for message in control.errors]
        return found

    # Showing

    def view(self, whole: Model | None) -> LinesView:
        """As templates take it. `whole` is the record itself, whose totals are shown; None for a new one."""
        blank = self.plain_row if self.plan.is_open else None
        free = [self._row(str(self._next + n)) for n in range(BLANK)] if blank else []
        rows = [*(row for row in self.rows if not row.is_blank), *free]
        for row in free:
            row.is_blank = True
        return LinesView(
            part=self.plan.name,
            label=self.plan.label,
            id=self.id,
            columns=[self._column(spec) for spec in self.plan.columns],
            rows=[self._shown(number, row) for number, row in enumerate(rows, 1)],
            totals=[self._total(spec, whole) for spec in self.plan.totals],
            blank=self._shown(0, blank) if blank else None,
            most=self.plan.part.most,
            errors=self.problems,
        )

    @property
    def _next(self) -> int:
        return max((int(row.token) for row in self.rows), default=-1) + 1

    def _column(self, spec: Field) -> LineColumn:
        is_open = spec.name in self.plan.writable
        return LineColumn(spec.name, str(spec.label), spec.kind.value, align_of(spec), _is_asked(spec), is_open)

    def _total(self, spec: Field, whole: Model | None) -> tuple[str, str, Markup]:
        return spec.name, str(spec.label), Markup("") if whole is None else self.cells.of(spec, whole)

    def _shown(self, number: int, row: LineForm) -> LineRow:
        held = hidden(**{f"{self.plan.name}-{row.token}-id": str(row.record.id)}) if row.record else Markup("")
        return LineRow(
            token=row.token,
            number=number,
            cells=[self._cell(row, spec) for spec in self.plan.columns],
            hidden=held,
            errors=row.problems,
            is_blank=row.is_blank,
            is_removed=row.is_removed,
        )

    def _cell(self, row: LineForm, spec: Field) -> LineCell:
        control = row.controls.get(spec.name)
        if control is not None:
            return LineCell(control_html(control), spec.name, control.id, [str(e) for e in control.errors])
        shown = Markup("") if row.record is None else self.cells.of(spec, row.record)
        return LineCell(shown, spec.name)


def _is_asked(spec: Field) -> bool:
    """Whether each row must have a value: a serial number fills itself in, a box always has one."""
    return spec.required and spec.kind not in (Kind.SERIAL, Kind.BOOLEAN)
