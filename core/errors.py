"""What can go wrong in business terms. Services raise these; only the edge turns them into pages and HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.i18n import Text, _

Message = Text | str


class AppError(Exception):
    """The root of every error that a user may be shown.

    `code` is stable and snake_case, for the API; `message` is translated when it is rendered.
    """

    code = "error"
    default: Message = _("Something went wrong.")

    def __init__(self, message: Message | None = None, **details: Any) -> None:
        self.message: Message = message or self.default
        self.details = details
        super().__init__(str(self.message))


class NotFound(AppError):
    """There is no such record, or the reader may not know of it; the two are never told apart."""

    code = "not_found"
    default = _("This page or record does not exist, or you may not see it.")


class Forbidden(AppError):
    """The reader may see the record but may not do this."""

    code = "forbidden"
    default = _("You are not allowed to do this.")


class Invalid(AppError):
    """A value was refused. `fields` maps a field's name to its messages; "" holds those of the whole record."""

    code = "invalid"
    default = _("Please check the marked fields.")

    def __init__(self, fields: Mapping[str, Sequence[Message] | Message], message: Message | None = None) -> None:
        super().__init__(message)
        self.fields: dict[str, list[Message]] = {
            name: [m] if isinstance(m, Text | str) else list(m) for name, m in fields.items()
        }

    def __str__(self) -> str:
        """For logs: which field was refused, and why."""
        found = [f"{name}: {message}" for name, messages in self.fields.items() for message in messages]
        return "; ".join(found) or str(self.message)


class BadRequest(AppError):
    """The request itself makes no sense: an unknown filter or sort field, a malformed cursor."""

    code = "bad_request"
    default = _("The request could not be understood.")


class Conflict(AppError):
    """The record's state does not allow this now. A detail `field` names the field that stands in the way."""

    code = "conflict"
    default = _("This is not possible in the present state.")


class Stale(Conflict):
    """Somebody else saved first. `version` is the record's version now, 0 where that is not known."""

    code = "stale"
    default = _("Somebody else changed this record in the meantime.")

    def __init__(self, *, model: str, id: int, version: int) -> None:
        super().__init__()
        self.model, self.id, self.version = model, id, version


class AccessViolation(RuntimeError):
    """Code tried to reach rows past the guard (raw SQL, a Core table, …): a defect of the code, not of the user."""
