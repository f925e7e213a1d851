"""The settings of sales."""

from __future__ import annotations

from flask import g
from flask.typing import ResponseReturnValue

from addons.base.views.forms import settings_page
from addons.sales.services.settings import SalesSettings
from core.api import _, pgettext

SECTIONS = (
    ("documents", _("Quotes and orders"), ("tax_rate", "quote_days")),
    ("review", _("Review"), ("self_approval",)),
)


def edit() -> ResponseReturnValue:
    """Shows the settings, and takes them."""
    return settings_page(g.env.service(SalesSettings), title=pgettext("menu", "Sales documents"), sections=SECTIONS)
