"""What the preset roles may do with quotes and orders at first. Administrators change it at will."""

from __future__ import annotations

from core.api import Permission, _

_DOCUMENTS = ("quote", "order", "order_change")
_MONEY = ("receipt", "credit_note")
_FOLLOWING = ("receivable", "contract")

PERMISSIONS = [Permission(document, "approve", _("Approve")) for document in (*_DOCUMENTS, *_MONEY)]

_OWN = dict.fromkeys(("read", "create", "edit", "print"), "own")
_BELOW = dict.fromkeys(("read", "create", "edit", "delete", "export", "import", "print", "approve"), "below")
_ALL = dict.fromkeys(("read", "create", "edit", "delete", "export", "import", "print", "bulk_edit", "approve"), "all")
_LOOK = dict.fromkeys(("read", "export", "print"), "all")
_KEEP = dict.fromkeys(("read", "create", "edit", "delete"), "all")


def _without(grants: dict[str, str], *actions: str) -> dict[str, str]:
    return {action: scope for action, scope in grants.items() if action not in actions}


GRANTS = {
    "salesperson": {
        **dict.fromkeys((*_DOCUMENTS, *_MONEY, "contract"), _OWN),
        "receivable": {"read": "own", "print": "own"},
        "payment_terms": {"read": "all"},
    },
    "manager": {
        **dict.fromkeys(_DOCUMENTS, _BELOW),
        # That money is there is for those to say who see the accounts.
        **dict.fromkeys((*_MONEY, *_FOLLOWING), _without(_BELOW, "approve", "import")),
        "payment_terms": {"read": "all"},
    },
    "general_manager": {
        **dict.fromkeys((*_DOCUMENTS, *_MONEY), _ALL),
        **dict.fromkeys(_FOLLOWING, _without(_ALL, "approve")),
        **dict.fromkeys(("currency", "discount_limit", "payment_terms"), _KEEP),
    },
    # What is owed follows from orders; what was offered, and who might buy, is for those who sell.
    "accountant": {
        # Who pays is known by name, and chosen on receipts; nothing else of customers is seen.
        "customer": {"refer": "all"},
        **dict.fromkeys(_MONEY, _without(_ALL, "bulk_edit")),
        "receivable": _without(_ALL, "approve", "bulk_edit"),
        **dict.fromkeys(("order", "contract"), _LOOK),
        **dict.fromkeys(("currency", "payment_terms"), _KEEP),
    },
    "administrator": dict.fromkeys(("currency", "discount_limit", "payment_terms"), _KEEP),
}
"""Preset role → model → action → scope."""
