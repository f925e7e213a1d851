"""By what customers are recognised: a company's name without what every company's name has."""

from __future__ import annotations

import re
import unicodedata

from core.api import text_key

_FORMS = re.compile(r"(?:股份有限公司|有限公司|股份公司|公司|企業社|商行|工作室)$")
_WORDS = re.compile(r"[\s,.]+(?:co|company|corp|corporation|inc|incorporated|ltd|limited|llc|gmbh)[\s,.]*$")
"""Whole words at the end, one after the other: "acme co., ltd." ends with two of them."""

SHORTEST = 2


def company_key(name: str) -> str:
    """The name without its legal form: 台榮精密股份有限公司 and 臺榮精密 are the same. "" if it is too short."""
    rest = unicodedata.normalize("NFKC", name).casefold().strip()
    while True:
        short = _FORMS.sub("", _WORDS.sub("", rest)).strip()
        if short == rest or len(text_key(short)) < SHORTEST:
            break
        rest = short
    key = text_key(rest)
    return key if len(key) >= SHORTEST else ""
