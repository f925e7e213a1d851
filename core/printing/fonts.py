"""The fonts that documents are set in. They come from npm and are copied here when the browser assets are built."""

from __future__ import annotations

from pathlib import Path

from core.i18n import LOCALES
from core.printing.errors import FontsMissing

FOLDER = Path(__file__).with_name("fonts")

FILES = (
    "NotoSansTC_400Regular.ttf",
    "NotoSansTC_700Bold.ttf",
    "NotoSansSC_400Regular.ttf",
    "NotoSansSC_700Bold.ttf",
    "NotoEmoji_400Regular.ttf",
)

TRADITIONAL, SIMPLIFIED, EMOJI = "Noto Sans TC", "Noto Sans SC", "Noto Emoji"


def are_there() -> bool:
    """Whether the fonts have been built."""
    return all((FOLDER / name).is_file() for name in FILES)


def folder() -> Path:
    """Where the fonts are. Raises `FontsMissing`."""
    if not are_there():
        raise FontsMissing()
    return FOLDER


def families(locale: str) -> list[str]:
    """The families for a language, the preferred one first; a character is taken from the first that has it.

    The traditional font lacks rare characters of names, such as 靐, that the simplified one has: together they have
    all of CJK Unified Ideographs and Extension A. Of Extensions B and later they have some 1,700; others, and whatever
    else no font has, are drawn as an empty box.
    """
    chinese = [TRADITIONAL, SIMPLIFIED]
    if locale == "zh_Hans_CN":
        chinese.reverse()
    return [*chinese, EMOJI]


def language(locale: str) -> dict[str, str]:
    """The language of a document as Typst names it, which decides how lines break and how it is read aloud."""
    lang, *parts = LOCALES[locale][0].split("-")
    found = {"lang": lang}
    if len(parts) == 2:
        found |= {"script": parts[0].lower(), "region": parts[1]}
    return found
