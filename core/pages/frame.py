"""Everything around a page: company, menu, crumbs, user, messages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, cast
from weakref import WeakKeyDictionary

from flask import current_app, g, request

from core.addons.overview import attention
from core.i18n import LOCALES, current_locale
from core.notifications import reading
from core.orm.model import describe
from core.pages import nodes
from core.pages.catalogue import Catalogue, catalogue_of
from core.pages.people import person
from core.pages.toasts import pending_toasts
from core.pages.views import Frame, MenuGroup, MenuItem

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.env import Env

Crumb = tuple[str, str]
ADDONS_URL = "/settings/addons"
ON_PHONE = 4
"""How many entries the bottom bar of a phone has room for, beside "more"."""


def set_crumbs(*crumbs: Crumb) -> None:
    """Says where the page is, as (label, address) from the top; the last one is the page itself."""
    g.crumbs = crumbs


def build_frame(env: Env) -> Frame:
    """The frame of the page that answers the current request."""
    menu, phone = menu_of(env)
    active = _active_url(request.path, menu)
    member = env.actor.member
    company = str(env.setting("company.name") or "9KCRM")
    token = current_app.jinja_env.globals.get("csrf_token")
    unread = reading.unread(env)
    return Frame(
        company=company,
        logo_url=str(env.setting("company.logo_url") or ""),
        user=person(env, env.user_id),
        menu=[_marked_group(group, active) for group in menu],
        phone_menu=_marked(phone, active),
        crumbs=_crumbs(menu, active),
        locale=current_locale(),
        html_lang=LOCALES[current_locale()][0],
        theme=cast("Literal['auto', 'light', 'dark']", member.theme),
        density=cast("Literal['compact', 'comfortable']", member.density),
        accent=str(env.setting("company.accent") or ""),
        csrf_token=token() if callable(token) else "",
        toasts=pending_toasts(),
        banner=attention(env),
        banner_url=ADDONS_URL,
        unread=reading.shown(unread),
        bell_label=reading.spoken(unread),
        cache_key=f"{_digest(env)}:{active}:{company}",
    )


def menu_of(env: Env) -> tuple[Sequence[MenuGroup], Sequence[MenuItem]]:
    """The side menu and the bottom bar of what the actor may open; kept while nothing of it changes."""
    menu, phone, _same = _kept_menu(env)
    return menu, phone


def _digest(env: Env) -> str:
    """The same for everybody with the same menu in the same language."""
    return _kept_menu(env)[2]


def _kept_menu(env: Env) -> _Menu:
    known = _menus.setdefault(env.actor, {})
    key = (env.enabled, env.versions.get("hooks"), current_locale())
    if key not in known:
        if len(known) > len(LOCALES):
            known.clear()
        known[key] = _build_menu(env, catalogue_of(env))
    return known[key]


_Menu = tuple[Sequence[MenuGroup], Sequence[MenuItem], str]
_menus: WeakKeyDictionary[Actor, dict[Any, _Menu]] = WeakKeyDictionary()


def _build_menu(env: Env, catalogue: Catalogue) -> _Menu:
    nodes_of_all = [*catalogue.menu, *env.hooks.menu()]
    open_to_actor = [node for node in nodes_of_all if _may_open(env, catalogue, node)]
    groups = []
    for group in catalogue.groups:
        items = [_item(node) for node in open_to_actor if node.group == group.key]
        if items:
            groups.append(MenuGroup(group.key, str(group.label), group.icon, items))
    phone = [_item(node) for node in [node for node in open_to_actor if node.phone] or open_to_actor][:ON_PHONE]
    digest = hashlib.sha256(repr((current_locale(), groups, phone)).encode()).hexdigest()
    return groups, phone, digest[:16]


def _may_open(env: Env, catalogue: Catalogue, node: nodes.Menu) -> bool:
    if node.grant is not None and not env.actor.may(*node.grant):
        return False
    if node.model is None:
        return bool(node.url)
    key = node.model.key()
    found = catalogue.models.get(key)
    return found is not None and found.listing is not None and env.actor.may(key, "read")


def _item(node: nodes.Menu) -> MenuItem:
    icon = node.icon or (node.model.__icon__ if node.model else "circle")
    url = node.url or (f"/{describe(node.model).key}" if node.model else "/")
    return MenuItem(node.key, str(node.label), url, icon)


def _active_url(path: str, menu: Iterable[MenuGroup]) -> str:
    """The address of the menu's entry that the page belongs to: the longest one that the path starts with."""
    urls = [item.url.partition("?")[0] for group in menu for item in group.items]
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(f"{url}/"))]
    return max(fitting, key=len, default="")


def _marked(items: Iterable[MenuItem], active: str) -> list[MenuItem]:
    return [replace(i, is_active=True) if i.url.partition("?")[0] == active else i for i in items]


def _marked_group(group: MenuGroup, active: str) -> MenuGroup:
    if all(item.url.partition("?")[0] != active for item in group.items):
        return group
    return replace(group, items=_marked(group.items, active), is_active=True)


def _crumbs(menu: Iterable[MenuGroup], active: str) -> list[Crumb]:
    """The group of the menu, its entry, and what the page itself adds."""
    crumbs: list[Crumb] = []
    for group in menu:
        for item in group.items:
            if active and item.url.partition("?")[0] == active:
                crumbs = [(group.label, ""), (item.label, item.url)]
                crumbs = crumbs[1:] if group.label == item.label else crumbs
    own = [crumb for crumb in g.get("crumbs", ()) if crumb not in crumbs]
    return [*crumbs, *own] if crumbs else list(own)
