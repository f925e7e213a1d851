"""The short form above a timeline, and where one chooses the record that it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.access.actor import CREATE, READ
from core.errors import Message, NotFound
from core.i18n import Text, _
from core.orm.field import Field, Kind
from core.orm.listing import ListRequest, list_page
from core.orm.model import Model, describe
from core.pages import nodes
from core.pages.catalogue import ModelPages
from core.pages.cells import Cells
from core.pages.controls import Ways
from core.pages.form import Draft
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.nodes import ListPage, Section
from core.pages.pills import choices_of
from core.pages.reach import is_open, visible_fields
from core.pages.views import Composer, PickGroup, PickView

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env

OPEN = "compose"
"""The argument of a record's address that opens its form: `1`, or a value of its first chips."""
FEW, LOOKED_AT, FOUND = 8, 40, 20


def composer_draft(
    env: Env,
    record: Model,
    node: nodes.Composer,
    sent: MultiDict[str, Any] | None = None,
    problems: Mapping[str, Sequence[Message]] | None = None,
    chosen: str = "",
) -> Draft:
    """The form, filled with what is usual. `chosen` is a value of its first chips."""
    section = Section(key="composer", label=Text(""), fields=node.fields)
    ways = Ways(chips=node.chips, phrases=node.phrases)
    start = {} if sent is not None else _start(env, record, node)
    first = choice_of(env, node)
    if first is not None and chosen in choices_of(env, first):
        start[first.name] = chosen
    fixed: Mapping[str, Any] = {node.via: record.id}
    return Draft(
        env, node.model, [section], sent=sent, problems=problems, fixed=fixed, start=start, ways=ways, scope="c"
    )


def composer_view(env: Env, record: Model, node: nodes.Composer, draft: Draft | None, asked: str) -> Composer:
    """The form as templates take it. `asked` is the argument that opens it; `draft` the form as it came back."""
    url = f"/{record.key()}/{record.id}"
    form = (draft or composer_draft(env, record, node, chosen=asked)).view(url=f"{url}/compose", cancel_url=url)
    first = choice_of(env, node)
    choices = [] if first is None else list(_active(env, first).items())
    links = [(code, label, f"{url}?{OPEN}={code}#composer") for code, label in choices]
    return Composer(str(node.label), form, url, links, is_open=bool(asked or form.errors))


def choice_of(env: Env, node: nodes.Composer) -> Field | None:
    """The choice that stands beside the closed form, if the actor may make it."""
    known = visible_fields(env, node.model)
    names = [name for name in node.chips if name in known and known[name].kind is Kind.CHOICE]
    return known[names[0]] if names and env.records(node.model).writable(names[0]) else None


def _active(env: Env, spec: Field) -> dict[str, str]:
    if spec.options is not None:
        return {code: str(label) for code, label in spec.options.items()}
    return {code: value.label for code, value in env.lists.values(spec.list).items() if value.is_active}


def _start(env: Env, record: Model, node: nodes.Composer) -> dict[str, Any]:
    start: dict[str, Any] = {}
    for name, key in node.phrases.items():
        phrases = [value.label for value in env.lists.values(key).values() if value.is_active]
        start |= {name: phrases[0]} if phrases else {}
    return start | dict(node.offer(env, record) if node.offer is not None else {})


class Picker:
    """The page on which one chooses the record: those that are due, those of late, and what is searched for."""

    def __init__(self, env: Env, pages: ModelPages, q: str) -> None:
        node = pages.detail.composer if pages.detail is not None else None
        if node is None or not env.actor.may(pages.model.key(), READ) or not env.actor.may(node.model.key(), CREATE):
            raise NotFound()
        self.env, self.pages, self.node, self.q = env, pages, node, q.strip()
        self.info, self.cells = describe(pages.model), Cells(env)
        due = [spec for spec in self.info.fields.values() if spec.due and spec.filter]
        self.due = next((spec for spec in due if is_open(env, pages.model, spec.name, in_list=True)), None)

    def view(self) -> PickView:
        """The page as templates take it."""
        groups = [self._found()] if self.q else [self._due(), self._late()]
        return PickView(
            title=str(self.node.label),
            model=self.info.key,
            url=f"{self.pages.url}/{OPEN}",
            asked=OPEN,
            q=self.q,
            searchable=bool(self.info.searched),
            groups=[group for group in groups if group.rows or self.q],
        )

    def _found(self) -> PickGroup:
        return self._group(_("Found"), ListArgs(q=self.q), FOUND)

    def _due(self) -> PickGroup:
        if self.due is None or not self._knows_owner(self.pages.model):
            return PickGroup("", [])
        wanted = (f"{self.info.owner}:is:me", f"{self.due.name}:le:today")
        return self._group(_("Due today or before"), ListArgs(filters=wanted, sort=self.due.name), FEW)

    def _late(self) -> PickGroup:
        """The records of the children that the actor has made last, the latest first."""
        child = describe(self.node.model)
        if not self._knows_owner(self.node.model):
            return PickGroup("", [])
        mine = (f"{child.owner}:is:me",)
        request = ListRequest(self.node.model, filters=mine, limit=LOOKED_AT)
        rows = list_page(self.env, request, [self.node.via]).rows
        ids = list(dict.fromkeys(getattr(row, self.node.via) for row in rows))[:FEW]
        if not ids:
            return PickGroup("", [])
        group = self._group(_("Of late"), ListArgs(filters=(f"id:in:{'|'.join(map(str, ids))}",)), FEW)
        return PickGroup(group.label, sorted(group.rows, key=lambda row: ids.index(row.id)))

    def _knows_owner(self, model: type[Model]) -> bool:
        """Whether the actor may know whose records are whose, and so look for their own."""
        owner = describe(model).owner
        return bool(owner) and is_open(self.env, model, owner, in_list=True)

    def _group(self, label: Text, args: ListArgs, limit: int) -> PickGroup:
        columns = (self.info.display, self.due.name) if self.due is not None else (self.info.display,)
        page = ListPage(model=self.pages.model, columns=columns)
        rows = ListBuilder(self.env, page, args, cells=self.cells, limit=limit).build().rows
        return PickGroup(str(label), [row for row in rows if row.url])
