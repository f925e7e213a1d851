"""Which encoding a text file has: told by its mark, by what is valid, and only then by what is likely."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from charset_normalizer import from_bytes

from core.exchange.imports.errors import Unreadable
from core.i18n import Text, _

SAMPLE_BYTES = 256 * 1024
"""What is looked at of the beginning of a file."""

ENCODINGS: Mapping[str, Text] = {
    "utf-8-sig": _("Unicode (UTF-8)"),
    "utf-16": _("Unicode (UTF-16)"),
    "utf-16-le": _("Unicode (UTF-16, little-endian)"),
    "utf-16-be": _("Unicode (UTF-16, big-endian)"),
    "big5hkscs": _("Traditional Chinese (Big5)"),
    "gb18030": _("Simplified Chinese (GB18030)"),
    "cp1252": _("Western European"),
}
"""The encodings that files are read in."""

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LIKELY = ["big5hkscs", "gb18030", "cp1252"]
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ZEROS = 0.2
"""The share of zero bytes, on one side of the pairs, by which UTF-16 without a mark gives itself away."""


def encoding_of(sample: bytes) -> str:
    """The encoding of a text that begins with `sample`, a key of `ENCODINGS`. Raises `Unreadable` for no text."""
    for mark, encoding in _MARKS.items():
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        return _wide(sample)
    if _CONTROLS.search(sample.decode("latin-1")):
        raise Unreadable()
    if _is_valid(sample, "utf-8"):
        return "utf-8-sig"
    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    found = best.encoding if best is not None else ""
    return found if found in ENCODINGS else next((e for e in _LIKELY if _is_valid(sample, e)), "cp1252")


def _wide(sample: bytes) -> str:
    pairs = max(len(sample) // 2, 1)
    low, high = sample[1::2].count(0) / pairs, sample[0::2].count(0) / pairs
    if low > _ZEROS and high < low / 4 and _is_text(sample, "utf-16-le"):
        return "utf-16-le"
    if high > _ZEROS and low < high / 4 and _is_text(sample, "utf-16-be"):
        return "utf-16-be"
    raise Unreadable()


def _is_text(sample: bytes, encoding: str) -> bool:
    """Whether it is valid and holds none of the characters of control that only programs write."""
    return _is_valid(sample, encoding) and not _CONTROLS.search(sample.decode(encoding, "ignore"))


def _is_valid(sample: bytes, encoding: str) -> bool:
    try:
        # The sample may end in the middle of a character.
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True
