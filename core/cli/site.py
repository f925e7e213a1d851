"""What the commands share: the site that they act on, and what to say when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.cli import Failed
from core.config import Settings

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

DATABASE_SECONDS = 10.0
LANGUAGE = "en"


@contextmanager
def opened(*, migrated: bool = True) -> Iterator[Site]:
    """The site of this installation. With `migrated` it must be at the newest state of its tables.

    Raises Failed, with what to do.
    """
    from sqlalchemy.exc import OperationalError

    from core.orm.database import wait_until_reachable
    from core.site import Site

    site = Site.open(Settings.load())
    try:
        wait_until_reachable(site.engine, seconds=DATABASE_SECONDS)
        if migrated:
            _check_migrated(site)
        yield site
    except OperationalError as error:
        raise Failed(
            f"The database cannot be used: {error.orig}\n"
            "Is it running, and is NINEKCRM_DATABASE_URL right? `9kcrm doctor` checks."
        ) from error
    finally:
        site.dispose()


@contextmanager
def system(reason: str) -> Iterator[Env]:
    """A transaction by the system on a migrated site; business errors become messages."""
    with opened() as site, explained(), site.system(f"9kcrm {reason}", locale=LANGUAGE) as env:
        yield env


@contextmanager
def explained() -> Iterator[None]:
    """Turns business errors into messages, in the language of the command line."""
    from core.errors import AppError, Invalid
    from core.i18n import use_locale

    with use_locale(LANGUAGE):
        try:
            yield
        except Invalid as error:
            fields = [f"{name}: {' '.join(map(str, said))}" for name, said in error.fields.items()]
            raise Failed("\n".join(fields) or str(error)) from error
        except AppError as error:
            raise Failed(str(error)) from error


def upgraded(site: Site) -> list[str]:
    """Brings the tables up to date; returns the addons that moved. Raises Failed for a script that fails."""
    from core.orm.failed_migration import MigrationFailed
    from core.orm.migrations import upgrade

    try:
        return upgrade(site)
    except MigrationFailed as error:
        raise Failed(f"{capitalised(error.failure.cause)}\n{error.failure.remedy}") from error


def behind(site: Site, waiting: list[str]) -> str:
    """That the tables of the addons `waiting` are behind, and why if a migration has been tried."""
    from core.orm.failed_migration import last_failure

    failure = last_failure(site.settings.data)
    said = f"The tables of {', '.join(waiting)} are not up to date"
    if failure is None or failure.addon not in waiting:
        return f"{said}. Run: 9kcrm migrate"
    return f"{said}: {failure.cause}\n{failure.remedy}"


def capitalised(sentence: str) -> str:
    """The sentence with a capital at its beginning, and all else as it was."""
    return sentence[:1].upper() + sentence[1:]


def _check_migrated(site: Site) -> None:
    from core.orm.migrations import pending

    if waiting := pending(site):
        raise Failed(behind(site, waiting))
