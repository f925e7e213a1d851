"""Why something could not be printed."""

from __future__ import annotations

from core.errors import AppError, Conflict
from core.i18n import _


class PrintFailed(Conflict):
    """The template is wrong; the log says where."""

    code = "print_failed"
    default = _("This template cannot be printed. An administrator finds the reason in the log.")


class PrintTooLarge(Conflict):
    """The document takes more time, memory or pages than one is given."""

    code = "print_too_large"
    default = _("This document is too large to be printed. Please print less at once.")


class PrintUnavailable(AppError):
    """Nothing can be printed at the moment."""


class PrintBusy(PrintUnavailable):
    """Others are printing, and the machine takes no more at the same time."""

    code = "print_busy"
    default = _("Too much is being printed at the moment. Please try again in a few seconds.")


class FontsMissing(PrintUnavailable):
    """The fonts have not been built."""

    code = "fonts_missing"
    default = _("The fonts for printing are missing. An administrator builds them with “make assets”.")
