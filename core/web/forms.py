"""The forms of core's own pages: signing in, passwords, preferences."""

from __future__ import annotations

from typing import Any

from wtforms import (
    Field,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice

from core.access import users
from core.i18n import LOCALES, Text, _
from core.timezones import timezone_names
from core.web.csrf import csrf_token


class WebForm(Form):
    """A form with the token that `core.web.csrf` asks for."""

    class Meta:
        # The messages are ours, in the reader's language.
        locales = False

    csrf_token = HiddenField()

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Fills in the token anew, whatever was sent."""
        super().process(*args, **kwargs)
        self.csrf_token.data = csrf_token()


def filled(form: Form, field: Field) -> None:
    """Refuses an empty field."""
    if not field.data:
        raise ValidationError(str(_("Please fill in this field.")))


def short_enough(form: Form, field: Field) -> None:
    """Refuses what nobody types and only costs time."""
    if field.data and len(field.data) > users.LONGEST:
        text = _("At most {limit} characters; these are {length}.", limit=users.LONGEST, length=len(field.data))
        raise ValidationError(str(text))


class SignInForm(WebForm):
    """Who it is."""

    username = StringField(_("Sign-in name"), [filled, short_enough], filters=[lambda v: v.strip() if v else v])
    password = PasswordField(_("Password"), [filled, short_enough])


class ForgottenForm(WebForm):
    """Asks for a link to set a new password."""

    username = StringField(
        _("Sign-in name or e-mail"), [filled, short_enough], filters=[lambda v: v.strip() if v else v]
    )


class _WithNewPassword(WebForm):
    """What the two forms that set a password have in common. `account` is whose it is."""

    account = ""

    def validate_new_password(self, field: Field) -> None:
        problem = users.weakness(field.data or "", username=self.account)
        if problem is not None:
            raise ValidationError(str(problem))

    def validate_repeat(self, field: Field) -> None:
        if field.data and field.data != self["new_password"].data:
            raise ValidationError(str(_("The two passwords differ.")))


class NewPasswordForm(_WithNewPassword):
    """Sets a password with a link."""

    new_password = PasswordField(_("New password"), [filled, short_enough])
    repeat = PasswordField(_("Repeat the new password"), [filled])


class ChangePasswordForm(_WithNewPassword):
    """Sets a password for somebody who knows the present one."""

    current_password = PasswordField(_("Present password"), [filled, short_enough])
    new_password = PasswordField(_("New password"), [filled, short_enough])
    repeat = PasswordField(_("Repeat the new password"), [filled])


THEMES = {"auto": _("As the system"), "light": _("Light"), "dark": _("Dark")}
DENSITIES = {"compact": _("Compact"), "comfortable": _("Comfortable")}


class PreferencesForm(WebForm):
    """How somebody likes to work."""

    locale = SelectField(_("Language"))
    theme = RadioField(_("Theme"))
    density = RadioField(_("Density of lists"))
    timezone = SelectField(_("Time zone"))

    def __init__(self, *args: Any, company_timezone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_browser = SelectChoice("", str(_("As the browser")))
        names = [SelectChoice(key, name) for key, (_tag, name) in LOCALES.items()]
        self.locale.choices = [as_browser, *names]
        self.theme.choices = _choices(THEMES)
        self.density.choices = _choices(DENSITIES)
        as_company = SelectChoice("", str(_("As the company ({timezone})", timezone=company_timezone)))
        self.timezone.choices = [as_company, *(SelectChoice(name, name) for name in timezone_names())]


class TokenForm(WebForm):
    """Makes an API token."""

    name = StringField(_("What it is for"), [filled, short_enough], filters=[lambda v: v.strip() if v else v])


def _choices(options: dict[str, Text]) -> list[SelectChoice]:
    return [SelectChoice(value, str(label)) for value, label in options.items()]
