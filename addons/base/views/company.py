"""The settings of the company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from addons.base.services.settings import FIELDS, CompanySettings
from addons.base.views.forms import form_page
from core.administration import file_problems, file_refusal, give_to_company, sent_form, takes_files, views
from core.api import AppError, Field, Invalid, Kind, RecordForm, _, pgettext, toast

if TYPE_CHECKING:
    from core.api import Env

LOGO = Field(
    Kind.IMAGE,
    _("Logo"),
    name="logo",
    help=_("PNG, JPEG or WebP; shown in the menu, on the sign-in page and on paper."),
)

SECTIONS = (
    ("company", _("Basic data"), ("name", "business_number", "address", "phone", "email", "website", "bank_account")),
    ("looks", _("Looks"), ("logo", "accent")),
    ("place", _("Language, time and money"), ("locale", "locales", "timezone", "currency")),
)


class SettingsForm(RecordForm):
    """The form of the settings. The accent colour is text, and has the browser's chooser beside it."""

    def view(self, name: str) -> views.FormFieldView:
        """One control as templates take it."""
        found = super().view(name)
        if name == "accent":
            around = Markup('<div class="colour" data-controller="colour" data-label="{}">{}</div>')
            found.control = around.format(found.label, found.control)
        return found


@takes_files
def edit() -> ResponseReturnValue:
    """Shows the settings, and takes them."""
    env: Env = g.env
    service = env.service(CompanySettings)
    service.check_may_edit()
    sent = sent_form() if request.method == "POST" else None
    logo = env.setting("company.logo")
    form = SettingsForm(env, [*FIELDS.values(), LOGO], values=service.values() | {"logo": logo}, sent=sent)
    form.refuse_sent(file_problems())
    if sent is not None and form.validate():
        try:
            with env.savepoint():
                service.save({name: form.values[name] for name in FIELDS})
                if form.values["logo"] != logo:
                    _take_logo(env, service, form.values["logo"])
        except AppError as error:
            form.refuse(error)
        else:
            toast(_("The settings are saved."))
            return redirect("/settings/company", 303)
    title = pgettext("menu", "Company")
    return form_page(form, title=title, url=request.path, cancel_url="/", submit=_("Save"), sections=SECTIONS)


def _take_logo(env: Env, service: CompanySettings, id: int | None) -> None:
    if id is not None:
        if message := file_refusal(env, LOGO, id, None):
            raise Invalid({LOGO.name: message})
        give_to_company(env, LOGO, id)
    service.set_logo(id)
