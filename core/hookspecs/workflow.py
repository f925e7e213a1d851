"""Records that go from state to state, and wait for decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.addons.policy import Policy, hook
from core.workflow.decisions import Performed

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model
    from core.workflow.decisions import Decision
    from core.workflow.declaration import Arguments, Transition


@hook(policy=Policy.VETO)
def transition_requested(env: Env, record: Model, transition: Transition, arguments: Arguments) -> Decision | None:
    """Somebody wants a record to make a transition of its workflow, and everything else allows it.

    Fires before anything is changed, in the same transaction, with the record locked. Return `Deny(reason)` to
    refuse, `Pending(id)` to have it wait until `env.workflow.resume(id)` or `cancel(id)`, `Allow()` or None to let it
    pass. One that denies is enough to refuse. Asked once more when what waited is resumed: then only `Deny` counts.
    An exception refuses as well.
    """


@hook(policy=Policy.VETO)
def transition_cancelled(env: Env, record: Model, transition: str, ids: Sequence[str], reason: str) -> None:
    """A transition that waited has been withdrawn or rejected, and will not happen.

    Fires in the same transaction, once for the whole request. `transition` is the name of what was asked for, `ids`
    are those of every `Pending` that still had to be resumed, whoever gave it: close the ones that are yours. Returns
    nothing. An exception leaves the transition waiting.
    """


@hook(policy=Policy.VETO, gives=Performed)
def decision_given(
    env: Env, record: Model, name: str, arguments: Mapping[str, Any], reference: str
) -> Performed | None:
    """Somebody asks for the transition `name` of a record that waits, or to withdraw (`name` is "withdraw").

    Fires in the same transaction, with the record locked, before any grant is looked at: whoever has the record wait
    knows who may decide. `reference` is the id of the `Pending` that it waits for first. Returns what came of it once
    it has called `env.workflow.resume(id)` or `cancel(id)`, or only noted the decision; of several answers the first
    counts. None leaves it as it would be: the transition is refused with `Waiting`. Raise `Conflict` with the reason
    to refuse; any other exception refuses as well.
    """


@hook(policy=Policy.FIRST, savepoint=False, gives=frozenset)
def decisions_open(env: Env, record: Model, reference: str) -> frozenset[str] | None:
    """What may the actor ask for of a record that waits, so that `decision_given` takes it?

    Returns the names of transitions, and "withdraw"; empty for who is not asked. None where another addon has the
    record wait. Fires when a record that waits is shown; nothing is written.
    """


@hook(policy=Policy.VETO)
def state_changed(env: Env, record: Model, before: str, after: str, transition: Transition) -> None:
    """A record has made a transition of its workflow.

    Fires in the same transaction, after the transition's own effects. `before` and `after` are codes of states.
    Returns nothing. An exception undoes the transition.
    """
