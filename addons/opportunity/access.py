"""What the preset roles may do with opportunities at first. Administrators change it at will."""

from __future__ import annotations

from core.api import Permission, _

PERMISSIONS = [Permission("opportunity", "move_back", _("Move back to earlier stages"))]

_SETUP = ("pipeline", "pipeline_stage")
_KEEP = dict.fromkeys(("read", "create", "edit", "delete", "export", "import", "print"), "all")
_OWN = dict.fromkeys(("read", "create", "edit", "print"), "own")
_MORE = ("read", "create", "edit", "delete", "export", "import", "print", "bulk_edit", "move_back")

GRANTS = {
    # No "delete": what came to nothing is marked as lost, with the reason.
    "salesperson": {
        "opportunity": _OWN,
        "opportunity_stage_change": {"read": "own"},
        **{key: {"read": "all"} for key in _SETUP},
    },
    "manager": {
        "opportunity": dict.fromkeys(_MORE, "below") | {"assign": "below"},
        "opportunity_stage_change": {"read": "below"},
        **{key: {"read": "all"} for key in _SETUP},
    },
    "general_manager": {
        "opportunity": dict.fromkeys(_MORE, "all") | {"assign": "all"},
        "opportunity_stage_change": {"read": "all"},
        **{key: {"read": "all"} for key in _SETUP},
    },
    "administrator": dict.fromkeys(_SETUP, _KEEP),
}
"""Preset role → model → action → scope."""
