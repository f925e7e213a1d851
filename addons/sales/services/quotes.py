"""What one may do with quotes."""

from __future__ import annotations

from addons.sales.models import Quote
from addons.sales.services.documents import Documents


class Quotes(Documents[Quote]):
    """Quotes."""

    model = Quote
