"""Text as the search index knows it: words in one normal form, cut into short overlapping pieces.

A word becomes the pieces that start at each of its characters: two characters long, three within Latin
letters and digits (there are too few different pairs of those), shorter at the end of the word. So 王大明 is
"王大 大明 明", any part of a word is found, and nothing matches across two words or two fields.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from core.orm.field import Kind

LONGEST_TEXT = 20_000
"""Characters of one field that are indexed."""

_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<=\d)[-()./‐‑‒–—−]+(?=\d)")
_PHONE_NOISE = re.compile(r"(?<=[\d+])[-()./‐‑‒–—−\s]+(?=\d)")
_VARIANTS = str.maketrans({"臺": "台"})
_COUNTRY = re.compile(r"\+886[-\s]*")
_TAIWAN = "886"


def normalise(text: str) -> str:
    """One form for what people take for the same: width, case, 臺 and 台, punctuation inside numbers."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _JOINED.sub("", folded.translate(_VARIANTS))


def words_of(text: str) -> list[str]:
    """The distinct words of what somebody searches for, in their order."""
    found = _WORD.findall(_COUNTRY.sub(" ", normalise(text)))
    return list(dict.fromkeys(_without_country(word) for word in found))


def words_in(text: str, kind: Kind) -> list[str]:
    """The words under which a field's text is found."""
    text = normalise(text[:LONGEST_TEXT])
    if kind is not Kind.PHONE:
        return _WORD.findall(text)
    found = _WORD.findall(_PHONE_NOISE.sub("", text))
    return found + ["0" + _without_country(word) for word in found if _without_country(word) != word]


def pieces(word: str) -> list[str]:
    """What is indexed of a word."""
    size = 3 if word.isascii() else 2
    if size == 3 or not any(map(str.isascii, word)):
        # Nearly every word is of one script.
        return [word[start : start + size] for start in range(len(word))]
    return [word[start : start + _size(word, start)] for start in range(len(word))]


def pieces_wanted(word: str) -> tuple[list[str], bool]:
    """The consecutive pieces of a text with `word` in it, and whether the last is only the start of a piece."""
    found: list[str] = []
    for start in range(len(word)):
        size = _size(word, start)
        found.append(word[start : start + size])
        if start + size >= len(word):
            return found, start + size > len(word) or (len(word) - start == 1)
    return found, False


def terms(words: Iterable[str]) -> str:
    """All pieces of all words, separated by spaces."""
    return " ".join(" ".join(pieces(word)) for word in words)


def _size(word: str, start: int) -> int:
    return 3 if word[start : start + 2].isascii() and len(word) > start + 1 else 2


def _without_country(word: str) -> str:
    """A Taiwanese number with its country code, without it: 886223456789 is 223456789."""
    if word.startswith(_TAIWAN) and word.isdigit() and 11 <= len(word) <= 12:
        return word[len(_TAIWAN) :]
    return word
