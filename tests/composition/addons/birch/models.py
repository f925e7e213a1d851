"""A mark on customers."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from addons.customer.models import Customer
from core.api import Extension, Text, field


class Birch(Extension[Customer]):
    """What the addon knows of a customer."""

    mark: Mapped[str | None] = field(String(20), label=Text("Birch mark"), default="birch", search=True, sort=True)
