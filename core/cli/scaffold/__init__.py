"""Writing a new addon: a small one that is complete, and that does what the guides say an addon should do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from core import messages
from core.cli.scaffold.words import WORDS
from core.i18n import in_locale, use_locale

SUFFIX = ".tmpl"
_JINJA = Environment(
    # Python, TOML and Jinja itself are full of the usual signs.
    variable_start_string="[[",
    variable_end_string="]]",
    block_start_string="[%",
    block_end_string="%]",
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
    autoescape=False,
)


def write(folder: Path, values: Mapping[str, Any]) -> list[Path]:
    """Writes the addon's files into `folder`, which is made. Returns their paths in it, in order."""
    written = []
    for path, text in _rendered(values):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        written.append(path)
    _translate(folder)
    _format(folder)
    return sorted({*written, *(path.relative_to(folder) for path in folder.rglob("*.po"))})


def _rendered(values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """(path in the addon, text) of each file."""
    root = Path(str(files(__name__) / "files"))
    for source in sorted(root.rglob(f"*{SUFFIX}")):
        path = source.relative_to(root)
        text = _JINJA.from_string(source.read_text("utf-8")).render(values)
        yield path.with_name(path.name.removesuffix(SUFFIX)), text


def _translate(folder: Path) -> None:
    """Fills the catalogues: from the words below, from the other catalogues, and else with the text itself."""
    for place, locale in enumerate(messages.TRANSLATED):
        catalogue = messages.in_step(folder, locale)
        with use_locale(locale):
            for message in catalogue:
                if isinstance(message.id, str) and message.id:
                    message.string = WORDS[message.id][place] if message.id in WORDS else in_locale(message.id)
        messages.write(folder, catalogue)


def _format(folder: Path) -> None:
    """Arranges lines that a long name has made too long, where ruff is at hand."""
    program = [sys.executable, "-m", "ruff"] if find_spec("ruff") else [shutil.which("ruff") or ""]
    if program[0]:
        for arguments in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
            subprocess.run([*program, *arguments, "--no-cache", "."], cwd=folder, check=False, capture_output=True)
