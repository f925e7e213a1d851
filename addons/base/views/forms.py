"""A page with one form that is about no record."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from addons.base.services.site_settings import SiteSettings
from core.administration import views
from core.api import AppError, RecordForm, Text, _, toast


def form_page(
    form: RecordForm,
    *,
    title: Text | str,
    url: str,
    cancel_url: str,
    submit: Text | str,
    sections: Sequence[tuple[str, Text | str, Sequence[str]]] = (),
) -> ResponseReturnValue:
    """The page of `form`, with 422 if something in it is wrong. `sections`: (key, label, names of fields)."""
    arranged = sections or [("main", "", list(form.controls))]
    page = views.FormView(
        title=str(title),
        model="settings",
        url=url,
        sections=[
            views.FormSection(key, str(label), [form.view(name) for name in names]) for key, label, names in arranged
        ],
        hidden=Markup(),
        cancel_url=cancel_url,
        submit_label=str(submit),
        errors=form.summary,
        multipart=form.is_multipart,
    )
    return render_template("form.html", page=page), 422 if page.errors else 200


def settings_page(
    service: SiteSettings, *, title: Text | str, sections: Sequence[tuple[str, Text | str, Sequence[str]]]
) -> ResponseReturnValue:
    """Shows these settings at the address asked for, and takes them. Raises `Forbidden`."""
    service.check_may_edit()
    sent = request.form if request.method == "POST" else None
    form = RecordForm(service.env, list(service.fields.values()), values=service.values(), sent=sent)
    if sent is not None and form.validate():
        try:
            with service.env.savepoint():
                service.save(form.values)
        except AppError as error:
            form.refuse(error)
        else:
            toast(_("The settings are saved."))
            return redirect(request.path, 303)
    return form_page(form, title=title, url=request.path, cancel_url="/", submit=_("Save"), sections=sections)
