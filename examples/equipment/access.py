"""Who may do what with machines at first."""

from __future__ import annotations

from core.api import Permission, _

PERMISSIONS = [Permission("equipment", "retire", _("Retire machines"))]

_OWN = dict.fromkeys(("read", "create", "edit", "print"), "own")
_BELOW = dict.fromkeys(("read", "create", "edit", "delete", "export", "print", "retire"), "below")
_ALL = dict.fromkeys(("read", "create", "edit", "delete", "export", "print", "retire"), "all")

GRANTS = {
    preset: {"equipment": grants, "equipment_check": {name: grants[name] for name in grants if name != "retire"}}
    for preset, grants in (("salesperson", _OWN), ("manager", _BELOW), ("general_manager", _ALL))
}
"""Preset role → model → action → scope. A salesperson does not retire machines."""
