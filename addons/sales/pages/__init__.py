"""The pages of the documents of sales, as data."""

from __future__ import annotations

from addons.sales.pages.beginning import BEGINNING
from addons.sales.pages.contract import CONTRACT
from addons.sales.pages.credit_note import CREDIT_NOTE
from addons.sales.pages.menu import MENU
from addons.sales.pages.money import CUSTOMER_MONEY, MONEY_CARDS, ORDER_MONEY, QUOTE_MONEY
from addons.sales.pages.order import ORDER, ORDER_CHANGE
from addons.sales.pages.quote import QUOTE
from addons.sales.pages.receipt import RECEIPT
from addons.sales.pages.receivable import RECEIVABLE
from addons.sales.pages.sending import SENDING
from addons.sales.pages.settings import SETTINGS
from addons.sales.pages.terms import TERMS
from addons.sales.views import blueprint
from core.api import Routes

MONEY = [
    *CONTRACT,
    *RECEIVABLE,
    *RECEIPT,
    *CREDIT_NOTE,
    *TERMS,
    *QUOTE_MONEY,
    *ORDER_MONEY,
    *CUSTOMER_MONEY,
    *MONEY_CARDS,
]

PAGES = [*MENU, *QUOTE, *ORDER, *ORDER_CHANGE, *MONEY, *SENDING, *SETTINGS, *BEGINNING, Routes(blueprint=blueprint)]
