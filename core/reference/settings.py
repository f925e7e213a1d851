"""The settings, from the comments of `config/default.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from core.addons.registry import Registry
from core.config_source import DEFAULTS, ENVIRONMENT
from core.reference.markdown import code, table

VARIABLES = {
    "NINEKCRM_CONFIG": "A TOML file of your own. Its settings take the place of the defaults.",
    "NINEKCRM_PASSWORD": "The password for `9kcrm init --admin`, `9kcrm user add` and `9kcrm user password`.",
}
"""Environment variables that stand for no setting."""

INTRODUCTION = """
Settings are read in this order, and the last one wins: the defaults, your own TOML file, the environment.
A file of your own holds only what differs, under the same headings; name it in `NINEKCRM_CONFIG`. A setting that
does not exist, or a value that cannot be used, stops every command with a message that says where it came from.
An empty text means "not set". `9kcrm doctor` shows what an installation makes of its settings.
"""

_VARIABLE = re.compile(r"\s*\[[A-Z_]+\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as the file of defaults has it."""

    section: str
    key: str
    default: str
    meaning: str


def build(_registry: Registry) -> str:
    """A table per section of the file, then the environment variables."""
    entries = list(_entries(DEFAULTS.read_text("utf-8")))
    variables = {key: name for name, key in ENVIRONMENT.items()}
    parts = [INTRODUCTION.strip() + "\n"]
    for section in dict.fromkeys(entry.section for entry in entries):
        rows = [
            (code(e.key), code(e.default), code(variables.get(f"{section}.{e.key}", "")), e.meaning)
            for e in entries
            if e.section == section
        ]
        parts.append(f"## [{section}]\n\n" + table(("Setting", "Default", "Environment", "Meaning"), rows))
    return "\n".join([*parts, _environment()])


def _environment() -> str:
    rows = [(code(name), f"The setting {code(key)}.") for name, key in ENVIRONMENT.items()]
    rows += [(code(name), meaning) for name, meaning in VARIABLES.items()]
    return "## Environment variables\n\n" + table(("Variable", "What it sets"), rows)


def _entries(text: str) -> Iterator[Entry]:
    known = {(s, k): v for s, values in tomllib.loads(text).items() for k, v in values.items()}
    section, comment = "", list[str]()
    for line in text.splitlines():
        if line.startswith("["):
            section, comment = line.strip("[] "), []
        elif line.startswith("#"):
            comment.append(_VARIABLE.sub("", line[1:]).strip())
        elif "=" in line:
            key = line.partition("=")[0].strip()
            value = line.partition("=")[2].strip()
            assert (section, key) in known
            yield Entry(section, key, value, " ".join(part for part in comment if part))
            comment = []
        else:
            comment = []
