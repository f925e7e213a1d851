"""By what customers are recognised: a company's name without what every company's name has."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import DamerauLevenshtein

from core.api import text_key

_FORMS = re.compile(r"(?:股份有限公司|有限公司|股份公司|公司|企業社|商行|工作室)$")
_WORDS = re.compile(r"[\s,.]+(?:co|company|corp|corporation|inc|incorporated|ltd|limited|llc|gmbh)[\s,.]*$")
"""Whole words at the end, one after the other: "acme co., ltd." ends with two of them."""

SHORTEST = 2
_DIGITS = re.compile(r"\d+")
LEAST_SHARED, LEAST_SHARED_LATIN = 4, 6
"""Characters of the shorter of two names that may mean the same company. Two Chinese names of four characters with one
of them different are two companies."""
LONG = 12


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


def is_near(one: str, other: str) -> bool:
    """Whether two different keys of names may mean the same company.

    That is so if one begins with the other (台榮精密 and 台榮精密機械), or if a character is missing, added, wrong or
    swapped, two in long names. Other digits say another plant.
    """
    short, long = sorted((one, other), key=len)
    if len(short) < (LEAST_SHARED_LATIN if short.isascii() else LEAST_SHARED) or _digits(one) != _digits(other):
        return False
    if long.startswith(short):
        return True
    if len(short) == LEAST_SHARED:
        return False
    most = 2 if len(short) >= LONG else 1
    return bool(DamerauLevenshtein.distance(one, other, score_cutoff=most) <= most)


def _digits(key: str) -> list[str]:
    return _DIGITS.findall(key)
