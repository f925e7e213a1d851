"""What the operations of the API have in common: parameters, headers, errors."""

from __future__ import annotations

from typing import Any

from core.i18n import Text, _

Json = dict[str, Any]

PARAMETERS: dict[str, tuple[str, Text, Json]] = {
    "id": ("path", _("The record's id."), {"type": "integer", "minimum": 1}),
    "q": ("query", _("Words to search for; two characters suffice."), {"type": "string"}),
    "filter": (
        "query",
        _("A condition field:operator:value, such as name:contains:光電. May be repeated; all must hold."),
        {"type": "array", "items": {"type": "string"}},
    ),
    "any": (
        "query",
        _("Conditions joined by semicolons. May be repeated; one of these groups must hold, besides filter."),
        {"type": "array", "items": {"type": "string"}},
    ),
    "sort": ("query", _("A field to sort by, descending with a leading minus."), {"type": "string"}),
    "limit": (
        "query",
        _("How many at most."),
        {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    ),
    "after": ("query", _("The cursor of the page before: its page.next."), {"type": "string"}),
    "If-Match": ("header", _("The ETag that you read; an older one is answered with 409."), {"type": "string"}),
    "Idempotency-Key": (
        "header",
        _("Any text of up to 200 characters. The same key again gets the same answer for a day."),
        {"type": "string", "maxLength": 200},
    ),
}

HEADERS: Json = {
    "Location": {"description": _("The new record's address."), "schema": {"type": "string"}},
    "ETag": {"description": _("The record's version."), "schema": {"type": "string"}},
    "X-Deletion": {
        "description": _("The id of this deletion, for the action restore."),
        "schema": {"type": "integer"},
    },
    "WWW-Authenticate": {"description": _("How to sign in."), "schema": {"type": "string"}},
}

_ERROR: Json = {
    "type": "object",
    "required": ["code", "message", "fields"],
    "properties": {
        "code": {"type": "string", "description": _("Stable, in snake_case.")},
        "message": {"type": "string", "description": _("For people, in their language.")},
        "fields": {
            "type": "object",
            "description": _("Field → its messages."),
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}

SCHEMAS: dict[str, Json] = {
    "Error": {"type": "object", "required": ["error"], "properties": {"error": _ERROR}},
    "StaleError": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                **_ERROR,
                "properties": {
                    **_ERROR["properties"],
                    "version": {"type": "integer", "description": _("The version stored now.")},
                    "comparison": {
                        "type": "object",
                        "description": _("Field → what is stored now and what you gave."),
                        "additionalProperties": {"type": "object", "properties": {"stored": {}, "given": {}}},
                    },
                },
            }
        },
    },
    "File": {
        "type": "object",
        "required": ["id", "name", "size", "type", "url"],
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": "string"},
            "size": {"type": "integer", "description": _("In bytes.")},
            "type": {"type": "string", "description": _("The media type, by the content.")},
            "url": {"type": "string", "description": _("Where its content is read.")},
        },
    },
    "Page": {
        "type": "object",
        "required": ["next", "count", "count_is_exact"],
        "properties": {
            "next": {"type": ["string", "null"], "description": _("The cursor of the next page.")},
            "count": {"type": "integer"},
            "count_is_exact": {"type": "boolean", "description": _("false: there are more than count.")},
        },
    },
    "History": {
        "type": "object",
        "required": ["data", "page"],
        "properties": {
            "data": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "integer"},
                        "at": {"type": "string", "format": "date-time"},
                        "action": {"type": "string"},
                        "reason": {"type": "string"},
                        "user": {
                            "type": ["object", "null"],
                            "properties": {"id": {"type": "integer"}, "label": {"type": "string"}},
                        },
                        "changes": {
                            "type": "object",
                            "additionalProperties": {"type": "object", "properties": {"before": {}, "after": {}}},
                        },
                    },
                },
            },
            "page": {"type": "object", "properties": {"next": {"type": ["string", "null"]}}},
        },
    },
}

RESPONSES: dict[str, tuple[Text, str, Json]] = {
    "History": (_("Its changes, the latest first"), "History", {}),
    "Error400": (_("Unknown filter, sort field or parameter"), "Error", {}),
    "Error401": (_("No valid token"), "Error", {"WWW-Authenticate": HEADERS["WWW-Authenticate"]}),
    "Error403": (_("You see it but may not do this"), "Error", {}),
    "Error404": (_("There is no such record, or you may not see it"), "Error", {}),
    "Error409": (_("Somebody else saved first, or the state does not allow it"), "StaleError", {}),
    "Error415": (_("The body is not JSON"), "Error", {}),
    "Error422": (_("A value was refused; fields says which and why"), "Error", {}),
}
