"""A category's list, form and page."""

from __future__ import annotations

from addons.product.models import Product, ProductCategory
from core.api import DetailPage, FormPage, ListPage, Section, Tab, _

CATEGORY = [
    ListPage(
        model=ProductCategory,
        columns=("path", "parent_id", "note"),
        filters=("parent_id",),
        quick_filters={"top": (_("At the top"), ("parent_id:empty:yes",))},
        card=("parent_id",),
        sort="path",
        empty=_("Here is the tree in which products are found. Begin with a category at the top."),
    ),
    FormPage(
        model=ProductCategory,
        sections=(Section(key="main", label=_("Basic data"), fields=("name", "parent_id", "note")),),
    ),
    DetailPage(
        model=ProductCategory,
        header=("path", "parent_id"),
        side=(Section(key="facts", label=_("Key facts"), fields=("path", "parent_id", "note")),),
    ),
    Tab(
        place="product_category.detail.tabs",
        key="products",
        label=_("Products"),
        children=Product,
        via="category_id",
        columns=("code", "name", "unit", "list_price", "sale_state"),
    ),
    Tab(
        place="product_category.detail.tabs",
        key="categories",
        label=_("Categories below"),
        after="products",
        children=ProductCategory,
        via="parent_id",
        columns=("name", "note"),
    ),
]
