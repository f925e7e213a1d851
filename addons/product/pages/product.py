"""A product's list, form and page, and what is done with products."""

from __future__ import annotations

from addons.product.models import PriceListLine, Product
from core.api import Action, DetailPage, Env, FormPage, ListPage, Section, Tab, _, files_tab


def _put(state: str) -> Action:
    """The action that puts a product on sale or takes it off."""
    is_on = state == "on"

    def run(env: Env, record: Product) -> None:
        env.records(Product).update(record, {"sale_state": state})

    return Action(
        key="put_on_sale" if is_on else "take_off_sale",
        model=Product,
        label=_("Put on sale") if is_on else _("Take off sale"),
        icon="eye" if is_on else "eye-off",
        run=run,
        grant="edit",
        when=lambda env, record: record.sale_state != state,
        done=_("The product is on sale.") if is_on else _("The product is off sale: it is not offered any more."),
        bulk=True,
    )


PRODUCT = [
    ListPage(
        model=Product,
        columns=("picture", "code", "name", "category_id", "unit", "list_price", "cost", "tax_kind", "sale_state"),
        filters=("category_id", "sale_state", "tax_kind", "unit", "list_price", "cost"),
        quick_filters={
            "on": (_("On sale"), ("sale_state:is:on",)),
            "off": (_("Off sale"), ("sale_state:is:off",)),
        },
        card=("code", "list_price"),
        sort="code",
        empty=_("Here is what you sell. Add the first product, or import a list."),
    ),
    FormPage(
        model=Product,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("code", "name", "category_id", "unit", "sale_state", "specification", "picture"),
            ),
            Section(key="prices", label=_("Price and tax"), fields=("list_price", "cost", "tax_kind")),
            Section(key="more", label=_("More"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Product,
        pills=("sale_state",),
        header=("category_id", "list_price", "unit"),
        side=(
            Section(key="picture", label=_("Picture"), fields=("picture",)),
            Section(key="prices", label=_("Price and tax"), fields=("list_price", "cost", "tax_kind", "unit")),
            Section(key="facts", label=_("Key facts"), fields=("category_id", "specification", "sale_state")),
        ),
    ),
    Tab(
        place="product.detail.tabs",
        key="prices",
        label=_("Prices on lists"),
        children=PriceListLine,
        via="product_id",
        columns=("price_list_id", "minimum_quantity", "price"),
    ),
    files_tab("product.detail.tabs"),
    _put("on"),
    _put("off"),
]
