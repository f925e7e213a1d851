"""A price list's list, form and page, and the form of one price."""

from __future__ import annotations

from addons.product.models import PriceList, PriceListLine
from core.api import DetailPage, FormPage, ListPage, Section, Tab, _

PRICE_LIST = [
    ListPage(
        model=PriceList,
        columns=("name", "levels", "valid_from", "valid_until", "is_active"),
        filters=("is_active", "levels", "valid_from", "valid_until"),
        quick_filters={"active": (_("In use"), ("is_active:is:yes",))},
        card=("levels", "valid_until"),
        sort="name",
        empty=_("Here are prices other than the list price: for some customers, for some time, or from a quantity on."),
    ),
    FormPage(
        model=PriceList,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("name", "levels", "valid_from", "valid_until", "is_active", "note"),
            ),
        ),
    ),
    DetailPage(
        model=PriceList,
        pills=("is_active",),
        header=("levels", "valid_from", "valid_until"),
        side=(
            Section(
                key="facts", label=_("Key facts"), fields=("levels", "valid_from", "valid_until", "is_active", "note")
            ),
        ),
    ),
    Tab(
        place="price_list.detail.tabs",
        key="prices",
        label=_("Prices"),
        children=PriceListLine,
        via="price_list_id",
        columns=("product_id", "minimum_quantity", "price"),
    ),
    ListPage(
        model=PriceListLine,
        columns=("price_list_id", "product_id", "minimum_quantity", "price"),
        filters=("price_list_id", "product_id"),
        card=("price_list_id", "price"),
    ),
    FormPage(
        model=PriceListLine,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("price_list_id", "product_id", "minimum_quantity", "price"),
            ),
        ),
    ),
    DetailPage(
        model=PriceListLine,
        header=("price_list_id", "product_id", "minimum_quantity", "price"),
        side=(
            Section(
                key="facts", label=_("Key facts"), fields=("price_list_id", "product_id", "minimum_quantity", "price")
            ),
        ),
    ),
]
