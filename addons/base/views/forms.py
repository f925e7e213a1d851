"""A page with one form that is about no record."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from core.administration import views
from core.api import RecordForm, Text


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
