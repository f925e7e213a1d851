"""What the preset roles may do with quotes and orders at first. Administrators change it at will."""

from __future__ import annotations

from core.api import Permission, _

_DOCUMENTS = ("quote", "order", "order_change")

PERMISSIONS = [Permission(document, "approve", _("Approve")) for document in _DOCUMENTS]

_OWN = dict.fromkeys(("read", "create", "edit", "print"), "own")
_BELOW = dict.fromkeys(("read", "create", "edit", "delete", "export", "import", "print", "approve"), "below")
_ALL = dict.fromkeys(("read", "create", "edit", "delete", "export", "import", "print", "bulk_edit", "approve"), "all")
_LOOK = dict.fromkeys(("read", "export", "print"), "all")
_KEEP = dict.fromkeys(("read", "create", "edit", "delete"), "all")

GRANTS = {
    "salesperson": dict.fromkeys(_DOCUMENTS, _OWN),
    "manager": dict.fromkeys(_DOCUMENTS, _BELOW),
    "general_manager": dict.fromkeys(_DOCUMENTS, _ALL) | {"currency": _KEEP, "discount_limit": _KEEP},
    # What is owed follows from orders; what was offered, and who might buy, is for those who sell.
    "accountant": {"order": _LOOK, "currency": _KEEP},
    "administrator": {"currency": _KEEP, "discount_limit": _KEEP},
}
"""Preset role → model → action → scope."""
