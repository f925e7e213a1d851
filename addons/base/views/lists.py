"""The lists that administrators edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from addons.base.services.lists import TONES, ListValues
from addons.base.views.forms import form_page
from core.administration import ListValue, views
from core.api import (
    LOCALES,
    AppError,
    Conflict,
    Field,
    Forbidden,
    Kind,
    ListSpec,
    NotFound,
    RecordForm,
    Text,
    Value,
    _,
    listed,
    ngettext,
    pgettext,
    set_crumbs,
    toast,
)

if TYPE_CHECKING:
    from core.api import Env

ROOT = "/settings/lists"


def overview() -> ResponseReturnValue:
    """All lists."""
    service = _service()
    specs = sorted(service.specs(), key=lambda spec: spec.key)
    rows = [
        views.Row(
            id=place,
            url=f"{ROOT}/{spec.key}",
            name=str(spec.label),
            cells=[escape(spec.label), _preview(service, spec)],
        )
        for place, spec in enumerate(specs, 1)
    ]
    columns = [views.Column("name", str(_("List")), is_primary=True), views.Column("values", str(_("Values")))]
    return render_template("list.html", page=_list_view(_("Lists"), ROOT, columns, rows))


def values(key: str) -> ResponseReturnValue:
    """The values of one list, with what can be done with those that are ticked."""
    service = _service()
    spec = service.spec(key)
    url = f"{ROOT}/{key}"
    rows = [
        views.Row(id=v.id, url=f"{url}/{v.id}", edit_url=f"{url}/{v.id}", name=_label(v), cells=_cells(spec, v))
        for v in service.values(key)
    ]
    columns = [
        views.Column("label", str(pgettext("list", "Value")), is_primary=True),
        *([views.Column("meaning", str(_("Meaning")), on_card=True)] if spec.meanings else []),
        views.Column("code", str(_("Code"))),
        views.Column("state", str(_("State")), on_card=True),
    ]
    page = _list_view(spec.label, url, columns, rows)
    page.actions = [views.Button("new", str(_("Add a value")), url=f"{url}/new", icon="plus", tone="accent")]
    page.bulk_actions = [
        views.Button("up", str(_("Move up")), url=f"{url}/do/up", method="post", icon="arrow-up"),
        views.Button("down", str(_("Move down")), url=f"{url}/do/down", method="post", icon="arrow-down"),
        views.Button("off", str(_("Switch off")), url=f"{url}/do/off", method="post", icon="eye-off"),
        views.Button("on", str(_("Switch on")), url=f"{url}/do/on", method="post", icon="eye"),
        views.Button(
            "delete",
            str(_("Delete")),
            url=f"{url}/do/delete",
            method="post",
            icon="trash",
            tone="negative",
            confirm=str(_("Delete these values? Those that records hold stay.")),
        ),
    ]
    set_crumbs((str(spec.label), url))
    return render_template("list.html", page=page)


def add(key: str) -> ResponseReturnValue:
    """A new value."""
    service = _service()
    return _value_form(
        service.spec(key),
        title=_("New value"),
        initial={"tone": "neutral"},
        save=lambda given: service.add(key, **given),
    )


def change(key: str, id: int) -> ResponseReturnValue:
    """Another label, tone or meaning of a value. Its code stays for ever."""
    service = _service()
    spec, value = service.spec(key), service.value(key, id)
    return _value_form(
        spec,
        title=_label(value),
        initial={
            **{f"label_{locale}": value.labels.get(locale, "") for locale in LOCALES},
            "tone": value.tone,
            "meaning": value.meaning,
        },
        save=lambda given: service.change(key, id, **given, is_active=value.is_active),
    )


def act(key: str, what: str) -> ResponseReturnValue:
    """What was chosen to be done with the ticked values."""
    service = _service()
    ids = [int(id) for id in request.form.getlist("ids") if id.isdecimal() and len(id) < 18]
    deeds: dict[str, Callable[[], None]] = {
        "up": lambda: service.move(key, ids, by=-1),
        "down": lambda: service.move(key, ids, by=1),
        "on": lambda: service.switch(key, ids, on=True),
        "off": lambda: service.switch(key, ids, on=False),
        "delete": lambda: service.delete(key, ids),
    }
    if what not in deeds:
        raise NotFound()
    try:
        with g.env.savepoint():
            deeds[what]()
    except Conflict as error:
        toast(str(error.message), "negative")
    return redirect(f"{ROOT}/{key}", 303)


def _service() -> ListValues:
    env: Env = g.env
    if not env.actor.may("settings", "edit"):
        raise Forbidden()
    return env.service(ListValues)


def _value_form(
    spec: ListSpec, *, title: Text | str, initial: Mapping[str, Any], save: Callable[[dict[str, Any]], Any]
) -> ResponseReturnValue:
    url = f"{ROOT}/{spec.key}"
    sent = request.form if request.method == "POST" else None
    form = RecordForm(g.env, _fields(g.env, spec), values=initial, sent=sent)
    if sent is not None and form.validate():
        labels = {locale: form.values[f"label_{locale}"] or "" for locale in LOCALES}
        given = {"labels": labels, "tone": form.values["tone"], "meaning": form.values.get("meaning") or ""}
        try:
            with g.env.savepoint():
                save(given)
        except AppError as error:
            form.refuse(error)
        else:
            return redirect(url, 303)
    set_crumbs((str(spec.label), url), (str(title), request.path))
    return form_page(form, title=title, url=request.path, cancel_url=url, submit=_("Save"))


def _fields(env: Env, spec: ListSpec) -> list[Field]:
    first = env.site.default_locale(env)
    found = [
        Field(
            Kind.TEXT,
            _("Label in {language}", language=name),
            name=f"label_{locale}",
            required=locale == first,
            max_length=60,
        )
        for locale, (_tag, name) in LOCALES.items()
    ]
    found.append(Field(Kind.CHOICE, _("Colour"), name="tone", required=True, options=TONES))
    if spec.meanings:
        help_ = _("What automations go by, whatever the value is called.")
        found.append(Field(Kind.CHOICE, _("Meaning"), name="meaning", options=spec.meanings, help=help_))
    return found


def _list_view(title: Text | str, url: str, columns: list[views.Column], rows: list[views.Row]) -> views.ListView:
    count = ngettext("{count} entry", "{count} entries", len(rows))
    return views.ListView(
        title=str(title),
        model="list",
        url=url,
        columns=columns,
        rows=rows,
        pager=views.Pager(str(count)),
        count=str(len(rows)),
    )


def _preview(service: ListValues, spec: ListSpec) -> Markup:
    labels = [_label(value) for value in service.values(spec.key) if value.is_active]
    more = "…" if len(labels) > 6 else ""
    return Markup('<span class="muted">{}{}</span>').format(listed(labels[:6]), more)


def _cells(spec: ListSpec, value: ListValue) -> list[Markup]:
    meanings = [escape(spec.meanings.get(value.meaning, ""))] if spec.meanings else []
    state = _("Offered") if value.is_active else _("Switched off")
    return [
        Markup('<span class="pill pill-{}">{}</span>').format(value.tone, _label(value)),
        *meanings,
        Markup("<code>{}</code>").format(value.code),
        escape(state),
    ]


def _label(value: ListValue) -> str:
    return Value(value.code, value.labels).label
