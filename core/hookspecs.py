"""Core's hooks. An addon implements one in its `hooks.py` with `@hookimpl`; only enabled addons are called.

Called as `env.hooks.<name>(…)`. The policy says what becomes of the results and of an exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.addons.policy import Policy, hook

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model
    from core.ownership import OwnerChange


@hook(policy=Policy.VETO)
def owners_changed(env: Env, model: type[Model], changes: Sequence[OwnerChange]) -> None:
    """Records of an owned model have been given to other owners, or were created with one (`before` is None).

    Fires in the same transaction, once for all records that change together, after they and everything that follows
    them carry the new owners. Returns nothing. An exception undoes the change of owners.
    """
