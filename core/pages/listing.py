"""Lists as data: from the arguments of an address to columns, rows, filters, pager and actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sqlalchemy import false

from core.access.actor import EDIT, READ
from core.errors import NotFound
from core.i18n import _
from core.orm.filters import Condition, Filter, parse_all, parse_any
from core.orm.listing import CAP, Count, ListRequest, Page, count, list_page, sortable
from core.orm.listing.sorting import too_many
from core.orm.model import Model
from core.pages.catalogue import catalogue_of
from core.pages.cells import Cells
from core.pages.columns import Columns
from core.pages.list_args import ListArgs
from core.pages.list_buttons import contributed, has_bin, more_buttons, new_button, shown_count
from core.pages.list_empty import explained
from core.pages.list_filters import conditions_of, path_of, quick_tabs
from core.pages.list_views import KINDS, menu, opened, whole_list
from core.pages.plan import NO_ORDER, Head, plan_list
from core.pages.rights import reached
from core.pages.views import Button, Column, Empty, FilterChip, ListView, MenuItem, Pager, Row
from core.saved_views import saved_views

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.nodes import ListPage

PAGE = 50


class ListBuilder:
    """Builds one list. `fixed` are conditions of the place where it stands, such as a tab of a record's page."""

    def __init__(
        self,
        env: Env,
        page: ListPage,
        args: ListArgs,
        *,
        url: str = "",
        fixed: Sequence[Filter] = (),
        cells: Cells | None = None,
        limit: int = PAGE,
    ) -> None:
        args, makes_sense = opened(env, page.model, args)
        self.env, self.page, self.args, self.fixed, self.limit = env, page, args, fixed, limit
        self.makes_sense = makes_sense
        self.model: type[Model] = page.model
        if args.bin and not has_bin(env, page.model):
            raise NotFound()
        self.plan = plan_list(env, page, self.columns_wanted)
        self.info = self.plan.info
        self.url = url or f"/{self.info.key}"
        self.has_page = catalogue_of(env).has_page(page.model) and not args.bin
        self.cells = cells or Cells(env)
        self.chosen: tuple[Filter, ...] = ()
        if makes_sense:
            self.chosen = (*parse_all(env, page.model, args.filters), *parse_any(env, page.model, args.any))
        request = ListRequest(
            model=page.model,
            filters=(*fixed, *self.chosen, *parse_all(env, page.model, self._quick())),
            q=args.q,
            limit=limit,
            after=args.after or None,
            before=args.before or None,
            deleted=args.bin,
            extra=None if makes_sense else false(),
        )
        self.request = replace(request, sort=self._order(request) or self._usual_order())

    def _order(self, request: ListRequest) -> str:
        """What the list is sorted by. An order of a view that the list has outgrown gives way, lest it never opens."""
        name, saved = self.args.sort.removeprefix("-"), self.args.saved
        is_of_view = saved is not None and name and self.args.sort == saved.sort
        return "" if is_of_view and sortable(self.env, request, name) is not None else self.args.sort

    def _usual_order(self) -> str:
        """That of the page, where the reader may know of it; hits come as they are found."""
        is_known = path_of(self.env, self.model, self.page.sort.removeprefix("-")) is not None
        return self.page.sort if is_known and not self.args.q else ""

    @property
    def columns_wanted(self) -> Sequence[str]:
        """What the address or its view says, else what the reader has chosen; none where another page has the list."""
        pages = catalogue_of(self.env).models.get(self.model.key())
        if pages is None or pages.listing is not self.page or self.args.bin:
            return ()
        return self.args.columns or saved_views(self.env).choice(self.env, self.model.key()).columns

    def _quick(self) -> Sequence[str]:
        is_usable = any(key == self.args.quick for key, _label in self.plan.quick)
        return self.page.quick_filters[self.args.quick][1] if is_usable else ()

    def build(self) -> ListView:
        """The list with everything around it."""
        page = list_page(self.env, self.request, self.plan.stored, counted=not self.args.exact)
        total = count(self.env, self.request, exact=self.args.exact)
        rows = self.rows(page)
        return ListView(
            **self.surroundings(total),
            columns=self.heads(total),
            rows=rows,
            pager=self._pager(page, len(rows), total),
            bulk_actions=self._bulk() if rows else (),
            all_url=self._all(total, len(rows)),
            empty=None
            if rows
            else explained(self.env, self.page, self.args, chosen=self.chosen, makes_sense=self.makes_sense),
        )

    def surroundings(self, total: Count) -> dict[str, Any]:
        """What stands around the records, whichever way they are shown."""
        return {
            "title": str(_("Recycle bin")) if self.args.bin else str(self.info.title_plural),
            "model": self.info.key,
            "url": self.url,
            "count": shown_count(total),
            "q": self.args.q,
            "searchable": bool(self.info.searched) and not self.args.bin,
            "filters": self._chips(),
            "filter_fields": [] if self.args.bin else self.plan.filters,
            "quick_filters": [] if self.args.bin else quick_tabs(self.plan.quick, self.args, self.url),
            "sort": self.args.sort,
            "actions": self._actions(),
            "more_actions": self._more_actions(total),
            "cache_key": self.plan.cache_key,
            "switch": self._switch(),
            **self._views(),
        }

    def _views(self) -> dict[str, Any]:
        """The saved views of the list, where it stands on a page of its own, and what they keep."""
        root, args = f"/{self.info.key}", self.args.but(column="")
        may_read = self.env.actor.may(self.info.key, READ)
        is_own = may_read and self.url in (root, *(f"{root}/{kind}" for kind in KINDS)) and not args.bin
        quick = quick_tabs(self.plan.quick, self.args, self.url)
        query = urlencode(args.whole)
        return {
            "views": menu(self.env, self.model, str(self.info.title_plural), args, quick, self.url) if is_own else None,
            "state": args.whole_state,
            "conditions": conditions_of(self.env, self.chosen),
            "state_url": f"{self.url}?{urlencode(args.whole_state)}",
            "without_q_url": self.args.but(q="").url(self.url),
            "clear_url": whole_list(self.env, self.info.key) if is_own else self.url,
            "columns_url": f"/views/{self.info.key}/columns?{query}" if self.url == root and is_own else "",
        }

    def _switch(self) -> Sequence[MenuItem]:
        """List, board, calendar and analysis, as far as there are several, each with the same filters."""
        pages, root = catalogue_of(self.env).models.get(self.info.key), f"/{self.info.key}"
        if pages is None or self.args.bin:
            return ()
        ways = [("list", _("List"), "list", root)]
        ways += [("board", _("Board"), "layout-kanban", f"{root}/board")] if pages.board else []
        ways += [("calendar", _("Calendar"), "calendar", f"{root}/calendar")] if pages.calendar else []
        ways += [("analysis", _("Analysis"), "chart-bar", f"{root}/analysis")] if pages.analysis else []
        if len(ways) < 2 or self.url not in [url for _key, _label, _icon, url in ways]:
            return ()
        args = self.args.but(column="", span="", day="", by="")
        return [MenuItem(key, str(label), args.url(url), icon, url == self.url) for key, label, icon, url in ways]

    def rows(self, page: Page) -> list[Row]:
        """The rows of a page; those that the reader may edit have their editors."""
        paths = [head.path for head in self.plan.heads]
        lead = self.plan.primary if self.has_page else ""
        columns = Columns(self.env, self.info, paths, self.plan.stored, self.cells, lead=lead)
        columns.prepare(page.rows)
        editable = self._editable(page, columns.order)
        return [self._row(columns, row, row[0] in editable) for row in page.rows]

    def _row(self, columns: Columns, row: Any, is_editable: bool) -> Row:
        url = f"/{self.info.key}/{row[0]}"
        return Row(
            id=row[0],
            url=url if self.has_page else "",
            cells=columns.cells_of(row),
            name=columns.name_of(row),
            edit_url=f"{url}/edit" if is_editable and self.has_page else "",
            field_url=f"{url}/cell/" if is_editable else "",
        )

    def _editable(self, page: Page, order: Sequence[str]) -> set[int]:
        if self.args.bin:
            return set()
        found = reached(self.env, self.model, EDIT, self.plan.editing, page.rows, order)
        return found - self._locked(page, order)

    def _locked(self, page: Page, order: Sequence[str]) -> set[int]:
        """The rows whose state keeps them as they are."""
        flow = self.env.workflow.flow(self.model)
        if flow is None:
            return set()
        place = order.index(flow.field)
        return {row[0] for row in page.rows if flow.is_locked(row[place])}

    def heads(self, total: Count) -> list[Column]:
        """The heads of the columns, with what sorts by them."""
        pattern = self.args.pattern(self.url, "sort")
        return [self._column(head, total, pattern) for head in self.plan.heads]

    def _column(self, head: Head, total: Count, pattern: str) -> Column:
        name, reason = head.path.name, head.refusal
        if self.args.bin:
            reason = NO_ORDER
        elif reason is None and not head.is_indexed and not total.is_exact:
            reason = too_many(CAP)
        current = "" if reason is not None else self.request.sort or ("" if self.args.q else self.model.__sort__)
        is_up, is_down = current == name, current == f"-{name}"
        return Column(
            name=name,
            label=head.label,
            align=head.align,
            sort_url=pattern.replace("%00", f"-{name}" if is_up else name) if reason is None else "",
            sorted="asc" if is_up else "desc" if is_down else "",
            sort_reason=str(reason) if reason is not None else "",
            is_primary=head.is_primary,
            on_card=head.on_card,
            card_label=head.card_label,
            is_editable=head.is_editable,
            is_for_card=head.is_for_card,
        )

    def _chips(self) -> list[FilterChip]:
        found = []
        for condition in self.chosen:
            others = tuple(c.text for c in self.chosen if c is not condition and isinstance(c, Condition))
            kept = self.args.any if isinstance(condition, Condition) else ()
            remove = self.args.but(filters=others, any=kept).url(self.url)
            found.append(FilterChip(condition.label(self.env), remove, condition.text))
        return found

    def _pager(self, page: Page, shown: int, total: Count) -> Pager:
        first = self.args.at
        args = self.args.but(exact=self.args.exact)
        following = args.but(after=page.next or "", at=first + shown)
        back = args.but(before=page.previous or "", at=max(first - self.limit, 1))
        return Pager(
            summary=str(_("{first}–{last} of {total}", first=first, last=first + shown - 1, total=shown_count(total)))
            if shown
            else "",
            previous_url=back.url(self.url) if page.previous else "",
            next_url=following.url(self.url) if page.next else "",
            exact_count_url="" if total.is_exact else self.args.but(exact=True).url(self.url),
        )

    def _actions(self) -> list[Button]:
        if self.args.bin:
            return [Button("back", str(self.info.title_plural), self.url, icon="arrow-left")]
        new = new_button(self.env, self.model)
        return [*([new] if new else []), *contributed(self.env, self.model, primary=True)]

    def _more_actions(self, total: Count) -> list[Button]:
        return [] if self.args.bin else more_buttons(self.env, self.model, self.args, self.url, total)

    def _all(self, total: Count, shown: int) -> str:
        """What chooses all rows of the list and not just those of the page; empty where that is not offered."""
        is_offered = shown < total.number and total.is_exact and not self.fixed
        return self.args.but().url(self.url) if is_offered else ""

    def _bulk(self) -> Sequence[Button]:
        if self.args.bin:
            address = f"/{self.info.key}/bulk/restore"
            return [Button("restore", str(_("Restore")), address, method="post", icon="restore")]
        return self.plan.bulk

    def _empty(self) -> Empty:
        return explained(self.env, self.page, self.args, self.chosen, makes_sense=self.makes_sense)
