"""Keeping the translation catalogues of core and of each addon in step with the texts in its code and templates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.i18n import LOCALES, SOURCE_LOCALE

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS: dict[str, Any] = {"_": None, "ngettext": (1, 2)}
TRANSLATED = tuple(locale for locale in LOCALES if locale != SOURCE_LOCALE)


def folders(root: Path) -> list[Path]:
    """The folders with catalogues of their own: core, and each addon below `root`."""
    return [root / "core", *sorted(path.parent for path in (root / "addons").glob("*/addon.toml"))]


def update(folder: Path) -> dict[str, int]:
    """Brings the folder's catalogues in step with its texts. Returns how many each language still lacks."""
    texts = _extract(folder)
    missing = {}
    for locale in TRANSLATED:
        path = _path(folder, locale)
        catalogue = _existing(path, locale)
        catalogue.update(texts, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=100, no_location=True, omit_header=False, sort_output=True)
        missing[locale] = sum(1 for _ in _untranslated(catalogue))
    return missing


def missing(folder: Path, locale: str) -> list[str]:
    """The texts of the folder that have no translation in `locale`, or one whose placeholders differ."""
    catalogue = _existing(_path(folder, locale), locale)
    catalogue.update(_extract(folder), no_fuzzy_matching=True)
    return [_name(message) for message in _untranslated(catalogue)]


def _extract(folder: Path) -> Catalog:
    catalogue = Catalog(project="9KCRM", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        folder, method_map=METHODS, keywords=KEYWORDS, options_map={"**/templates/**.html": {"trimmed": "true"}}
    )
    for filename, line, message, comments, context in found:
        catalogue.add(message, None, [(filename, line)], auto_comments=comments, context=context)
    return catalogue


def _existing(path: Path, locale: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=locale, project="9KCRM", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def _untranslated(catalogue: Catalog) -> Iterator[Any]:
    for message in catalogue:
        if message.id and (not _forms(message) or message.fuzzy or not _same_places(message)):
            yield message


def _forms(message: Any) -> list[str]:
    forms = [message.string] if isinstance(message.string, str) else list(message.string)
    return forms if all(forms) else []


def _same_places(message: Any) -> bool:
    """Whether each form has the placeholders of the source; a plural form may leave out the number."""
    source = message.id if isinstance(message.id, str) else message.id[-1]
    wanted = _places(source)
    return all(_places(form) | {"count"} == wanted | {"count"} for form in _forms(message))


def _places(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:
        return {"?"}


def _name(message: Any) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _path(folder: Path, locale: str) -> Path:
    return folder / "translations" / locale / "LC_MESSAGES" / "messages.po"
