"""The settings of the company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from addons.base.services.settings import FIELDS, CompanySettings
from addons.base.views.forms import form_page
from core.administration import PICTURES, Content, add_company_file, keep, opens_units, views
from core.api import AppError, Field, Invalid, Kind, RecordForm, _, pgettext, toast

if TYPE_CHECKING:
    from core.administration import Settings, UnitOfWork
    from core.api import Env

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


@opens_units
def edit() -> ResponseReturnValue:
    """Shows the settings, and takes them. The logo is unpacked before the transaction, so that it stays short."""
    unit: UnitOfWork = current_app.unit  # type: ignore[attr-defined]
    with unit.as_user(g.known.user_id, write=False) as env:
        env.service(CompanySettings).check_may_edit()
        settings = env.site.settings
    logo, refusal = None, None
    try:
        logo = _received(settings)
    except Invalid as error:
        refusal = error
    return unit.stored(unit.open(g.known), lambda env: _edit(env, logo, refusal))


Logo = tuple[str, Content]
"""The name under which a picture was sent, and its content."""


def _received(settings: Settings) -> Logo | None:
    """Stores the picture that was sent, if one was. Raises `Invalid` for `logo`."""
    given: FileStorage | None = request.files.get("logo")
    if given is None or not given.filename:
        return None
    try:
        content = keep(settings, given.stream)
    except Invalid as error:
        raise Invalid({"logo": [message for messages in error.fields.values() for message in messages]}) from error
    if content.mime not in PICTURES:
        raise Invalid({"logo": _("Please choose a picture: PNG, JPEG or WebP.")})
    return given.filename, content


def _edit(env: Env, logo: Logo | None, refusal: Invalid | None) -> ResponseReturnValue:
    service = env.service(CompanySettings)
    service.check_may_edit()
    sent = request.form if request.method == "POST" else None
    values = service.values() | {"logo": env.setting("company.logo"), "no_logo": False}
    form = SettingsForm(env, [*FIELDS.values(), LOGO, NO_LOGO], values=values, sent=sent)
    is_valid = sent is not None and form.validate()
    if refusal is not None:
        form.refuse(refusal)
    elif is_valid:
        try:
            with env.savepoint():
                service.save({name: form.values[name] for name in FIELDS})
                _take_logo(env, service, logo, remove=bool(form.values["no_logo"]))
        except AppError as error:
            form.refuse(error)
        else:
            toast(_("The settings are saved."))
            return redirect("/settings/company", 303)
    has_logo = values["logo"] is not None
    shown = [(k, label, [n for n in names if n != "no_logo" or has_logo]) for k, label, names in SECTIONS]
    title = pgettext("menu", "Company")
    return form_page(form, title=title, url=request.path, cancel_url="/", submit=_("Save"), sections=shown)


def _take_logo(env: Env, service: CompanySettings, logo: Logo | None, *, remove: bool) -> None:
    if logo is not None:
        name, content = logo
        service.set_logo(add_company_file(env, name=name, content=content).id)
    elif remove:
        service.set_logo(None)
