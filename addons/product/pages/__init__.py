"""The pages of products, categories and price lists, as data."""

from __future__ import annotations

from addons.product.pages.category import CATEGORY
from addons.product.pages.menu import MENU
from addons.product.pages.price_list import PRICE_LIST
from addons.product.pages.product import PRODUCT

PAGES = [*MENU, *PRODUCT, *CATEGORY, *PRICE_LIST]
