"""A mark on customers."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from addons.customer.models import Customer
from core.api import Extension, Text, field


class Ember(Extension[Customer]):
    """What the addon knows of a customer."""

    mark: Mapped[str | None] = field(String(20), label=Text("Ember mark"), default="ember", search=True, sort=True)
