"""The entries of products in the side menu."""

from __future__ import annotations

from addons.product.models import PriceList, Product, ProductCategory
from core.api import Menu, _

MENU = [
    Menu(group="products", key="product", label=_("Products"), icon="package", model=Product, position=10),
    Menu(
        group="products",
        key="product_category",
        label=_("Product categories"),
        icon="category",
        model=ProductCategory,
        position=20,
    ),
    Menu(group="products", key="price_list", label=_("Price lists"), icon="tags", model=PriceList, position=30),
]
