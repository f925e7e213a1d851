"""What the preset roles may do with customers at first. Administrators change it at will."""

from __future__ import annotations

_FOLLOWERS = ("contact", "visit")

_OWN = dict.fromkeys(("read", "create", "edit", "print"), "own")
_BELOW = dict.fromkeys(("read", "create", "edit", "delete", "export", "import", "print", "bulk_edit"), "below")
_ALL = dict.fromkeys(("read", "create", "edit", "delete", "export", "import", "print", "bulk_edit"), "all")

GRANTS = {
    # No "delete": a salesperson marks a customer as invalid, so that nothing disappears with who leaves.
    "salesperson": {
        "customer": _OWN,
        **dict.fromkeys(_FOLLOWERS, _OWN),
        "ownership_period": {"read": "own"},
    },
    "manager": {
        "customer": _BELOW | {"assign": "below"},
        **dict.fromkeys(_FOLLOWERS, _BELOW),
        "ownership_period": {"read": "below"},
    },
    "general_manager": {
        "customer": _ALL | {"assign": "all"},
        **dict.fromkeys(_FOLLOWERS, _ALL),
        "ownership_period": {"read": "all"},
    },
}
"""Preset role → model → action → scope. Accountants and administrators see no customers through this."""

FIELD_GRANTS = {
    # Whoever could lock customers could keep them from the rules for ever.
    "salesperson": {"customer": {"locked_until": "read"}},
}
"""Preset role → model → field → level, where that is less than edit."""
