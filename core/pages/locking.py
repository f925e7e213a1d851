"""How pages tell what the state of a record leaves to be changed."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import _, listed

FEW = 2
"""So many fields are named on a button."""


def editing_of(labels: Sequence[str]) -> str:
    """What editing is called that reaches the fields of these names alone; empty without any."""
    if not labels:
        return ""
    if len(labels) > FEW:
        return str(_("Edit what is open"))
    return str(_("Edit: {fields}", fields=listed(labels)))


def left_open(lock: str, labels: Sequence[str]) -> str:
    """Why a record is locked, with the names of the fields that are not."""
    if not labels:
        return lock
    return str(_("{lock} Still open: {fields}.", lock=lock, fields=listed(labels)))
