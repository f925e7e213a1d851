"""The saved views of a list: what an address with one shows, and the menu in the title row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from core.errors import BadRequest
from core.i18n import _
from core.orm.filters import parse_all, parse_any
from core.orm.model import Model
from core.pages.catalogue import catalogue_of
from core.pages.list_args import NO_VIEW, ListArgs
from core.pages.views import Button, MenuItem, ViewsMenu
from core.saved_views import View, saved_views
from core.saved_views.changing import may_change, may_delete

if TYPE_CHECKING:
    from core.env import Env

KINDS = ("board", "calendar", "analysis")
"""The other ways to look at a list that a view may keep, each an address under that of the list."""


def opened(env: Env, model: type[Model], args: ListArgs) -> tuple[ListArgs, bool]:
    """The arguments with what is in their view, and whether all of that makes sense for this reader.

    Where it does not, a role hides a field that the view filters by, or its addon is off: the list is then left
    empty, as one condition less would show more than was meant. Raises `NotFound` for a view that is not there for
    the reader.
    """
    known = saved_views(env)
    if args.view_id is None:
        has_start = known.default(env, model.key()) is not None
        return replace(args, view=NO_VIEW if has_start else ""), True
    saved = known.get(env, args.view_id, model.key()).query
    if args.is_changed:
        return args.on(saved), True
    makes_sense = _makes_sense(env, model, saved.filters, saved.any)
    return (args.on(saved) if makes_sense else args), makes_sense


def start_url(env: Env, model: type[Model]) -> str:
    """Where a bare address of the list leads; empty where it is the list itself."""
    view = saved_views(env).default(env, model.key())
    return url_of(env, view) if view is not None else ""


def url_of(env: Env, view: View) -> str:
    """The address of a saved view: of the list, where its board or calendar is gone."""
    kind, pages = view.query.page, catalogue_of(env).models.get(view.model)
    has_page = kind in KINDS and pages is not None and getattr(pages, kind) is not None
    return f"/{view.model}{f'/{kind}' if has_page else ''}?view={view.id}"


def kind_of(url: str) -> str:
    """Which way of looking at a list the address is: one of `KINDS`, empty for the list itself."""
    last = url.rpartition("/")[2]
    return last if last in KINDS else ""


def menu(env: Env, model: type[Model], title: str, args: ListArgs, quick: Sequence[MenuItem], url: str) -> ViewsMenu:
    """The menu of views over a list, at this address."""
    key = model.key()
    known = saved_views(env)
    usable = list(known.usable(env, key))
    active = next((view for view in usable if view.id == args.view_id), None)
    start = known.default(env, key)
    items = [(view, _item(env, view, active, start)) for view in usable]
    mine, shared = (
        [item for view, item in items if (view.owner_id == env.actor.id) is is_mine] for is_mine in (True, False)
    )
    prepared = quick or [MenuItem("", str(_("All")), whole_list(env, key), "list", active is None)]
    groups = [("", prepared), (str(_("My views")), mine), (str(_("Shared with me")), shared)]
    state = [*args.whole, *([("page", kind_of(url))] if kind_of(url) else [])]
    return ViewsMenu(
        title=active.name if active else title,
        is_saved=active is not None,
        is_changed=active is not None and args.saved is not None and not args.is_as_saved,
        groups=[(label, found) for label, found in groups if found],
        actions=_actions(env, key, active, start, args, urlencode(state)),
    )


def whole_list(env: Env, model: str) -> str:
    """The address of the list without any view."""
    args = ListArgs(view=NO_VIEW) if saved_views(env).default(env, model) is not None else ListArgs()
    return args.url(f"/{model}")


def _item(env: Env, view: View, active: View | None, start: View | None) -> MenuItem:
    icon = "star" if start is not None and view.id == start.id else "users" if view.is_shared else "bookmark"
    return MenuItem(str(view.id), view.name, url_of(env, view), icon, active is not None and view.id == active.id)


def _actions(env: Env, model: str, active: View | None, start: View | None, args: ListArgs, state: str) -> list[Button]:
    new = Button("view-new", str(_("Save as a new view…")), icon="plus", dialog_url=f"/views/{model}/new?{state}")
    if active is None:
        return [new, *([_start(model, None)] if start is not None else [])]
    # Nothing can be kept of a view that the reader cannot open: it would be kept without what they may not see.
    found = [*_changes(env, active, args, state), new] if args.saved is not None else []
    if may_change(env, active):
        address = f"/views/{active.id}/edit"
        found.append(Button("view-edit", str(_("Rename, share…")), icon="share", dialog_url=address))
    found.append(_start(model, active if start is None or start.id != active.id else None))
    return found + ([_delete(active)] if may_delete(env, active) else [])


def _changes(env: Env, active: View, args: ListArgs, state: str) -> list[Button]:
    """What can be done about a list that is no longer as its view."""
    if args.is_as_saved:
        return []
    address = f"/views/{active.id}/save?version={active.version}&{state}"
    save = Button("view-save", str(_("Save the changes")), address, method="post", icon="check")
    reset = Button("view-reset", str(_("Discard the changes")), url_of(env, active), icon="arrow-back-up")
    return [save, reset] if may_change(env, active) else [reset]


def _start(model: str, view: View | None) -> Button:
    label = _("Always start with this view") if view else _("Always start with the whole list")
    address = f"/views/{model}/start" + (f"?view={view.id}" if view else "")
    return Button("view-start", str(label), address, method="post", icon="star")


def _delete(view: View) -> Button:
    question = str(_("Delete the view “{name}”? The records stay as they are.", name=view.name))
    return Button(
        "view-delete",
        str(_("Delete the view")),
        f"/views/{view.id}/delete",
        method="post",
        icon="trash",
        tone="negative",
        confirm=question,
    )


def _makes_sense(env: Env, model: type[Model], filters: Sequence[str], alternatives: Sequence[str]) -> bool:
    try:
        parse_all(env, model, filters)
        parse_any(env, model, alternatives)
    except BadRequest:
        return False
    return True
