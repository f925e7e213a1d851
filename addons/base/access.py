"""Who may change the organisation and the settings."""

from __future__ import annotations

from core.api import Permission, _

PERMISSIONS = [
    Permission("addons", "edit", _("Enable and disable"), title=_("Addons")),
    Permission("exports", "read", _("Read"), title=_("Export log")),
    Permission("jobs", "edit", _("See and run"), title=_("Background jobs")),
    Permission("mail", "edit", _("Read and send"), title=_("Messages sent by the system")),
    Permission("saved_view", "publish", _("Share with others"), title=_("Saved views of lists")),
    Permission("saved_view", "set_default", _("Choose what everybody starts with")),
    Permission("settings", "edit", _("Edit"), title=_("Settings of the company and lists")),
]

_EVERYTHING = dict.fromkeys(("read", "create", "edit", "delete", "export", "print", "bulk_edit"), "all")

GRANTS = {
    "manager": {"saved_view": {"publish": "all"}},
    "general_manager": {
        "user": {"read": "all"},
        "department": {"read": "all"},
        "saved_view": {"publish": "all", "set_default": "all"},
    },
    "administrator": {
        "user": _EVERYTHING,
        "department": _EVERYTHING,
        "role": dict.fromkeys(("read", "create", "edit", "delete"), "all"),
        "saved_view": {"publish": "all", "set_default": "all"},
        "settings": {"edit": "all"},
        "addons": {"edit": "all"},
        "jobs": {"edit": "all"},
        "mail": {"edit": "all"},
        "exports": {"read": "all"},
    },
}
"""Everybody sees who works where; these grants open the pages."""
