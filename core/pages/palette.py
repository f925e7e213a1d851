"""The palette: records of every kind, pages and commands, for a few characters typed anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.access.actor import CREATE, READ
from core.access.guard import narrowing
from core.access.models import FieldLevel
from core.errors import BadRequest
from core.i18n import _
from core.orm import search
from core.orm.field import Field, Kind
from core.orm.labels import mask
from core.orm.listing import Hit, ListRequest, list_page, lookup, named
from core.orm.model import Model, describe
from core.pages.catalogue import Catalogue, ModelPages, catalogue_of
from core.pages.frame import menu_of
from core.web.hosts import is_local

if TYPE_CHECKING:
    from core.env import Env

PER_KIND, MASKED_PER_KIND, LINKS = 5, 3, 20
SHORTEST_MASKED = 2
"""From so many characters on, the palette says that there is something that the reader may not open."""

Item = dict[str, Any]
Group = dict[str, Any]


def find(env: Env, q: str) -> list[Group]:
    """Groups of what `q` finds, records first. Without `q`: the pages and what can be created."""
    text = q.strip()
    catalogue = catalogue_of(env)
    groups = [_records(env, pages, text) for pages in _searchable(env, catalogue)] if text else []
    groups += _elsewhere(env, text) if text else []
    groups.append({"label": str(_("Create")), "items": _fitting(_commands(env, catalogue), text)})
    groups.append({"label": str(_("Pages")), "items": _fitting(_pages(env), text)})
    return [group for group in groups if group["items"]]


def look_up(env: Env, model: type[Model], q: str, filters: Sequence[str] = ()) -> list[Hit]:
    """Records to link to: those that the reader may open, that `q` finds, and that fulfil `filters`."""
    if not filters:
        return lookup(env, model, q)
    info = describe(model)
    spec = info.fields[info.display]
    rows = list_page(env, ListRequest(model, filters=filters, q=q.strip(), limit=LINKS), [spec.name]).rows
    hide = not _is_readable(env, spec)
    names = [(row.id, str(getattr(row, spec.name) or f"#{row.id}")) for row in rows]
    return [Hit(id, mask(name) if hide else name, "") for id, name in names]


def _searchable(env: Env, catalogue: Catalogue) -> Iterable[ModelPages]:
    for pages in catalogue.models.values():
        info = describe(pages.model)
        if pages.detail is not None and info.searched and env.actor.may(info.key, READ):
            yield pages


def _records(env: Env, pages: ModelPages, text: str) -> Group:
    info = describe(pages.model)
    try:
        hits = lookup(env, pages.model, text, limit=PER_KIND)
    except BadRequest:
        hits = []
    items: list[Item] = [
        {"label": _line(hit.label), "hint": hit.hint, "icon": pages.model.__icon__, "url": f"/{info.key}/{hit.id}"}
        for hit in hits
    ]
    if len(items) < PER_KIND and len(text) >= SHORTEST_MASKED:
        items += _masked(env, pages.model, text, {hit.id for hit in hits})
    return {"label": str(info.title_plural), "items": items}


def _masked(env: Env, model: type[Model], text: str, known: set[int]) -> list[Item]:
    """Outlines of records that the reader may not open: by their name alone, without address, id or any other field.

    Searching their other fields as well would tell by the outline who has which phone.
    """
    if not model.__outlines__:
        return []
    info = describe(model)
    spec = info.fields[info.display]
    if narrowing(env.actor, model, READ, model.__table__.c) is not None:
        # What an addon keeps from the reader does not even show that it is there.
        return []
    if env.actor.owners(info.key, READ) is None or not spec.search or not _is_readable(env, spec):
        return []
    if spec.kind is not Kind.TEXT:
        # What stands in a long text is no name: an outline of it would tell which words were written.
        return []
    rows = env.connection_of_core.execute(named(env, info, text).limit(MASKED_PER_KIND * 4)).all()
    hidden = {id for id, _name in rows} - known
    readable = env.ids_within(model, hidden, READ) if hidden else set()
    outlines = [mask(str(name)) for id, name in rows if id in hidden - readable]
    return [
        {"label": outline, "hint": "", "icon": model.__icon__, "url": "", "masked": True}
        for outline in outlines[:MASKED_PER_KIND]
    ]


def _is_readable(env: Env, spec: Field) -> bool:
    return env.actor.field_level(spec.model, spec.name).width >= FieldLevel.READ.width


def _elsewhere(env: Env, text: str) -> list[Group]:
    """What addons find, under their headings."""
    found: dict[str, list[Item]] = defaultdict(list)
    for hit in env.hooks.search_sources(q=text):
        if is_local(hit.url):
            found[hit.group].append({"label": _line(hit.label), "hint": hit.hint, "icon": hit.icon, "url": hit.url})
    return [{"label": label, "items": items[:PER_KIND]} for label, items in found.items()]


def _commands(env: Env, catalogue: Catalogue) -> list[Item]:
    found = []
    for key, pages in catalogue.models.items():
        if pages.form is not None and pages.listing is not None and env.actor.may(key, CREATE):
            label = str(_("New {model}", model=pages.model.__title__))
            found.append({"label": label, "hint": "", "icon": "plus", "url": f"/{key}/new"})
    return found


def _pages(env: Env) -> list[Item]:
    groups, _phone = menu_of(env)
    return [
        {"label": item.label, "hint": group.label, "icon": item.icon, "url": item.url}
        for group in groups
        for item in group.items
    ]


def _fitting(items: list[Item], text: str) -> list[Item]:
    wanted = search.normalise(text)
    return [item for item in items if wanted in search.normalise(f"{item['label']} {item['hint']}")]


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:79] + "…"
