"""What an exception means to the person at the other end: a status, a stable code and three sentences."""

from __future__ import annotations

import errno
import sqlite3
from dataclasses import dataclass, field

import redis
from sqlalchemy.exc import DBAPIError, InterfaceError, NoResultFound, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException

from core.access.users import SignInUnavailable
from core.errors import AppError, BadRequest, Conflict, Forbidden, Invalid, Message, NotFound, Stale
from core.i18n import Text, _
from core.printing.errors import PrintUnavailable
from core.web.maintenance import InMaintenance
from core.web.unit import SignedOut


class TooMany(AppError):
    """Too many attempts; `after` seconds later the next one is let through."""

    code = "too_many_requests"
    default = _("Too many attempts. Please wait a moment.")

    def __init__(self, *, after: int, message: Message | None = None) -> None:
        super().__init__(message, after=after)
        self.after = after


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as it is shown. `text` says what happened; `remedy` what to do."""

    status: int
    code: str
    title: Text
    text: Message
    remedy: Text | None = None
    headers: dict[str, str] = field(default_factory=dict)
    is_ours: bool = False
    """True where the product or its machine is to blame, so that the log needs the traceback."""


def fault_of(error: Exception) -> Fault:
    """What to say about any exception at all."""
    if isinstance(error, AppError):
        return _of_app_error(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    # Somebody else was faster: the record that was read a moment ago has changed, or is gone.
    if isinstance(error, StaleDataError):
        return _of_app_error(Stale(model="", id=0, version=0))
    if isinstance(error, NoResultFound | ObjectDeletedError):
        return _of_app_error(NotFound())
    if _is_full(error):
        return FULL
    if isinstance(error, DBAPIError | PoolTimeout):
        return _of_database(error)
    if isinstance(error, redis.RedisError):
        return QUEUE_AWAY
    return BROKEN


_RETRY = {"Retry-After": "10"}

FULL = Fault(
    507,
    "storage_full",
    _("The disk is full"),
    _("Nothing was saved, and nothing that was stored before is lost."),
    _("An administrator has to make room. Then repeat what you did; nothing needs to be restarted."),
    _RETRY,
    is_ours=True,
)
DATABASE_AWAY = Fault(
    503,
    "database_unavailable",
    _("The database does not answer"),
    _("Nothing was saved, and nothing that was stored before is lost."),
    _("Please try again in a moment. The site recovers by itself as soon as the database is back."),
    _RETRY,
    is_ours=True,
)
QUEUE_AWAY = Fault(
    503,
    "queue_unavailable",
    _("The job queue does not answer"),
    _("What you saved is stored; work in the background waits until the queue is back."),
    _("Please try again in a moment. The site recovers by itself."),
    _RETRY,
    is_ours=True,
)
BUSY = Fault(
    503,
    "busy",
    _("The site is very busy"),
    _("Nothing was saved, because others were writing at the same time."),
    _("Please repeat what you did."),
    {"Retry-After": "2"},
    is_ours=True,
)
OUTDATED = Fault(
    503,
    "maintenance",
    _("The site is being updated"),
    _("Please try again in a minute."),
    _("If this lasts, an administrator runs `9kcrm doctor`, which says what to do."),
    _RETRY,
)
BROKEN = Fault(
    500,
    "internal_error",
    _("Something went wrong"),
    _("This is a fault of the program, not yours. Nothing was saved."),
    _("Please try again. If it happens again, tell an administrator the reference below."),
    is_ours=True,
)


def _of_app_error(error: AppError) -> Fault:
    if isinstance(error, InMaintenance):
        return OUTDATED
    for kind, status, title, remedy in _APP_ERRORS:
        if isinstance(error, kind):
            headers = {"Retry-After": str(error.after)} if isinstance(error, TooMany) else {}
            return Fault(status, error.code, title, error.message, remedy, headers)
    return Fault(400, error.code, BROKEN.title, error.message)


_CHECK_ADDRESS = _("Check the address, or go back to where you came from.")
_APP_ERRORS: tuple[tuple[type[AppError], int, Text, Text], ...] = (
    (NotFound, 404, _("Not found"), _CHECK_ADDRESS),
    (Forbidden, 403, _("Not allowed"), _("Ask your supervisor or an administrator if you need this.")),
    (Invalid, 422, _("Please check what you entered"), _("Go back; what you typed is still there.")),
    (Conflict, 409, _("Not possible now"), _("Load the page again to see its present state.")),
    (BadRequest, 400, _("The request could not be understood"), _CHECK_ADDRESS),
    (TooMany, 429, _("Too many attempts"), _("Wait until then and try again.")),
    (SignInUnavailable, 503, _("Not possible now"), _("Load the page again to see its present state.")),
    (PrintUnavailable, 503, _("Not possible now"), _("Load the page again to see its present state.")),
    (SignedOut, 401, _("Please sign in"), _("Load the page again to sign in.")),
)

_HTTP: dict[int, tuple[str, Text, Message, Text | None]] = {
    400: ("bad_request", _("The request could not be understood"), BadRequest.default, _CHECK_ADDRESS),
    403: ("forbidden", _("Not allowed"), Forbidden.default, None),
    404: ("not_found", _("Not found"), NotFound.default, _CHECK_ADDRESS),
    405: (
        "method_not_allowed",
        _("Not possible here"),
        _("This address does not take such a request."),
        None,
    ),
    413: (
        "too_large",
        _("Too large"),
        _("What you sent is larger than this site takes. Nothing was saved."),
        _("Send a smaller file, or ask an administrator to raise the limit."),
    ),
    415: (
        "unsupported_media_type",
        _("Unknown format"),
        _("The request is in a format that this address does not take."),
        None,
    ),
    422: ("invalid", _("Please check what you entered"), Invalid.default, None),
    429: ("too_many_requests", _("Too many attempts"), TooMany.default, None),
}


def _of_http(error: HTTPException) -> Fault:
    status = error.code or 500
    if status >= 500:
        return BROKEN
    code, title, text, remedy = _HTTP.get(status, _HTTP[400])
    kept = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After", "WWW-Authenticate")}
    return Fault(status, code, title, text, remedy, kept)


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not isinstance(error, DBAPIError):
        return False
    return _sqlite_code(error) == "SQLITE_FULL" or _sqlstate(error) == "53100"


def _of_database(error: DBAPIError | PoolTimeout) -> Fault:
    if isinstance(error, PoolTimeout):
        return BUSY
    code, state = _sqlite_code(error), _sqlstate(error)
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or state in ("40001", "40P01", "55P03", "53300"):
        return BUSY
    if state in ("42P01", "42703") or "no such table" in str(error.orig) or "no such column" in str(error.orig):
        return OUTDATED
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return DATABASE_AWAY
    return BROKEN


def _sqlite_code(error: DBAPIError) -> str:
    original = error.orig
    return getattr(original, "sqlite_errorname", "") if isinstance(original, sqlite3.Error) else ""


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
