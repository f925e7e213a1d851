"""The templates of serial numbers: what there are, and changing one with a look at the next number."""

from __future__ import annotations

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from addons.base.services.numbering import Numbering, Numberings
from core.administration import views
from core.api import AppError, Env, Field, Invalid, Kind, RecordForm, _, ngettext, set_crumbs, toast

ROOT = "/settings/numbering"


def overview() -> ResponseReturnValue:
    """All fields with numbers."""
    found = _service().all()
    rows = [
        views.Row(id=place, url=f"{ROOT}/{one.key}", name=_name(one), cells=_cells(one))
        for place, one in enumerate(found, 1)
    ]
    columns = [
        views.Column("name", str(_("Number of")), is_primary=True),
        views.Column("template", str(_("Template"))),
        views.Column("next", str(_("Next number")), on_card=True),
        views.Column("at", str(_("Given")), on_card=True),
    ]
    page = views.ListView(
        title=str(_("Numbering")),
        model="numbering",
        url=ROOT,
        columns=columns,
        rows=rows,
        pager=views.Pager(str(ngettext("{count} entry", "{count} entries", len(rows)))),
        count=str(len(rows)),
    )
    return render_template("list.html", page=page)


def change(key: str) -> ResponseReturnValue:
    """Another template for one field."""
    service = _service()
    one = service.one(key)
    sent = request.form if request.method == "POST" else None
    form = RecordForm(g.env, [_field(one)], values={"template": one.template}, sent=sent)
    if sent is not None and form.validate():
        try:
            with g.env.savepoint():
                service.save(key, form.values["template"] or "")
        except AppError as error:
            form.refuse(error)
        else:
            toast(_("Numbers are given by the new template from now on."))
            return redirect(ROOT, 303)
    set_crumbs((str(_("Numbering")), ROOT), (_name(one), request.path))
    view = views.FormView(
        title=_name(one),
        model="settings",
        url=request.path,
        sections=[views.FormSection("template", "", [form.view("template")], columns=1)],
        hidden=Markup(),
        cancel_url=ROOT,
        submit_label=str(_("Save")),
        errors=form.summary,
    )
    status = 422 if form.summary else 200
    return render_template("base/numbering.html", page=view, next=one.next, preview_url=f"{ROOT}/{key}/preview"), status


def preview(key: str) -> ResponseReturnValue:
    """What the next number would look like, or why the template cannot be."""
    try:
        return str(escape(_service().preview(key, request.args.get("template", "")[:200])))
    except Invalid as error:
        return str(escape(" ".join(str(message) for messages in error.fields.values() for message in messages)))


def _service() -> Numberings:
    env: Env = g.env
    service = env.service(Numberings)
    service.check_may_edit()
    return service


def _field(one: Numbering) -> Field:
    text = _("Leave it empty to go back to {template}.", template=one.declared)
    return Field(Kind.TEXT, _("Template"), name="template", max_length=100, help=text)


def _name(one: Numbering) -> str:
    return f"{one.model.__title_plural__} › {one.field.label}"


def _cells(one: Numbering) -> list[Markup]:
    given = _("at “{action}”", action=one.at) if one.at is not None else _("when created")
    code = Markup("<code>{}</code>")
    return [escape(_name(one)), code.format(one.template), code.format(one.next), escape(given)]
