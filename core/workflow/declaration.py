"""What a model says of its states: `__workflow__ = Workflow(…)`, and what other addons add to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from dataclasses import field as made
from typing import TYPE_CHECKING, Any, Literal

from core.i18n import Text
from core.orm.field import Field

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model

Arguments = Mapping[str, Any]
"""What a transition was asked for with: a clean value per argument."""

Guard = Callable[["Env", Any], Text | None]
"""Why a record cannot make the transition now; None if it can. It changes nothing."""

Effect = Callable[..., None]
"""Called as `effect(env, record, **arguments)`, in the transaction, once the record is in its new state.

The record is one that the system wrote: what is set on it is stored whatever the reader may edit. Everything else
goes through `env`, with the reader's rights.
"""

WITHDRAW = "withdraw"
"""The action that drops a transition which waits."""

RESERVED = frozenset({"assign", "create", "delete", "edit", "restore", "share", "unshare", WITHDRAW})
"""Names of what can be done with every record."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of a record. `code` is what is stored, for ever.

    One that is `aside` is off the straight way, such as void: the status bar shows it only of a record that is in it.
    """

    code: str
    label: Text
    _: KW_ONLY
    tone: Literal["neutral", "accent", "positive", "warning", "negative"] = "neutral"
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from one state to another: a button on the record's page, an action of the API.

    `source` are the states that it leaves and `target` the one that it leads to. `grant` is what its author must be
    allowed on the record, `required` names fields that must be filled by then, `guard` says why it is not possible
    now, and `effect` is what it does beside. `arguments` are asked for in a dialog and given to the effect; one
    called `reason` goes into the history. `done` says what has happened, in the message and in the timeline. With
    `bulk` it is offered for the ticked rows of a list.
    """

    name: str
    label: Text
    _: KW_ONLY
    source: Sequence[str]
    target: str
    grant: str = "edit"
    required: Sequence[str] = ()
    guard: Guard | None = None
    effect: Effect | None = None
    arguments: Sequence[Field] = ()
    confirm: Text | None = None
    done: Text | None = None
    icon: str = "arrow-right"
    tone: Literal["neutral", "accent", "positive", "warning", "negative"] = "neutral"
    is_primary: bool = False
    bulk: bool = False

    def __post_init__(self) -> None:
        if self.name in RESERVED:
            raise ValueError(f"“{self.name}” is done with every record; give the transition another name.")


@dataclass(frozen=True)
class Workflow:
    """The states of a model's records, in their order, and the ways between them. A new record is in the first one.

    `field` names the choice field that holds the state; only transitions write it. A record in one of the `locked`
    states is read-only but for its `open_fields`; so are the records of `locked_children`, each written as the
    child's model and its link: `line.order_id`.
    """

    field: str
    _: KW_ONLY
    states: Sequence[State]
    transitions: Sequence[Transition]
    locked: Collection[str] = ()
    open_fields: Collection[str] = ()
    locked_children: Sequence[str] = ()
    labels: dict[str, Text] = made(init=False, default_factory=dict, compare=False)
    """Every state that a record may be in, whichever installed addon it comes from."""
    tones: dict[str, str] = made(init=False, default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self.learn(self.states)
        known = {state.code for state in self.states}
        named = [code for t in self.transitions for code in (*t.source, t.target)]
        unknown = sorted({*named, *self.locked} - known)
        if unknown:
            raise ValueError(f"There is no state {', '.join(unknown)} among {', '.join(known)}.")

    @property
    def initial(self) -> str:
        """The state of a new record."""
        return self.states[0].code

    def learn(self, states: Sequence[State]) -> None:
        """Takes in the states of an addon, which records may be in even while the addon is off."""
        self.labels.update({state.code: state.label for state in states})
        self.tones.update({state.code: state.tone for state in states})


@dataclass(frozen=True)
class WorkflowPart:
    """What an addon adds to the workflow of a model, in `WORKFLOWS` of its `workflow.py`; its own model included.

    `guards` and `effects` go with transitions by name: every guard must agree, and the effects run one after the
    other in the order of the addons. A transition that has the name of an earlier one takes its place.
    """

    model: type[Model]
    _: KW_ONLY
    states: Sequence[State] = ()
    transitions: Sequence[Transition] = ()
    guards: Mapping[str, Guard] = made(default_factory=dict)
    effects: Mapping[str, Effect] = made(default_factory=dict)
    locked: Collection[str] = ()
    open_fields: Collection[str] = ()
    locked_children: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.model.__workflow__ is None:
            raise ValueError(f"{self.model.__name__} has no workflow to add to.")
        self.model.__workflow__.learn(self.states)
