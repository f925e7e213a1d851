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
    from core.workflow.decisions import Decision
    from core.workflow.declaration import Arguments, Transition


@hook(policy=Policy.VETO)
def owners_changed(env: Env, model: type[Model], changes: Sequence[OwnerChange]) -> None:
    """Records of an owned model have been given to other owners, or were created with one (`before` is None).

    Fires in the same transaction, once for all records that change together, after they and everything that follows
    them carry the new owners. Returns nothing. An exception undoes the change of owners.
    """


@hook(policy=Policy.VETO)
def transition_requested(env: Env, record: Model, transition: Transition, arguments: Arguments) -> Decision | None:
    """Somebody wants a record to make a transition of its workflow, and everything else allows it.

    Fires before anything is changed, in the same transaction, with the record locked. Return `Deny(reason)` to
    refuse, `Pending(id)` to have it wait until `env.workflow.resume(id)` or `cancel(id)`, `Allow()` or None to let it
    pass. One that denies is enough to refuse. Asked once more when what waited is resumed: then only `Deny` counts.
    An exception refuses as well.
    """


@hook(policy=Policy.VETO)
def state_changed(env: Env, record: Model, before: str, after: str, transition: Transition) -> None:
    """A record has made a transition of its workflow.

    Fires in the same transaction, after the transition's own effects. `before` and `after` are codes of states.
    Returns nothing. An exception undoes the transition.
    """
