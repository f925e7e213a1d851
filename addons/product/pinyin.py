"""How a Chinese name is read, for those who type the first letters of its syllables."""

from __future__ import annotations

import unicodedata
from itertools import islice, product

from pypinyin import Style, pinyin

LONGEST = 400
MOST_READINGS = 8
"""A name of many characters that are read in several ways is found by the first so many of them."""


def initials_of(name: str) -> str | None:
    """The first letter of each syllable, letters and digits as they are: 減速機 is jsj, PLC 控制器 plckzq.

    Characters that are read in several ways give several words: 伺服 is cf and sf. None for a name without a Chinese
    character, which is found by its own letters.
    """
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))
    if plain.isascii():
        return None
    letters = [_distinct(readings) for readings in pinyin(plain, style=Style.FIRST_LETTER, heteronym=True)]
    words = dict.fromkeys("".join(each) for each in islice(product(*letters), MOST_READINGS))
    return " ".join(words)[:LONGEST].strip() or None


def _distinct(readings: list[str]) -> list[str]:
    """What is no letter or digit in the end, such as a sign without a reading, is left out."""
    return [text for text in dict.fromkeys(readings) if text.isascii()] or [""]
