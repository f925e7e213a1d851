"""The company's own data and looks: settings under `company.*`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from addons.base.business_number import check_business_number
from addons.base.services.site_settings import SiteSettings
from core.administration import timezone_names
from core.api import LOCALES, Field, Kind, Message, Text, _, write_settings

PREFIX = "company."
ACCENT = "#2f5fd0"
CURRENCIES = {
    "TWD": _("New Taiwan dollar"),
    "USD": _("US dollar"),
    "CNY": _("Renminbi"),
    "JPY": _("Japanese yen"),
    "EUR": _("Euro"),
    "HKD": _("Hong Kong dollar"),
    "VND": _("Vietnamese dong"),
}
TIMEZONES: dict[str, Text] = {name: Text(name) for name in timezone_names()}
LANGUAGES: dict[str, Text] = {code: Text(name) for code, (_tag, name) in LOCALES.items()}


def _check_colour(value: str) -> Text | None:
    is_colour = re.fullmatch(r"#[0-9a-fA-F]{6}", value)
    return None if is_colour else _("Please enter a colour as # and six digits, such as #2f5fd0.")


FIELDS: dict[str, Field] = {
    found.name: found
    for found in (
        Field(Kind.TEXT, _("Company name"), name="name", required=True, max_length=100),
        Field(
            Kind.TEXT,
            _("Unified business number"),
            name="business_number",
            max_length=8,
            check=check_business_number,
        ),
        Field(Kind.TEXT, _("Address"), name="address", max_length=200),
        Field(Kind.PHONE, _("Phone"), name="phone", max_length=40),
        Field(Kind.EMAIL, _("E-mail"), name="email", max_length=254),
        Field(Kind.URL, _("Website"), name="website", max_length=300),
        Field(
            Kind.LONG_TEXT,
            _("Bank account"),
            name="bank_account",
            max_length=500,
            help=_("Printed on documents that ask for money: bank, branch, account and its holder."),
        ),
        Field(Kind.CHOICE, _("Currency"), name="currency", required=True, options=CURRENCIES, default="TWD"),
        Field(
            Kind.TEXT,
            _("Accent colour"),
            name="accent",
            required=True,
            default=ACCENT,
            max_length=7,
            check=_check_colour,
        ),
        Field(
            Kind.CHOICE,
            _("Language"),
            name="locale",
            required=True,
            options=LANGUAGES,
            default="zh_Hant_TW",
            help=_("For everybody who has not chosen another one."),
        ),
        Field(
            Kind.CHOICE,
            _("Time zone"),
            name="timezone",
            required=True,
            options=TIMEZONES,
            help=_("For everybody who has not chosen another one, and for the dates of the company."),
        ),
        Field(
            Kind.CHOICES,
            _("Languages to choose from"),
            name="locales",
            required=True,
            options=LANGUAGES,
            default=tuple(LANGUAGES),
        ),
    )
}


class CompanySettings(SiteSettings):
    """Reading and changing the settings of the company."""

    prefix = PREFIX
    fields = FIELDS

    def values(self) -> dict[str, Any]:
        """The present value of each field."""
        found = super().values()
        return found | {"locales": list(found["locales"]), "timezone": self.env.company_timezone.key}

    def set_logo(self, file_id: int | None) -> None:
        """Shows that file of the company as its logo, or none."""
        self.check_may_edit()
        before = self.env.setting(PREFIX + "logo")
        url = f"/logo?v={file_id}" if file_id is not None else None
        write_settings(self.env.connection_of_core, {PREFIX + "logo": file_id, PREFIX + "logo_url": url})
        self.note({"logo": [before, file_id]})

    def problems(self, wanted: Mapping[str, Any]) -> dict[str, Message]:
        """What is wrong with the settings as they would be."""
        problems = super().problems(wanted)
        if "locales" not in problems and wanted["locale"] not in wanted["locales"]:
            problems["locale"] = _("Please choose one of the languages below.")
        return problems
