"""What administrators keep for documents: currencies and the highest discounts of roles."""

from __future__ import annotations

from addons.sales.models import Currency, DiscountLimit
from core.api import DetailPage, FormPage, ListPage, Section, _

SETTINGS = [
    ListPage(
        model=Currency,
        columns=("code", "decimals", "rate", "is_active"),
        sort="code",
        empty=_("Here are the currencies that documents are written in."),
    ),
    FormPage(
        model=Currency,
        sections=(Section(key="main", label=_("Basic data"), fields=("code", "decimals", "rate", "is_active")),),
    ),
    DetailPage(
        model=Currency,
        side=(Section(key="facts", label=_("Key facts"), fields=("decimals", "rate", "is_active")),),
    ),
    ListPage(
        model=DiscountLimit,
        columns=("role_id", "highest"),
        empty=_("Here is how much discount each role gives by itself. Without a limit a role is free."),
    ),
    FormPage(
        model=DiscountLimit,
        sections=(Section(key="main", label=_("Basic data"), fields=("role_id", "highest")),),
    ),
    DetailPage(
        model=DiscountLimit,
        side=(Section(key="facts", label=_("Key facts"), fields=("role_id", "highest")),),
    ),
]
