"""The pages of customers, contacts and visits, as data."""

from __future__ import annotations

from addons.customer.pages.actions import ACTIONS
from addons.customer.pages.contact import CONTACT
from addons.customer.pages.customer import CUSTOMER
from addons.customer.pages.figures import FIGURES
from addons.customer.pages.notices import NOTICES
from addons.customer.pages.start import CARDS, MENU
from addons.customer.pages.visit import VISIT

PAGES = [*MENU, *CUSTOMER, *CONTACT, *VISIT, *FIGURES, *CARDS, *ACTIONS, *NOTICES]
