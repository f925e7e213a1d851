"""The numbers of 統一發票 and of what is issued against them."""

from __future__ import annotations

import re
from typing import Any

from core.api import Text, _

_NUMBER = re.compile(r"[A-Z]{2}[0-9]{8}")


def check_invoice_number(value: Any) -> Text | None:
    """Two letters, the track of two months, and eight digits: 統一發票使用辦法, article 9."""
    if _NUMBER.fullmatch(value):
        return None
    return _("An invoice number is two capital letters and eight digits, such as AB12345678.")
