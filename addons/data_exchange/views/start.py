"""Beginning an import: what is to be taken in, and from which file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from flask.typing import ResponseReturnValue

from addons.data_exchange.views.looks import ROOT, steps
from core.api import Forbidden, Model, _, describe, importing, leave, page, set_crumbs

if TYPE_CHECKING:
    from core.api import Env


@importing.takes_table
def new() -> ResponseReturnValue:
    """Asks for the file, and takes it."""
    env: Env = g.env
    models = importing.importable_models(env)
    if not models:
        raise Forbidden()
    if request.method == "GET":
        return _form(env, models)
    chosen = next((model for model in models if model.key() == request.form.get("model")), None)
    if chosen is None:
        return _form(env, models, model_error=str(_("Please choose what to import.")))
    try:
        draft = importing.put_in(env, chosen, importing.received_table())
    except importing.Unreadable as error:
        return _form(env, models, file_error=str(error.message))
    return leave(f"{ROOT}/{draft.id}")


def _form(env: Env, models: list[type[Model]], *, model_error: str = "", file_error: str = "") -> ResponseReturnValue:
    set_crumbs((str(_("New import")), request.path))
    limit = env.site.settings.max_upload_mb
    return page(
        "data_exchange/start.html",
        422 if model_error or file_error else 200,
        choices=[(model.key(), str(describe(model).title_plural)) for model in models],
        chosen=request.values.get("model", ""),
        model_error=model_error,
        file_error=file_error,
        limit=limit,
        too_large=str(_("The file is too large; at most {limit} MB.", limit=limit)),
        steps=steps(0),
    )
