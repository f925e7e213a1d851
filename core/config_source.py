"""Where settings come from: TOML files and the environment, each value with its origin, and its check."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

DEFAULTS = Path(__file__).with_name("default.toml")

ENVIRONMENT = {
    "PORT": "server.port",
    "NINEKCRM_HOST": "server.host",
    "NINEKCRM_DATA": "site.data",
    "NINEKCRM_DATABASE_URL": "database.url",
    "NINEKCRM_REDIS_URL": "queue.redis_url",
    "NINEKCRM_SECRET_KEY": "site.secret_key",
    "NINEKCRM_SAFE": "site.safe",
}
"""Environment variable → the setting that it overrides. NINEKCRM_CONFIG names a file and stands apart."""


class ConfigError(Exception):
    """A setting that cannot be used: names the key, its value, where it came from and the remedy."""

    def __init__(self, key: str, value: object, origin: str, remedy: str) -> None:
        super().__init__(f"{key} = {value!r} ({origin}): {remedy}")
        self.key, self.value, self.origin, self.remedy = key, value, origin, remedy


class Values:
    """Settings by dotted key with their origin, and the checks that turn them into Python values.

    Each reader raises ConfigError when the value is not what it asks for.
    """

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._origins: dict[str, str] = {}
        self._folders: dict[str, Path] = {}

    def read_defaults(self) -> None:
        """Reads what is shipped; its keys are the only ones that exist."""
        for key, value in _flat(tomllib.loads(DEFAULTS.read_text("utf-8"))).items():
            self._set(key, value, "default", Path.cwd())

    def read_file(self, path: Path) -> None:
        """Reads a file of the installation over the defaults; paths in it are relative to it."""
        for key, value in _flat(_parsed(path)).items():
            if key not in self._values:
                close = get_close_matches(key, self._values, n=1)
                hint = f"Did you mean {close[0]}?" if close else "config/default.toml lists the settings."
                raise ConfigError(key, value, str(path), f"There is no such setting. {hint}")
            self._set(key, value, str(path), path.resolve().parent)

    def read_environment(self, environ: Mapping[str, str]) -> None:
        """Reads the variables of ENVIRONMENT, which win over files."""
        for variable, key in ENVIRONMENT.items():
            if variable in environ:
                self._set(key, environ[variable], variable, Path.cwd())

    def _set(self, key: str, value: object, origin: str, folder: Path) -> None:
        self._values[key], self._origins[key], self._folders[key] = value, origin, folder

    def error(self, key: str, remedy: str) -> ConfigError:
        """The error to raise about `key`, with secrets left out."""
        hidden = key.endswith(("password", "secret_key"))
        value = "***" if hidden else _masked(self._values[key])
        return ConfigError(key, value, self._origins[key], remedy)

    def optional(self, key: str) -> str | None:
        """A text, or None when it is empty."""
        value = self._values[key]
        if not isinstance(value, str):
            raise self.error(key, "Write a text in quotes.")
        return value.strip() or None

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self.optional(key)
        if value is None:
            raise self.error(key, "Must not be empty.")
        return value

    def number(self, key: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        value = self._values[key]
        if isinstance(value, str) and value.strip().isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.error(key, f"Write a whole number from {least} to {most}.")
        return value

    def flag(self, key: str) -> bool:
        """True or false; from the environment also 1, 0, yes, no."""
        value = self._values[key]
        known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
        if isinstance(value, str) and value.lower() in known:
            value = known[value.lower()]
        if not isinstance(value, bool):
            raise self.error(key, "Write true or false.")
        return value

    def choice(self, key: str, *choices: str) -> str:
        """One of `choices`."""
        value = self.text(key)
        if value not in choices:
            raise self.error(key, f"Write one of {', '.join(choices)}.")
        return value

    def folder(self, key: str) -> Path:
        """An absolute path; it need not exist."""
        return (self._folders[key] / Path(self.text(key)).expanduser()).resolve()

    def folders(self, key: str) -> tuple[Path, ...]:
        """Absolute paths of folders that exist."""
        value = self._values[key]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, 'Write a list of folders: ["../our-addons"].')
        found = tuple((self._folders[key] / Path(item).expanduser()).resolve() for item in value)
        for folder in found:
            if not folder.is_dir():
                raise self.error(key, f"{folder} is not a folder. Create it or take it out of the list.")
        return found


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError("NINEKCRM_CONFIG", str(path), "settings file", f"{error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("NINEKCRM_CONFIG", str(path), "settings file", f"Not valid TOML: {error}.") from error


def _flat(tables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{section}.{key}" if isinstance(table, dict) else section: value
        for section, table in tables.items()
        for key, value in (table.items() if isinstance(table, dict) else [(section, table)])
    }


def _masked(value: object) -> object:
    """The value without the password of a URL: messages end in logs."""
    if not isinstance(value, str) or "://" not in value:
        return value
    scheme, _, rest = value.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}:***@{place}" if at and ":" in user else value
