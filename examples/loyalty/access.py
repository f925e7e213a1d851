"""What the preset roles may do with points at first. Administrators change it at will."""

from __future__ import annotations

GRANTS = {
    "salesperson": {"loyalty_entry": dict.fromkeys(("read", "create", "print"), "own")},
    "manager": {"loyalty_entry": dict.fromkeys(("read", "create", "edit", "delete", "print"), "below")},
    "general_manager": {"loyalty_entry": dict.fromkeys(("read", "create", "edit", "delete", "print"), "all")},
}
"""Preset role → model → action → scope."""

FIELD_GRANTS = {"salesperson": {"customer": {"loyalty_tier": "read"}}}
"""Preset role → model → field → level, where that is less than edit."""
