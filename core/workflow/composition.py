"""The workflow of a model as the enabled addons compose it; worked out once per set of addons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from core.i18n import Text
from core.orm.model import Model, describe, models
from core.workflow.declaration import Effect, Guard, State, Transition, Workflow, WorkflowPart

if TYPE_CHECKING:
    from core.addons.registry import Registry
    from core.env import Env


@dataclass(frozen=True, slots=True)
class Flow:
    """States and transitions by name, with everything that enabled addons have added."""

    field: str
    initial: str
    labels: Mapping[str, Text]
    states: dict[str, State]
    transitions: dict[str, Transition]
    guards: dict[str, tuple[Guard, ...]]
    effects: dict[str, tuple[Effect, ...]]
    locked: frozenset[str]
    open_fields: frozenset[str]
    locked_children: frozenset[str]

    def state_of(self, record: Model) -> str:
        """The code of the record's state."""
        return str(getattr(record, self.field))

    def label(self, state: str) -> Text | str:
        """What people call the state, also that of an addon which is off."""
        return self.labels.get(state, state)

    def leaving(self, state: str) -> list[Transition]:
        """The transitions that begin at the state."""
        return [transition for transition in self.transitions.values() if state in transition.source]

    def is_locked(self, state: str) -> bool:
        """Whether a record in the state is read-only; so is one whose state belongs to an addon that is off."""
        return state in self.locked or state not in self.states


@dataclass(frozen=True, slots=True)
class Parent:
    """A record that may lock others: those whose `link` leads to it."""

    link: str
    model: type[Model]
    flow: Flow


def flow_of(env: Env, model: type[Model]) -> Flow | None:
    """The workflow of the model on this site; None if it has none."""
    return composed(env.site.registry, env.enabled, model)


def composed(registry: Registry, enabled: frozenset[str], model: type[Model]) -> Flow | None:
    """The workflow of the model wherever these addons are enabled; None if it has none."""
    if model.__workflow__ is None:
        return None
    known = _flows.setdefault(registry, {})
    key = (model, enabled)
    if key not in known:
        known[key] = _compose(model.__workflow__, _parts(registry, enabled, model))
    found: Flow = known[key]
    return found


def parents_of(env: Env, model: type[Model]) -> Sequence[Parent]:
    """What the records of the model belong to that may lock them along with itself."""
    known = _flows.setdefault(env.site.registry, {})
    key = ("parents", model, env.enabled)
    if key not in known:
        known[key] = tuple(_parents(env, model.key()))
    found: Sequence[Parent] = known[key]
    return found


_flows: WeakKeyDictionary[Registry, dict[Any, Any]] = WeakKeyDictionary()


def _parts(registry: Registry, enabled: frozenset[str], model: type[Model]) -> list[WorkflowPart]:
    return [
        part
        for addon in registry.addons
        if addon.name in enabled
        for part in addon.contributed("workflow", "WORKFLOWS", ())
        if part.model is model
    ]


def _compose(declared: Workflow, parts: Sequence[WorkflowPart]) -> Flow:
    every: list[Workflow | WorkflowPart] = [declared, *parts]
    transitions = {t.name: t for part in every for t in part.transitions}
    own_guards = [{t.name: t.guard for t in transitions.values() if t.guard}]
    own_effects = [{t.name: t.effect for t in transitions.values() if t.effect}]
    return Flow(
        field=declared.field,
        initial=declared.initial,
        labels=declared.labels,
        states={state.code: state for part in every for state in part.states},
        transitions=transitions,
        guards=_by_name([*own_guards, *(part.guards for part in parts)]),
        effects=_by_name([*own_effects, *(part.effects for part in parts)]),
        locked=frozenset(code for part in every for code in part.locked),
        open_fields=frozenset(name for part in every for name in part.open_fields),
        locked_children=frozenset(name for part in every for name in part.locked_children),
    )


def _by_name(found: Iterable[Any]) -> dict[str, tuple[Any, ...]]:
    merged: dict[str, tuple[Any, ...]] = {}
    for one in found:
        for name, call in one.items():
            merged[name] = (*merged.get(name, ()), call)
    return merged


def _parents(env: Env, child: str) -> Iterator[Parent]:
    for model in models().values():
        flow = flow_of(env, model)
        for text in flow.locked_children if flow else ():
            key, _dot, link = text.partition(".")
            if flow is not None and key == child and describe(model).addon in {"core", *env.enabled}:
                yield Parent(link, model, flow)
