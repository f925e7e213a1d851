"""Keeping the translation catalogues of core and of each addon in step with the texts in its code and templates."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from string import Formatter
from typing import IO, Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.addons.manifest import CONTEXT
from core.i18n import LOCALES, SOURCE_LOCALE

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
TRANSLATED = tuple(locale for locale in LOCALES if locale != SOURCE_LOCALE)

_TEMPLATES = ("**/templates/**.html", "**/templates/**.txt", "**/print/**.html")
_READ_AS_SERVED = {
    "extensions": "jinja2.ext.do",
    "newstyle_gettext": "true",
    "trimmed": "true",
    # A template that cannot be read would otherwise lose its translations without a word.
    "silent": "false",
}
_HEADER = """\
# Translations of 9KCRM. `9kcrm messages` brings this file in step with the code and the templates.
msgid ""
msgstr ""
"Language: {locale}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_IN_TEMPLATES = re.compile(r"%\((\w+)\)s")


def folders(root: Path) -> list[Path]:
    """The folders with catalogues of their own: core, and each addon below `root`."""
    return [root / "core", *sorted(path.parent for path in (root / "addons").glob("*/addon.toml"))]


def update(folder: Path) -> dict[str, int]:
    """Brings the folder's catalogues in step with its texts. Returns how many each language still lacks."""
    missing = {}
    for locale in TRANSLATED:
        catalogue = in_step(folder, locale)
        write(folder, catalogue)
        missing[locale] = sum(1 for _ in _untranslated(catalogue))
    return missing


def missing(folder: Path, locale: str) -> list[str]:
    """The texts of the folder that have no translation in `locale`, or one whose placeholders differ."""
    return [_name(message) for message in _untranslated(in_step(folder, locale))]


def in_step(folder: Path, locale: str) -> Catalog:
    """The folder's catalogue with exactly the texts that its code has now."""
    catalogue = read(folder, locale)
    catalogue.update(extract(folder), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def read(folder: Path, locale: str) -> Catalog:
    """The folder's catalogue as it is stored; an empty one if there is none yet."""
    path = path_of(folder, locale)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def write(folder: Path, catalogue: Catalog) -> None:
    """Stores the catalogue, sorted by text and without dates, so that a diff shows what was translated."""
    path = path_of(folder, str(catalogue.locale_identifier))
    header = _HEADER.format(locale=catalogue.locale_identifier, plurals=catalogue.plural_forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(file, catalogue, width=100, no_location=True, omit_header=True, sort_output=True)


def extract(folder: Path) -> Catalog:
    """The texts that the folder's code and templates mark for translation."""
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    methods: Any = [
        ("**.py", _extract_python),
        ("addon.toml", _extract_manifest),
        *((pattern, "jinja2") for pattern in _TEMPLATES),
    ]
    options = dict.fromkeys(_TEMPLATES, _READ_AS_SERVED)
    found = extract_from_dir(folder, method_map=methods, keywords=KEYWORDS, options_map=options)
    for filename, line, message, comments, context in found:
        catalogue.add(message, "", [(filename, line)], auto_comments=comments, context=context)
    return catalogue


def path_of(folder: Path, locale: str) -> Path:
    """Where the folder's catalogue of that language is."""
    return folder / "translations" / locale / "LC_MESSAGES" / "messages.po"


def _extract_python(
    file: IO[bytes], keywords: Collection[str], _tags: Collection[str], options: Any
) -> Iterator[tuple[int, str, list[str | None], list[str]]]:
    """The marked texts of a module, those inside f-strings too, which Babel's own reader passes over."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords and node.args:
            yield node.lineno, node.func.id, [_constant(argument) for argument in node.args], []


def _extract_manifest(
    file: IO[bytes], _keywords: Collection[str], _tags: Collection[str], options: Any
) -> Iterator[tuple[int, str, list[str | None], list[str]]]:
    """What people read of an addon.toml, on the page of addons."""
    found = tomllib.load(file)
    for key in ("title", "summary", "category"):
        if isinstance(found.get(key), str) and found[key]:
            yield 1, "pgettext", [CONTEXT, found[key]], []


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _untranslated(catalogue: Catalog) -> Iterator[Any]:
    for message in catalogue:
        if message.id and (not _forms(message) or message.fuzzy or not _same_places(message)):
            yield message


def _forms(message: Any) -> list[str]:
    forms = [message.string] if isinstance(message.string, str) else list(message.string)
    return forms if all(forms) else []


def _same_places(message: Any) -> bool:
    """Whether each form has the placeholders of the source; a plural form may leave out the number."""
    if isinstance(message.id, str):
        return placeholders(message.string) == placeholders(message.id)
    number = {"{count}", "%(num)s"}
    wanted = placeholders(message.id[-1]) | number
    return all(placeholders(form) | number == wanted for form in _forms(message))


def placeholders(text: str) -> set[str]:
    """What is filled into the text: `{name}` from Python and scripts, `%(name)s` from templates."""
    found = {f"%({name})s" for name in _IN_TEMPLATES.findall(text)}
    try:
        return found | {f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:
        # A lone brace is text, as in the description of a format.
        return found


def _name(message: Any) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])
