"""Who makes flows at first. Deciding takes no grant: whoever a flow asks may, if they see the document."""

from __future__ import annotations

_KEEP = dict.fromkeys(("read", "create", "edit", "delete"), "all")
_OWN = dict.fromkeys(("read", "create", "edit", "delete"), "own")
_EVERYBODY = {"approval_request": {"read": "all"}, "approval_deputy": _OWN}
"""Of the requests only those are shown that somebody asked for or is asked about, see `hooks.access_rules`."""

GRANTS = {
    "salesperson": _EVERYBODY,
    "manager": _EVERYBODY,
    "general_manager": _EVERYBODY | {"approval_flow": {"read": "all"}},
    "accountant": _EVERYBODY,
    "administrator": {
        "approval_flow": _KEEP,
        "approval_request": {"read": "all"},
        "approval_deputy": _KEEP,
    },
}
"""Preset role → model → action → scope."""
