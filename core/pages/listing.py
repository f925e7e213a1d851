"""Lists as data: from the arguments of an address to columns, rows, filters, pager and actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.access.actor import CREATE, DELETE, EDIT, EXPORT, READ
from core.access.guard import predicate
from core.i18n import _
from core.orm.filters import Condition, parse_all
from core.orm.listing import Count, ListRequest, Page, count, list_page, sortable
from core.orm.model import Model, describe
from core.pages.actions import bulk_buttons
from core.pages.catalogue import catalogue_of
from core.pages.cells import Cells, align_of
from core.pages.columns import Columns
from core.pages.facts import is_inline
from core.pages.list_args import ListArgs
from core.pages.list_filters import filter_fields, quick_conditions, quick_filters
from core.pages.reach import Path
from core.pages.views import Button, Column, Empty, FilterChip, ListView, Pager, Row

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
        fixed: Sequence[Condition] = (),
        cells: Cells | None = None,
        limit: int = PAGE,
    ) -> None:
        self.env, self.page, self.args, self.fixed, self.limit = env, page, args, fixed, limit
        self.model: type[Model] = page.model
        self.info = describe(page.model)
        self.url = url or f"/{self.info.key}"
        self.has_page = catalogue_of(env).has_page(page.model) and not args.bin
        self.columns = Columns(env, page.model, page.columns, cells or Cells(env), linked=self.has_page)
        self.chosen = parse_all(env, page.model, args.filters)
        quick = quick_conditions(env, page, args.quick) or ()
        self.request = ListRequest(
            model=page.model,
            filters=(*fixed, *self.chosen, *parse_all(env, page.model, quick)),
            sort=args.sort or ("" if args.q else page.sort),
            q=args.q,
            limit=limit,
            after=args.after or None,
            before=args.before or None,
            deleted=args.bin,
        )

    def build(self) -> ListView:
        """The list with everything around it."""
        page = list_page(self.env, self.request, self.columns.stored)
        total = count(self.env, self.request, exact=self.args.exact)
        rows = self.rows(page)
        fields, key = filter_fields(self.env, self.model, self.page.filters)
        return ListView(
            title=str(_("Recycle bin")) if self.args.bin else str(self.info.title_plural),
            model=self.info.key,
            url=self.url,
            columns=[self._column(path) for path in self.columns.paths],
            rows=rows,
            pager=self._pager(page, len(rows), total),
            count=shown_count(total),
            q=self.args.q,
            searchable=bool(self.info.searched) and not self.args.bin,
            filters=self._chips(),
            filter_fields=[] if self.args.bin else fields,
            quick_filters=quick_filters(self.env, self.page, self.args, self.url),
            sort=self.args.sort,
            actions=self._actions(),
            more_actions=self._more_actions(),
            bulk_actions=self._bulk() if rows else (),
            empty=None if rows else self._empty(),
            cache_key=key,
        )

    def rows(self, page: Page) -> list[Row]:
        """The rows of a page; those that the reader may edit have their editors."""
        self.columns.prepare(page.rows)
        editable = self._editable({row[0] for row in page.rows})
        return [self._row(row, row[0] in editable) for row in page.rows]

    def _row(self, row: Any, is_editable: bool) -> Row:
        url = f"/{self.info.key}/{row[0]}"
        return Row(
            id=row[0],
            url=url if self.has_page else "",
            cells=self.columns.cells_of(row),
            name=self.columns.name_of(row),
            edit_url=f"{url}/edit" if is_editable and self.has_page else "",
            field_url=f"{url}/cell/" if is_editable else "",
        )

    def _editable(self, ids: set[int]) -> set[int]:
        if self.args.bin or not self.env.actor.may(self.info.key, EDIT):
            return set()
        if predicate(self.env.actor, self.model, EDIT) is None:
            return ids
        return self.env.ids_within(self.model, ids, EDIT) if ids else set()

    def _column(self, path: Path) -> Column:
        name, is_own = path.name, path.link is None
        reason = None if is_own and not self.args.bin else _("The list cannot be sorted by this column.")
        if reason is None:
            reason = sortable(self.env, self.request, name)
        current = self.request.sort or ("" if self.args.q else self.model.__sort__)
        order = {name: "asc", f"-{name}": "desc"}.get(current, "") if not self.args.bin else ""
        other = f"-{name}" if order == "asc" else name
        is_primary = name == self.columns.primary
        return Column(
            name=name,
            label=str(path.field.label) if is_own else f"{path.link and path.link.label} › {path.field.label}",
            align=align_of(path.field),
            sort_url=self.args.but(sort=other).url(self.url) if reason is None else "",
            sorted="asc" if order == "asc" else "desc" if order == "desc" else "",
            sort_reason=str(reason) if reason is not None else "",
            is_primary=is_primary,
            on_card=name in self.page.card,
            is_editable=is_own and not is_primary and is_inline(self.env, self.model, path.field),
        )

    def _chips(self) -> list[FilterChip]:
        found = []
        for condition in self.chosen:
            others = tuple(c.text for c in self.chosen if c is not condition)
            remove = self.args.but(filters=others).url(self.url)
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
        return [new] if new else []

    def _more_actions(self) -> list[Button]:
        if self.args.bin:
            return []
        found = []
        if self.env.actor.may(self.info.key, EXPORT):
            for kind, label in (("xlsx", _("Export to Excel")), ("csv", _("Export as CSV"))):
                address = self.args.but().url(f"/export/{self.info.key}.{kind}")
                found.append(Button(f"export-{kind}", str(label), address, icon="download"))
        if self.env.actor.may(self.info.key, DELETE):
            address = ListArgs(bin=True).url(self.url)
            found.append(Button("bin", str(_("Recycle bin")), address, icon="trash"))
        return found

    def _bulk(self) -> list[Button]:
        if self.args.bin:
            address = f"/{self.info.key}/bulk/restore"
            return [Button("restore", str(_("Restore")), address, method="post", icon="restore")]
        return bulk_buttons(self.env, self.model)

    def _empty(self) -> Empty:
        if not self.env.actor.may(self.info.key, READ):
            text = _("Ask an administrator to grant it to one of your roles.")
            return Empty("forbidden", str(_("You may not see these records")), str(text))
        if self.args.bin:
            text = _("What is deleted stays here and can be restored.")
            return Empty("bin", str(_("The recycle bin is empty")), str(text))
        if self.args.q or self.chosen or self.args.quick:
            clear = Button("clear", str(_("Show all")), self.url, icon="x")
            text = _("Nothing here fits the search and the filters.")
            return Empty("filtered", str(_("Nothing found")), str(text), clear)
        title = _("No {title} yet", title=self.info.title_plural)
        return Empty("nothing", str(title), str(self.page.empty or ""), new_button(self.env, self.model))


def new_button(env: Env, model: type[Model], query: str = "") -> Button | None:
    """The button that creates a record, for those who may."""
    pages = catalogue_of(env).models.get(model.key())
    if pages is None or pages.form is None or not env.actor.may(model.key(), CREATE):
        return None
    label = str(_("New {model}", model=model.__title__))
    return Button("create", label, f"/{model.key()}/new{query}", icon="plus", tone="accent", shortcut="C")


def shown_count(total: Count) -> str:
    """12,480, or 10,000+ where nobody has counted further."""
    return f"{total.number:,}" if total.is_exact else f"{total.number:,}+"
