"""What an exception says of the addon that raised it: a cause and a remedy in words."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateSyntaxError
from pluggy import PluginValidationError
from sqlalchemy.exc import ArgumentError, InvalidRequestError

from core.addons.implementations import HookError
from core.addons.problems import Problem
from core.i18n import Text, _

if TYPE_CHECKING:
    from core.addons.manifest import Manifest

LONGEST = 300
_TABLE = re.compile(r"Table '([^']+)' is already defined")
CORRECT_FILE = _("Correct the file and restart the site.")
CORRECT_ADDON = _("Correct the addon and restart the site, or remove the addon.")


class TakenError(Exception):
    """A model's key that another addon has already."""

    def __init__(self, key: str, owner: str) -> None:
        super().__init__(key, owner)
        self.key, self.owner = key, owner


def problem_of(error: BaseException, manifest: Manifest) -> Problem:
    """Why the addon could not be imported, mapped or put together."""
    cause, remedy = _told(error, manifest)
    place = _place_of(error, manifest.path)
    causes = [cause] if place is None or isinstance(error, SyntaxError | TemplateSyntaxError) else [cause, place]
    return Problem(causes, remedy, "".join(traceback.format_exception(error)))


def hanging(seconds: float) -> Problem:
    """The addon did not come to an end."""
    cause = _("Loading it did not come to an end within {seconds} seconds.", seconds=round(seconds))
    remedy = _("Take what waits — for the network, a lock, an answer — out of the modules; functions may wait.")
    return Problem([cause], remedy)


def ending(code: int, said: str) -> Problem:
    """The addon took the process down."""
    cause = _("Loading it ended the process (exit code {code}).", code=code)
    remedy = _("Take the call that ends the process out of its modules, or look at the library that crashes.")
    return Problem([cause], remedy, said)


def _told(error: BaseException, manifest: Manifest) -> tuple[Text, Text]:
    if isinstance(error, SyntaxError):
        file = _short(error.filename or "", manifest.path)
        return _("{file}, line {line}: {error}.", file=file, line=error.lineno, error=error.msg), CORRECT_FILE
    if isinstance(error, TemplateSyntaxError):
        file = _short(error.filename or error.name or "", manifest.path)
        cause = _("The template {file}, line {line}: {error}", file=file, line=error.lineno, error=error.message or "")
        return cause, CORRECT_FILE
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return _("Loading it ends the program."), _("Take the call of sys.exit() out of its modules.")
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith(("core", manifest.package)):
        cause = _("It needs the Python package {name}, which is not installed.", name=error.name)
        return cause, _("Install {name} beside 9KCRM and restart the site.", name=error.name)
    if isinstance(error, HookError | PluginValidationError):
        return _("A hook does not fit. {error}", error=_line(error)), CORRECT_ADDON
    return _of_models(error, manifest)


def _of_models(error: BaseException, manifest: Manifest) -> tuple[Text, Text]:
    table = _TABLE.search(str(error)) if isinstance(error, InvalidRequestError) else None
    if table:
        cause = _("The table {table} is there already; it belongs to {owner}.", table=table[1], owner=_owner(table[1]))
        return cause, _("Begin the names of its tables with {name}_, as nobody else does.", name=manifest.name)
    if isinstance(error, TakenError):
        cause = _("There is a model {key} already; it belongs to {owner}.", key=error.key, owner=error.owner)
        return cause, _("Begin the names of its tables with {name}_, as nobody else does.", name=manifest.name)
    said = f"{type(error).__name__}: {_line(error)}"
    if isinstance(error, InvalidRequestError | ArgumentError):
        return _("Its models cannot be mapped. {error}", error=said), CORRECT_ADDON
    return _("It cannot be loaded. {error}", error=said), CORRECT_ADDON


def _owner(table: str) -> str:
    from core.orm.model import Base

    # Not by the mappers: with one class half mapped, SQLAlchemy no longer tells them.
    tables = ((cls, cls.__dict__.get("__table__")) for cls in _below(Base))
    return next((cls.__addon__ for cls, found in tables if getattr(found, "name", "") == table), "core")


def _below(cls: type[Any]) -> Iterator[type[Any]]:
    for child in cls.__subclasses__():
        yield child
        yield from _below(child)


def _place_of(error: BaseException, folder: Path) -> Text | None:
    """Where in the addon's own files it happened, if there."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    if not own:
        return None
    return _("It happened in {file}, line {line}.", file=_short(own[-1].filename, folder), line=own[-1].lineno)


def _short(file: str, folder: Path) -> str:
    path = Path(file)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else file


def _line(error: BaseException) -> str:
    """What the exception says, as one sentence."""
    text = " ".join(str(error).split()).rstrip(".")
    return f"{text}." if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
