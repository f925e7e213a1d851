"""The pages of the documents of sales, as data."""

from __future__ import annotations

from addons.sales.pages.beginning import BEGINNING
from addons.sales.pages.menu import MENU
from addons.sales.pages.order import ORDER, ORDER_CHANGE
from addons.sales.pages.quote import QUOTE
from addons.sales.pages.sending import SENDING
from addons.sales.pages.settings import SETTINGS

PAGES = [*MENU, *QUOTE, *ORDER, *ORDER_CHANGE, *SENDING, *SETTINGS, *BEGINNING]
