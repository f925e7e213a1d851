"""What the preset roles may do with products at first. Administrators change it at will."""

from __future__ import annotations

_MODELS = ("product", "product_category", "price_list", "price_list_line")
_READ = {"read": "all", "print": "all"}
_KEEP = dict.fromkeys(("read", "create", "edit", "delete", "export", "import", "print", "bulk_edit"), "all")

GRANTS = {
    "salesperson": dict.fromkeys(_MODELS, _READ),
    "manager": dict.fromkeys(_MODELS, _READ | {"export": "all"}),
    "general_manager": dict.fromkeys(_MODELS, _KEEP),
    "accountant": dict.fromkeys(_MODELS, _READ),
}
"""Preset role → model → action → scope."""

FIELD_GRANTS = {
    # What a product costs the company is nobody's business who haggles over it.
    "salesperson": {"product": {"cost": "hidden"}},
    "manager": {"product": {"cost": "read"}},
}
"""Preset role → model → field → level, where that is less than edit."""
