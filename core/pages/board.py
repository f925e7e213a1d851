"""Boards as data: a column per value of a choice field or linked record, with counts, sums and the first cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup

from core.access.actor import EDIT
from core.errors import NotFound
from core.orm.field import Field, Kind
from core.orm.filters import parse_all
from core.orm.listing import CAP, Count, ListRequest, Page, count, list_page, sums
from core.orm.model import Model, describe
from core.pages.actions import offered_actions
from core.pages.board_columns import LinkedColumns
from core.pages.catalogue import ModelPages
from core.pages.cells import Cells
from core.pages.columns import Columns
from core.pages.currencies import way_of
from core.pages.list_args import ListArgs
from core.pages.list_buttons import shown_count
from core.pages.listing import ListBuilder
from core.pages.pills import choices_of, tone_of
from core.pages.reach import Path, is_open, resolve
from core.pages.rights import Extent, extent_of, reached
from core.pages.views import BoardCard, BoardColumn, BoardView, MenuItem, Pager
from core.workflow.composition import Flow
from core.workflow.declaration import Transition

if TYPE_CHECKING:
    from core.env import Env

CARDS = 20
"""How many cards a column shows at first, and how many more at a time."""

NO_VALUE = "-"
"""The code of the column of records that have no value."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """A column with what was read of it."""

    code: str
    request: ListRequest
    page: Page
    total: Count


class BoardBuilder:
    """Builds the board of a model. Raises `NotFound` where there is none, or the reader may not see its field."""

    def __init__(self, env: Env, pages: ModelPages, args: ListArgs) -> None:
        if pages.board is None or pages.listing is None or args.bin:
            raise NotFound()
        self.env, self.board, self.args, self.model = env, pages.board, args, pages.model
        self.info, self.url, self.cells = describe(pages.model), f"{pages.url}/board", Cells(env)
        self.flow: Flow | None = env.workflow.flow(pages.model)
        by = self.board.by or (self.flow.field if self.flow else "")
        self.field: Field | None = self.info.fields.get(by)
        if self.field is None or not is_open(env, pages.model, by, in_list=True):
            raise NotFound()
        self.linked = LinkedColumns(env, self.board, self.field, args.by) if self.field.kind is Kind.LINK else None
        args = replace(args, by=self.linked.group if self.linked is not None else "")
        shown = () if args.quick else parse_all(env, self.model, self.board.filters)
        self.lists = ListBuilder(env, pages.listing, args, url=self.url, fixed=shown, cells=self.cells, limit=CARDS)

    @property
    def by(self) -> Field:
        """The choice field whose values are the columns, or the link whose records they are."""
        assert self.field is not None
        return self.field

    @property
    def moves(self) -> Flow | None:
        """The workflow that moves cards; None where moving one changes the field."""
        return self.flow if self.flow is not None and self.flow.field == self.by.name else None

    def build(self) -> BoardView:
        """The board with everything around it."""
        filled = [self._read(code) for code in self.labels]
        number = sum(column.total.number for column in filled)
        total = Count(number, all(column.total.is_exact for column in filled))
        return BoardView(
            **self.lists.surroundings(total),
            columns=self.lists.heads(total),
            rows=(),
            pager=Pager(""),
            board=self._columns(filled),
            move_url=f"{self.url}/move?{urlencode({'by': self.lists.args.by})}",
            group_url=self.lists.args.but(by="", column="").url(f"{self.url}/group"),
            groups=self._groups(),
        )

    def more(self, code: str, after: str) -> BoardColumn:
        """The next cards of one column. Raises `NotFound` for a column that there is not."""
        if code not in self.labels:
            raise NotFound()
        return self._columns([self._read(code, after)])[0]

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, str]]:
        """Code → (label, tone) of the columns, in their order."""
        found = choices_of(self.env, self.by) if self.linked is None else self.linked.labels
        if self.moves is not None:
            found = {code: found[code] for code in self.moves.states if code in found}
        wanted = self.board.columns or list(found)
        chosen = {code: found[code] for code in wanted if code in found}
        return chosen if self.by.required or self.board.columns else {NO_VALUE: ("—", "neutral")} | chosen

    def code_of(self, record: Model) -> str:
        """The column that the record is in."""
        value = getattr(record, self.by.name)
        return NO_VALUE if value in (None, "") else str(value)

    @property
    def group(self) -> str:
        """The group of columns that is shown; empty where there are none."""
        return self.lists.args.by

    def _groups(self) -> list[MenuItem]:
        """The groups of columns, where there are several to choose from."""
        if self.linked is None or len(self.linked.groups) < 2:
            return []
        return [
            MenuItem(code, name, self.lists.args.but(by=code, column="").url(self.url), "", code == self.linked.group)
            for code, name in self.linked.groups.items()
        ]

    def leaving(self, code: str) -> list[Transition]:
        """The transitions that cards of the column may make by being moved: those that pages offer."""
        offered = offered_actions(self.env, self.model)
        return [t for t in self.moves.leaving(code) if t.name in offered] if self.moves is not None else []

    def targets(self, code: str) -> list[str]:
        """The columns that some cards of this one may go to."""
        if self.moves is None:
            may = self.env.records(self.model).writable(self.by.name) and self.env.actor.may(self.info.key, EDIT)
            return [other for other in self.labels if other != code and may]
        reachable = {t.target for t in self.leaving(code) if self.env.actor.may(self.info.key, t.grant)}
        return [other for other in self.labels if other in reachable]

    def _read(self, code: str, after: str = "") -> _Filled:
        text = f"{self.by.name}:empty:yes" if code == NO_VALUE else f"{self.by.name}:is:{code}"
        wanted = (*self.lists.request.filters, *parse_all(self.env, self.model, [text]))
        request = replace(self.lists.request, filters=wanted, after=after or None, before=None)
        page = list_page(self.env, request, self._stored, counted=True)
        return _Filled(code, request, page, count(self.env, request))

    @cached_property
    def _paths(self) -> list[Path]:
        found = (resolve(self.env, self.model, name) for name in dict.fromkeys(self.board.card))
        return [path for path in found if path is not None]

    @cached_property
    def _stored(self) -> list[str]:
        names = [path.link.name if path.link else path.field.name for path in self._paths]
        names += [way.first for path in self._paths if not path.link and (way := way_of(path.field)) is not None]
        names += [self.info.display] if resolve(self.env, self.model, self.info.display) else []
        owners = [name for extent in self._extents.values() for name, _owners in extent.by_owner]
        return list(dict.fromkeys([*names, *owners]))

    @cached_property
    def _extents(self) -> dict[str, Extent]:
        """Grant that moves cards → how far it reaches."""
        grants = {t.grant for t in self.moves.transitions.values()} if self.moves is not None else {EDIT}
        return {grant: extent_of(self.env, self.model, grant) for grant in sorted(grants)}

    def _columns(self, filled: Sequence[_Filled]) -> list[BoardColumn]:
        columns = Columns(self.env, self.info, self._paths, self._stored, self.cells)
        rows = [row for column in filled for row in column.page.rows]
        columns.prepare(rows)
        movable = {g: reached(self.env, self.model, g, e, rows, columns.order) for g, e in self._extents.items()}
        active = self.args.column if self.args.column in self.labels else next(iter(self.labels), "")
        return [
            self._column(column, columns, movable, added, is_active=column.code == active)
            for column, added in zip(filled, self._sums(filled), strict=True)
        ]

    def _column(
        self, filled: _Filled, columns: Columns, movable: Mapping[str, set[int]], added: Markup, *, is_active: bool
    ) -> BoardColumn:
        label, tone = self.labels[filled.code]
        targets = self.targets(filled.code)
        return BoardColumn(
            code=filled.code,
            label=label,
            tone=tone_of(tone),
            count=shown_count(filled.total),
            sum=added,
            cards=[self._card(row, columns, filled.code, movable) for row in filled.page.rows],
            targets=targets,
            url=self.lists.args.but(column=filled.code).url(self.url),
            more_url=self._more_url(filled),
            is_active=is_active,
        )

    def _more_url(self, filled: _Filled) -> str:
        if not filled.page.next:
            return ""
        args = self.lists.args.but(column=filled.code, after=filled.page.next)
        return args.url(f"{self.url}/cards")

    def _is_movable(self, code: str, id: int, movable: Mapping[str, set[int]]) -> bool:
        if self.moves is None:
            return bool(self.targets(code)) and id in movable[EDIT]
        return any(id in movable[t.grant] for t in self.leaving(code))

    def _card(self, row: Any, columns: Columns, code: str, movable: Mapping[str, set[int]]) -> BoardCard:
        labels = [str(path.field.label) for path in self._paths]
        facts = [(label, cell) for label, cell in zip(labels, columns.cells_of(row), strict=True) if cell]
        url = f"/{self.info.key}/{row[0]}" if self.lists.has_page else ""
        return BoardCard(row[0], url, columns.name_of(row), facts, self._is_movable(code, row[0], movable))

    def _sums(self, filled: Sequence[_Filled]) -> list[Markup]:
        """What each column adds up to, with a plus where there are more rows than anybody adds up.

        Amounts in different currencies add up to nothing.
        """
        spec = self.info.fields.get(self.board.sum)
        if (
            spec is None
            or spec.currency
            or not spec.kind.is_number
            or not is_open(self.env, self.model, spec.name, in_list=True)
        ):
            return [Markup("")] * len(filled)
        requests = [replace(column.request, after=None) for column in filled]
        found = sums(self.env, requests, spec.name, cap=CAP)
        shown = [self.cells.format(spec, _whole(spec, value)) for value in found]
        more = ["" if column.total.is_exact else "+" for column in filled]
        return [text + plus for text, plus in zip(shown, more, strict=True)]


def _whole(spec: Field, value: Any) -> Any:
    return int(value) if value is not None and spec.kind is Kind.INTEGER else value
