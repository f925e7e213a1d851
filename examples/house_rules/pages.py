"""What the house prints."""

from __future__ import annotations

from addons.customer.models import Customer
from core.api import PrintTemplate, _

PAGES = [
    PrintTemplate(model=Customer, key="folder", label=_("Label for the folder"), source="folder.typ"),
]
