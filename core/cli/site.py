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


def _check_migrated(site: Site) -> None:
    from core.orm.migrations import pending

    if waiting := pending(site):
        raise Failed(f"The tables of {', '.join(waiting)} are not up to date. Run: 9kcrm migrate")
