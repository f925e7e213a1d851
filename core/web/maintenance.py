"""Nothing is served while the tables are behind the code."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from core.errors import AppError
from core.i18n import _

if TYPE_CHECKING:
    from core.site import Site

log = logging.getLogger(__name__)
AGAIN_SECONDS = 2.0
OPEN = ("/static/", "/healthz")


class InMaintenance(AppError):
    """The site's tables are being brought up to date."""

    code = "maintenance"
    default = _("The site is being updated. Please try again in a minute.")


class Maintenance:
    """Asks until the tables are up to date; from then on this process need not ask again."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._is_ready = False
        self._checked_at = 0.0
        self._waiting: list[str] = []
        self._logged = ""

    def check(self, path: str) -> None:
        """Raises `InMaintenance`, or the database's error where it does not answer."""
        if self._is_ready or path.startswith(OPEN):
            return
        if self.waiting():
            raise InMaintenance(addons=self._waiting)

    def waiting(self) -> list[str]:
        """The addons whose tables are behind."""
        if self._is_ready:
            return []
        if time.monotonic() - self._checked_at > AGAIN_SECONDS or not self._waiting:
            from core.orm.migrations import pending

            self._waiting = self._told(pending(self._site))
            self._checked_at = time.monotonic()
            self._is_ready = not self._waiting
        return self._waiting

    def _told(self, waiting: list[str]) -> list[str]:
        """Tells the log why, when it begins and when it has changed: the public is told only that it is so."""
        from core.orm.failed_migration import last_failure

        failure = last_failure(self._site.settings.data)
        reason = failure.cause if failure and failure.addon in waiting else "run: 9kcrm migrate"
        text = f"The site is in maintenance: the tables of {', '.join(waiting)} are not up to date; {reason}"
        if waiting and text != self._logged:
            log.warning("%s", text)
            self._logged = text
        return waiting
