"""What can be wrong with a file as a whole."""

from __future__ import annotations

from core.errors import AppError
from core.i18n import _


class Unreadable(AppError):
    """The file cannot be read as a table; the message says why and what to do."""

    code = "unreadable_file"
    default = _("This file cannot be read. Save it as CSV or XLSX and try again.")


class TooLarge(Unreadable):
    """The file is a table, but larger than what can be taken in from it."""

    code = "file_too_large"
    default = _("This file is too large. Split it into several files.")
