"""The addons of this installation: what each adds, enabling and disabling them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import g, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from core.administration import (
    ADDON_STATES,
    AddonOverview,
    AddonState,
    Impact,
    addon_overview,
    addon_overviews,
    disable_addon,
    enable_addon,
    impact,
    switch_on,
    views,
)
from core.api import Conflict, NotFound, _, in_a_row, leave, listed, ngettext, pgettext, set_crumbs, toast

if TYPE_CHECKING:
    from core.api import Env

ROOT = "/settings/addons"
TONES: dict[AddonState, views.Tone] = {
    AddonState.ON: "positive",
    AddonState.OFF: "neutral",
    AddonState.WAITING: "warning",
    AddonState.QUARANTINED: "negative",
}
COLUMNS = (
    ("name", pgettext("addon", "Addon")),
    ("state", _("State")),
    ("summary", pgettext("addon", "Summary")),
    ("category", _("Category")),
    ("needs", _("Depends on")),
    ("version", _("Version")),
)
ON_CARD = ("state", "summary")


def overview() -> ResponseReturnValue:
    """All addons, those that need attention first."""
    found = addon_overviews(g.env)
    columns = [
        views.Column(name, str(label), is_primary=name == "name", on_card=name in ON_CARD) for name, label in COLUMNS
    ]
    page = views.ListView(
        title=str(_("Addons")),
        model="addon",
        url=ROOT,
        columns=columns,
        rows=[_row(place, each) for place, each in enumerate(found, 1)],
        pager=views.Pager(str(ngettext("{count} addon", "{count} addons", len(found)))),
        count=str(len(found)),
    )
    return render_template("list.html", page=page)


def detail(name: str) -> ResponseReturnValue:
    """One addon: its state, what it adds, and what is wrong with it."""
    env: Env = g.env
    found = addon_overview(env, name)
    set_crumbs((str(found.title), f"{ROOT}/{name}"))
    told = impact(env, name) if found.state is not AddonState.QUARANTINED else None
    return render_template(
        "base/addon.html",
        addon=found,
        url=f"{ROOT}/{name}",
        state=views.Pill(str(ADDON_STATES[found.state]), TONES[found.state]),
        actions=_actions(env, found, told) if told else [],
        facts=_facts(found),
        impact=told,
    )


def switch(name: str, what: str) -> ResponseReturnValue:
    """Enables or disables the addon, or gives its hooks another chance."""
    env: Env = g.env
    found = addon_overview(env, name)
    try:
        if what == "enable":
            if names := enable_addon(env, name):
                toast(_("Enabled: {names}", names=_titles(env, names)))
        elif what == "disable":
            if names := disable_addon(env, name):
                toast(_("Disabled: {names}. Nothing was deleted.", names=_titles(env, names)))
        elif what == "hooks" and found.broken_hooks:
            switch_on(env, name)
            toast(_("The reactions of {title} are tried again.", title=found.title))
        else:
            raise NotFound()
    except Conflict as error:
        toast(str(error.message), "negative")
    return leave(f"{ROOT}/{name}")


def _row(place: int, each: AddonOverview) -> views.Row:
    pill = Markup('<span class="pill pill-{}">{}</span>').format(TONES[each.state], str(ADDON_STATES[each.state]))
    cells = {
        "name": escape(each.title),
        "state": pill,
        "summary": _summary(each),
        "category": escape(each.category or ""),
        "needs": escape(listed(str(title) for _name, title in each.needs)),
        "version": escape(each.version),
    }
    url = f"{ROOT}/{each.name}"
    return views.Row(id=place, url=url, name=str(each.title), cells=[cells[name] for name, _label in COLUMNS])


def _summary(each: AddonOverview) -> Markup:
    """What is wrong, if anything; else what it is good for."""
    if each.problem is not None:
        return escape(each.problem.cause)
    if each.broken_hooks:
        return escape(_("Some of its reactions are switched off, because they kept failing."))
    if each.waits_for:
        return escape(_("Waits for: {names}", names=listed(str(title) for title in each.waits_for)))
    return escape(each.summary or "")


def _facts(found: AddonOverview) -> list[views.Fact]:
    needs = [
        Markup('<a href="{}/{}">{}</a>').format(ROOT, name, title) if title else escape(name)
        for name, title in found.needs
    ]
    values = (
        (_("Name"), Markup("<code>{}</code>").format(found.name)),
        (_("Version"), escape(found.version)),
        (_("Category"), escape(found.category or "")),
        (_("Depends on"), Markup(listed(needs))),
        (_("Folder"), Markup("<code>{}</code>").format(found.path)),
    )
    return [views.Fact(str(label), value) for label, value in values if value]


def _actions(env: Env, found: AddonOverview, told: Impact) -> list[views.Button]:
    url = f"{ROOT}/{found.name}"
    on = views.Button(
        "enable", str(_("Enable")), f"{url}/enable", "post", "circle-check", "accent", _on(env, found, told)
    )
    off = views.Button(
        "disable", str(_("Disable")), f"{url}/disable", "post", "circle-x", confirm=_off(env, found, told)
    )
    if found.is_essential:
        return []
    return {AddonState.ON: [off], AddonState.OFF: [on], AddonState.WAITING: [on, off]}[found.state]


def _on(env: Env, found: AddonOverview, told: Impact) -> str:
    said = [_("Enable {title}?", title=found.title)]
    if told.with_it:
        said.append(_("These are enabled with it: {names}.", names=_titles(env, told.with_it)))
    if told.parts:
        said.append(_("It adds: {parts}.", parts=_counted(told)))
    return in_a_row(map(str, said))


def _off(env: Env, found: AddonOverview, told: Impact) -> str:
    said = [_("Disable {title}?", title=found.title)]
    if told.after_it:
        said.append(_("These go with it: {names}.", names=_titles(env, told.after_it)))
    if told.parts:
        said.append(_("Hidden until it is enabled again: {parts}.", parts=_counted(told)))
    kept = [f"{each.title} ({each.count:,}{'+' if each.more else ''})" for each in told.kept if each.count]
    said.append(_("Nothing is deleted; kept: {records}.", records=listed(kept)) if kept else _("Nothing is deleted."))
    return in_a_row(map(str, said))


def _counted(told: Impact) -> str:
    return listed(f"{part.label} ({len(part.items)})" for part in told.parts)


def _titles(env: Env, names: Sequence[str]) -> str:
    titles = {each.name: str(each.title) for each in addon_overviews(env)}
    return listed(titles[name] for name in names)
