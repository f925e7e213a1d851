"""Who may change the organisation and the settings."""

from __future__ import annotations

from core.api import Permission, _

PERMISSIONS = [
    Permission("addons", "edit", _("Enable and disable"), title=_("Addons")),
    Permission("jobs", "edit", _("See and run"), title=_("Background jobs")),
    Permission("mail", "edit", _("Read and send"), title=_("Messages sent by the system")),
    Permission("settings", "edit", _("Edit"), title=_("Settings of the company and lists")),
]

_EVERYTHING = dict.fromkeys(("read", "create", "edit", "delete", "export", "print", "bulk_edit"), "all")

GRANTS = {
    "general_manager": {"user": {"read": "all"}, "department": {"read": "all"}},
    "administrator": {
        "user": _EVERYTHING,
        "department": _EVERYTHING,
        "role": dict.fromkeys(("read", "create", "edit", "delete"), "all"),
        "settings": {"edit": "all"},
        "addons": {"edit": "all"},
        "jobs": {"edit": "all"},
        "mail": {"edit": "all"},
    },
}
"""Everybody sees who works where; these grants open the pages."""
