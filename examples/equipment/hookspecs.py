"""The hooks of this addon. Whoever depends on it may implement them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.api import Policy, hook

if TYPE_CHECKING:
    from addons.equipment.models import Equipment
    from core.api import Env


@hook(policy=Policy.ISOLATED)
def equipment_retired(env: Env, equipment: Equipment, reason: str) -> None:
    """A machine has been retired.

    Fires in the transaction that retires it. Returns nothing. An exception undoes only what the implementation did.
    """
