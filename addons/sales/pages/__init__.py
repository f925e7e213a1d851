"""The pages of the documents of sales, as data."""

from __future__ import annotations

from addons.sales.pages.menu import MENU
from addons.sales.pages.order import ORDER
from addons.sales.pages.quote import QUOTE
from addons.sales.pages.sending import SENDING

PAGES = [*MENU, *QUOTE, *ORDER, *SENDING]
