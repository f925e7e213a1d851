"""`addon.toml`: what an addon says of itself, read and checked before anything of it is imported."""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from core.i18n import Text, _, listed

FILE = "addon.toml"
CONTEXT = FILE
"""What tells its texts from others when they are translated: a title means the addon, whatever the word means
elsewhere."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = frozenset({"core", "addons"})
KEEP, PURGE = "keep", "purge"


class ManifestError(Exception):
    """An addon.toml that cannot be used. `complaints` say all that is wrong with it."""

    def __init__(self, file: Path, complaints: Iterable[Text]) -> None:
        self.file, self.complaints = file, tuple(complaints)
        super().__init__(f"{file}: " + " ".join(str(complaint) for complaint in self.complaints))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an addon says of itself. `package` is its import name, `path` its folder.

    `depends` and `optional` are names; `versions` holds which versions of them will do, where that is said.
    """

    name: str
    title: str
    version: str
    depends: tuple[str, ...]
    category: str
    summary: str
    path: Path
    package: str
    enabled_by_default: bool = False
    """Whether it is on where nobody has said anything of it."""
    optional: tuple[str, ...] = ()
    versions: Mapping[str, SpecifierSet] = field(default_factory=dict)
    api: SpecifierSet = SpecifierSet()  # noqa: RUF009  (it is immutable in use)
    uninstall: str = KEEP

    @classmethod
    def read(cls, folder: Path, package: str) -> Manifest:
        """Reads `folder/addon.toml`. Raises `ManifestError` with all that is wrong."""
        reader = _Reader(folder / FILE)
        found = {key: reader.read(key, spec) for key, spec in KEYS.items()}
        reader.refuse_unknown()
        depends, optional = found["depends"], found["optional"]
        if reader.complaints:
            raise ManifestError(reader.file, reader.complaints)
        return cls(
            name=found["name"],
            title=found["title"],
            version=found["version"],
            api=found["api"],
            depends=tuple(depends),
            optional=tuple(optional),
            versions=depends | optional,
            category=found["category"],
            summary=found["summary"],
            uninstall=found["uninstall"],
            enabled_by_default=found["enabled_by_default"],
            path=folder,
            package=package,
        )


@dataclass(frozen=True, slots=True)
class Key:
    """A key of addon.toml: what it means, how its value is checked, and what it is where it is left out."""

    meaning: str
    check: Callable[[Any], Any]
    default: Any = None
    """As in the file; None where the key is required."""


class Refused(Exception):
    """A value that cannot be; `complaint` says what it has to be."""

    def __init__(self, complaint: Text) -> None:
        super().__init__(str(complaint))
        self.complaint = complaint


class _Reader:
    """One file, read key by key. It goes on after a mistake, so that all are told at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.complaints: list[Text] = []
        try:
            self._found = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ManifestError(file, [_("It cannot be read: {error}.", error=error)]) from error

    def read(self, key: str, spec: Key) -> Any:
        """The checked value, None if it is no good."""
        value = self._found.get(key, spec.default)
        if value is None:
            self.complaints.append(_("“{key}” is missing.", key=key))
            return None
        try:
            return spec.check(value)
        except Refused as refused:
            said = _("“{key}” is {value}.", key=key, value=repr(value))
            self.complaints += [said, refused.complaint]
            return None

    def refuse_unknown(self) -> None:
        """Notes the keys that do not exist: a misspelt one would otherwise do nothing without a word."""
        for key in self._found.keys() - KEYS.keys():
            near = get_close_matches(key, KEYS, n=1)
            if near:
                self.complaints.append(_("There is no key “{key}”; did you mean “{near}”?", key=key, near=near[0]))
            else:
                self.complaints.append(_("There is no key “{key}”.", key=key))


def _name(value: Any) -> str:
    is_name = isinstance(value, str) and NAME.fullmatch(value) and not keyword.iskeyword(value)
    if not is_name or value in RESERVED:
        raise Refused(_("Write lower-case letters, digits and _, at most 40, such as “warranty”; “core” is taken."))
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(_("Write a text in quotes."))
    return value.strip()


def _some_text(value: Any) -> str:
    if not _text(value):
        raise Refused(_("It must not be empty."))
    return _text(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(_("Write true or false."))
    return value


def _version(value: Any) -> str:
    try:
        return str(Version(_text(value)))
    except InvalidVersion as error:
        raise Refused(_("Write a version such as “1.2.0” (PEP 440).")) from error


def _range(value: Any) -> SpecifierSet:
    try:
        return SpecifierSet(_text(value))
    except InvalidSpecifier as error:
        raise Refused(_("Write a range of versions such as “>=0.1,<0.3”.")) from error


def _addons(value: Any) -> dict[str, SpecifierSet]:
    """Name → the versions that will do."""
    if not isinstance(value, list):
        raise Refused(_("Write a list such as [“base”, “warranty>=1.2”]."))
    found: dict[str, SpecifierSet] = {}
    for entry in value:
        try:
            requirement = Requirement(_text(entry))
        except InvalidRequirement:
            requirement = None
        if requirement is None or not NAME.fullmatch(requirement.name) or requirement.extras or requirement.marker:
            raise Refused(_("Write names of addons, each with a range if need be: “base”, “warranty>=1.2”."))
        found[requirement.name] = requirement.specifier
    return found


def _one_of(*choices: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in choices:
            raise Refused(_("Write one of {choices}.", choices=listed(f"“{choice}”" for choice in choices)))
        return str(value)

    return check


KEYS: dict[str, Key] = {
    "name": Key(
        "The addon's name: its folder, or what its tables, settings and jobs begin with. Lower-case letters, digits "
        "and `_`. It is never changed.",
        _name,
    ),
    "title": Key("What people call it, in English; `9kcrm messages` takes it up for translation.", _some_text),
    "version": Key("Its own version, as in PEP 440.", _version),
    "api": Key(
        "The versions of `core.api` that it is written for, such as `>=0.1,<0.3`. It is not loaded with any other. "
        "Empty: any.",
        _range,
        "",
    ),
    "depends": Key(
        "The addons that it cannot do without, each with a range of versions if need be: `warranty>=1.2`. They are "
        "loaded before it, it may import from them, and it is off while one of them is.",
        _addons,
        [],
    ),
    "optional": Key(
        "Addons that it works with where they are there. They are loaded before it, and it works without them.",
        _addons,
        [],
    ),
    "category": Key("The heading under which it stands on the page of addons.", _text, ""),
    "summary": Key("One sentence: what it is good for. Translated like the title.", _text, ""),
    "uninstall": Key(
        "What becomes of its data. `keep`: it is kept, and purging asks for the addon's name. `purge`: it can be made "
        "again at any time, and disabling the addon recommends to purge it.",
        _one_of(KEEP, PURGE),
        KEEP,
    ),
    "enabled_by_default": Key("Whether it is on where nobody has enabled or disabled it.", _flag, False),
}
"""Key → what it means and how it is checked."""
