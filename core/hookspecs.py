"""Core's hooks. An addon implements one in its `hooks.py` with `@hookimpl`; only enabled addons are called.

Called as `env.hooks.<name>(…)`. The policy says what becomes of the results and of an exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.addons.policy import Policy, hook

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model


@hook(policy=Policy.VETO)
def owner_changed(env: Env, record: Model, before: int | None, after: int | None, reason: str) -> None:
    """An owned record has been given to another owner, or was created with one (`before` is None).

    Fires in the same transaction, after the record and everything that follows it carry the new owner. `before`
    and `after` are ids of users. Returns nothing. An exception undoes the change of owner.
    """
