"""Translation: text is marked where it is written and translated when it is rendered, in the reader's language.

Catalogues are read from the `translations/<locale>/LC_MESSAGES/messages.po` of core and of each addon, and merged
in dependency order, so that an addon may reword what it depends on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from babel.messages import Message
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

SOURCE_LOCALE = "en"
LOCALES: dict[str, tuple[str, str]] = {
    "zh_Hant_TW": ("zh-Hant-TW", "繁體中文"),
    "en": ("en", "English"),
    "zh_Hans_CN": ("zh-Hans-CN", "简体中文"),
}
"""Locale identifier → (the value of `lang` in HTML, the language's own name)."""

DEFAULT_LOCALE = "zh_Hant_TW"

CONTEXT_ENDS = "\x04"
"""Between a text's context and the text itself where both together are looked up, as gettext has it."""

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)
_messages: dict[str, dict[str | tuple[str, ...], tuple[str, ...]]] = {}


class Text:
    """A translatable text. `str(text)` gives it in the current locale; `{name}` is filled from the arguments."""

    __slots__ = ("arguments", "context", "count", "message", "plural")

    def __init__(
        self, message: str, plural: str | None = None, count: int | None = None, context: str = "", /, **arguments: Any
    ) -> None:
        self.message, self.plural, self.count, self.context = message, plural, count, context
        self.arguments = arguments

    def __str__(self) -> str:
        if self.plural is None:
            text = in_locale(self.message, self.context)
        else:
            text = self._plural_form()
        return text.format(**self.arguments) if self.arguments else text

    def _plural_form(self) -> str:
        forms = _messages.get(_locale.get(), {}).get((self.message, self.plural or ""))
        if not forms:
            return self.message if self.count == 1 else self.plural or self.message
        return forms[0] if len(forms) == 1 or self.count == 1 else forms[1]

    def __html__(self) -> Markup:
        return escape(str(self))

    def __repr__(self) -> str:
        return f"_({self.message!r})"

    def filled(self, **arguments: Any) -> Text:
        """The same text with more of its placeholders filled."""
        return Text(self.message, self.plural, self.count, self.context, **self.arguments | arguments)

    def as_json(self) -> dict[str, Any]:
        """What the database keeps of a text, so that each reader gets it in a language of their own."""
        parts = {"message": self.message, "plural": self.plural, "count": self.count, "context": self.context}
        arguments = {name: _argument_as_json(value) for name, value in self.arguments.items()}
        return {name: part for name, part in parts.items() if part} | ({"arguments": arguments} if arguments else {})

    @classmethod
    def from_json(cls, parts: Mapping[str, Any]) -> Text:
        """The text that `as_json` told of."""
        arguments = {name: _argument_from_json(value) for name, value in parts.get("arguments", {}).items()}
        count = parts.get("count", 0 if parts.get("plural") else None)
        return cls(parts["message"], parts.get("plural"), count, parts.get("context", ""), **arguments)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return False
        return (self.message, self.context, self.arguments) == (other.message, other.context, other.arguments)

    def __hash__(self) -> int:
        return hash(self.message)

    def __bool__(self) -> bool:
        return bool(self.message)


def _argument_as_json(value: Any) -> Any:
    if isinstance(value, Text):
        return value.as_json()
    return value if isinstance(value, int) else str(value)


def _argument_from_json(value: Any) -> Any:
    return Text.from_json(value) if isinstance(value, dict) else value


def _(message: str, /, **arguments: Any) -> Text:
    """Marks `message` for translation; it is looked up when it is rendered."""
    return Text(message, **arguments)


def pgettext(context: str, message: str, /, **arguments: Any) -> Text:
    """Marks a text whose English is not enough to translate it: `pgettext("person", "Name")` is 姓名, not 名稱."""
    return Text(message, None, None, context, **arguments)


def ngettext(singular: str, plural: str, count: int, /, **arguments: Any) -> Text:
    """Marks a text that depends on a number, available in it as `{count}`."""
    return Text(singular, plural, count, **arguments | {"count": count})


def listed(texts: Iterable[str]) -> str:
    """The texts in a row, as the current locale separates them: 台北市、新竹市, or Taipei City, Hsinchu City."""
    return ("、" if _locale.get().startswith("zh") else ", ").join(texts)


def comma() -> str:
    """What stands between two parts of one label, in the current language."""
    return "，" if current_locale().startswith("zh") else ", "


def in_a_row(sentences: Iterable[str]) -> str:
    """Whole sentences one after the other: with a space between them, except in Chinese."""
    return ("" if _locale.get().startswith("zh") else " ").join(sentences)


def current_locale() -> str:
    """The locale in which text is rendered now, a key of `LOCALES`."""
    return _locale.get()


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Renders text in `locale` inside the block; an unknown locale means the default."""
    token = _locale.set(locale if locale in LOCALES else DEFAULT_LOCALE)
    try:
        yield
    finally:
        _locale.reset(token)


def best_locale(wanted: Iterable[str]) -> str:
    """The supported locale that fits a browser's language tags best, in their order of preference."""
    for tag in wanted:
        lower = tag.replace("_", "-").lower()
        if lower.startswith("zh"):
            is_simplified = any(part in lower for part in ("hans", "-cn", "-sg", "-my"))
            return "zh_Hans_CN" if is_simplified else "zh_Hant_TW"
        if lower.startswith("en"):
            return "en"
    return DEFAULT_LOCALE


def load_catalogues(folders: Iterable[Path]) -> None:
    """Reads the catalogues of `folders` (each with `<locale>/LC_MESSAGES/messages.po`); later ones win."""
    merged: dict[str, dict[str | tuple[str, ...], tuple[str, ...]]] = {locale: {} for locale in LOCALES}
    for folder in folders:
        for locale, messages in merged.items():
            path = folder / locale / "LC_MESSAGES" / "messages.po"
            if path.exists():
                messages.update(_read(path, locale))
    _messages.clear()
    _messages.update(merged)


def in_locale(message: str, context: str = "") -> str:
    """The message as it is in the current locale, with its placeholders."""
    key = f"{context}{CONTEXT_ENDS}{message}" if context else message
    forms = _messages.get(_locale.get(), {}).get(key)
    return forms[0] if forms else message


def messages_of(locale: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """What is translated in `locale`: message (after its context, if any), or (singular, plural), → its forms."""
    return _messages.get(locale, {})


def _read(path: Path, locale: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    found: dict[str | tuple[str, ...], tuple[str, ...]] = {}
    for message in catalogue:
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
        if message.id and all(forms) and not message.fuzzy:
            found[_key(message)] = forms
    return found


def _key(message: Message) -> str | tuple[str, ...]:
    if not isinstance(message.id, str):
        return tuple(message.id)
    return f"{message.context}{CONTEXT_ENDS}{message.id}" if message.context else message.id


def colon() -> str:
    """What stands between a label and what is said of it, in the current language."""
    return "：" if current_locale().startswith("zh") else ": "
