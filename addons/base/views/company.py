"""The settings of the company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from addons.base.services.settings import FIELDS, CompanySettings
from addons.base.views.forms import form_page
from core.errors import AppError, Invalid
from core.files.attachments import add_company_file
from core.files.kinds import PICTURES
from core.files.store import keep
from core.i18n import _, pgettext
from core.orm.field import Field, Kind
from core.pages.forms import RecordForm
from core.pages.saving import attempt
from core.pages.toasts import toast

if TYPE_CHECKING:
    from core.env import Env

LOGO = Field(
    Kind.IMAGE,
    _("Logo"),
    name="logo",
    help=_("PNG, JPEG or WebP; shown in the menu, on the sign-in page and on paper."),
)
NO_LOGO = Field(Kind.BOOLEAN, _("Remove the logo"), name="no_logo")

SECTIONS = (
    ("company", _("Basic data"), ("name", "business_number", "address", "phone", "email", "website")),
    ("looks", _("Looks"), ("logo", "no_logo", "accent")),
    ("place", _("Language and money"), ("locale", "locales", "currency")),
)


def edit() -> ResponseReturnValue:
    """Shows the settings, and takes them."""
    env: Env = g.env
    service = env.service(CompanySettings)
    service.check_may_edit()
    sent = request.form if request.method == "POST" else None
    values = service.values() | {"logo": env.setting("company.logo"), "no_logo": False}
    form = RecordForm(env, [*FIELDS.values(), LOGO, NO_LOGO], values=values, sent=sent)
    if sent is not None and form.validate():
        try:
            with attempt(env):
                service.save({name: form.values[name] for name in FIELDS})
                _take_logo(env, service, remove=bool(form.values["no_logo"]))
        except AppError as error:
            form.refuse(error)
        else:
            toast(_("The settings are saved."))
            return redirect("/settings/company", 303)
    has_logo = values["logo"] is not None
    shown = [(k, label, [n for n in names if n != "no_logo" or has_logo]) for k, label, names in SECTIONS]
    title = pgettext("menu", "Company")
    return form_page(form, title=title, url=request.path, cancel_url="/", submit=_("Save"), sections=shown)


def _take_logo(env: Env, service: CompanySettings, *, remove: bool) -> None:
    given: FileStorage | None = request.files.get("logo")
    if given is not None and given.filename:
        content = keep(env.site.settings, given.stream)
        if content.mime not in PICTURES:
            raise Invalid({"logo": _("Please choose a picture: PNG, JPEG or WebP.")})
        service.set_logo(add_company_file(env, name=given.filename, content=content).id)
    elif remove:
        service.set_logo(None)
