"""What is left of a text when everything that people write differently is taken away."""

from __future__ import annotations

import re
import unicodedata

HOME = "886"
"""The country of numbers that do not name one."""

LEAST_DIGITS = 7
"""Shorter numbers are extensions, or only hint at something."""

_EXTENSION = re.compile(r"(?:#|ext\.?|轉|分機).*", re.IGNORECASE | re.DOTALL)
_NO_DIGIT = re.compile(r"\D+")
_VARIANTS = str.maketrans({"臺": "台"})


def text_key(value: str) -> str:
    """Letters and digits alone, whatever their width and case: "臺榮-A 1" is "台榮a1"."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(filter(str.isalnum, folded.translate(_VARIANTS)))


def email_key(value: str) -> str:
    """The address in small letters."""
    return unicodedata.normalize("NFKC", value).strip().casefold()


def phone_key(value: str) -> str:
    """The digits with the country's code and without an extension: (02) 2345-6789 #12 is 886223456789."""
    text = _EXTENSION.sub("", unicodedata.normalize("NFKC", value)).strip()
    digits = _NO_DIGIT.sub("", text)
    if text.startswith("+"):
        # In +886 (0)2 … the zero is only dialled at home.
        digits = HOME + digits[len(HOME) + 1 :] if digits.startswith(f"{HOME}0") else digits
    elif digits.startswith("00"):
        digits = digits[2:]
    elif digits.startswith("0"):
        digits = HOME + digits[1:]
    return digits if len(digits) >= LEAST_DIGITS else ""
