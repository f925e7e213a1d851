"""Actions on records: those that addons declare and those that every record has; run on one or on many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.actor import BULK_EDIT, DELETE, EDIT
from core.addons.origin import CORE
from core.errors import AppError, Conflict, Forbidden, NotFound, Stale
from core.i18n import Text, _, colon, ngettext
from core.merging import MOST as MOST_MERGED
from core.orm.model import Model, describe
from core.pages.catalogue import catalogue_of
from core.pages.isolation import isolated
from core.pages.naming import name_of
from core.pages.nodes import Action, Changed, Made
from core.pages.rights import Rights
from core.pages.standard import UNSHARE, copy_url, is_copying, opens_form, standard_actions
from core.pages.transitions import transition_actions
from core.pages.views import Button
from core.printing.templates import bulk_print_buttons, print_buttons
from core.sending.offer import mail_buttons
from core.workflow.decisions import Performed

if TYPE_CHECKING:
    from core.env import Env

MOST = 500
"""How many records one bulk action takes at most."""


@dataclass(slots=True)
class Outcome:
    """What an action did. `failed`: (name of the record, why), of the records `failed_ids`."""

    done: list[int] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    failed_ids: list[int] = field(default_factory=list)
    errors: list[AppError] = field(default_factory=list)
    deletions: dict[int, int] = field(default_factory=dict)
    """Record → the act of deleting that took it."""
    changes: dict[int, Mapping[str, list[Any]]] = field(default_factory=dict)
    """Record → field → [before, after]."""
    unchanged: int = 0
    """How many of those done were as they should be already."""
    url: str = ""
    waits: int = 0
    """How many of those done wait for a decision."""


def actions_of(env: Env, model: type[Model]) -> dict[str, Action]:
    """Everything that can be done to a record, by key: its transitions, those of the enabled addons, core's own.

    A transition that an addon hides on pages is among them: who may make it, and when, is for the workflow to say.
    """
    return transition_actions(env, model) | offered_actions(env, model)


def offered_actions(env: Env, model: type[Model]) -> dict[str, Action]:
    """Those that pages offer, by key, in the order and by the names that addons have given them."""
    pages = catalogue_of(env).models.get(model.key())
    if pages is not None:
        return dict(pages.actions)
    return transition_actions(env, model) | {action.key: action for action in standard_actions(model)}


def action_of(env: Env, model: type[Model], key: str) -> Action:
    """One action of a model. Raises `NotFound`."""
    found = actions_of(env, model).get(key)
    if found is None:
        raise NotFound()
    return found


def perform(
    env: Env, action: Action, ids: Iterable[int], arguments: Mapping[str, Any], *, version: int | None = None
) -> Outcome:
    """Runs the action on each of the records; what fails on one is undone for that one alone.

    Records that the actor may not see are passed over in silence, as if they did not exist. `version` is the one that
    the author saw of the only record.
    """
    model: Any = action.model
    wanted = list(dict.fromkeys(ids))[:MOST]
    records = env.session.scalars(select(model).where(model.id.in_(wanted)).order_by(model.id)).all()
    is_transition = action.key in transition_actions(env, model)
    if is_transition and len(records) > 1:
        env.workflow.hold(model, [record.id for record in records])
    allowed = env.ids_within(model, {record.id for record in records}, action.grant)
    outcome = Outcome()
    for record in records:
        id, name = record.id, name_of(env, record)
        try:
            # Whoever is asked to decide on what a record waits for needs no grant; a transition looks at that itself.
            if id not in allowed and not is_transition:
                raise Forbidden()
            if version is not None and version != record.version:
                raise Stale(model=model.key(), id=id, version=record.version)
            with env.savepoint():
                _run(env, action, record, arguments, outcome, version)
            outcome.done.append(id)
        except AppError as error:
            outcome.failed.append((name, explain(error, model)))
            outcome.failed_ids.append(id)
            outcome.errors.append(error)
    return outcome


def may_take(env: Env, action: Action, record: Model) -> bool:
    """Whether the actor may take the action: by their grant, or as who decides on what the record waits for."""
    return env.can(action.grant, record) or action.key in {each.name for each in env.workflow.decisions(record)}


def _run(
    env: Env, action: Action, record: Model, arguments: Mapping[str, Any], outcome: Outcome, version: int | None
) -> None:
    if action.when is not None and not action.when(env, record):
        raise Conflict()
    id = record.id
    if action.key == DELETE:
        outcome.deletions[id] = env.records(type(record)).delete(record)
        return
    found = action.perform(env, record, arguments, version)
    outcome.url = found if isinstance(found, str) else found.address if isinstance(found, Made) else ""
    outcome.waits += isinstance(found, Performed) and bool(found.waiting)
    if isinstance(found, Changed) and found.values:
        outcome.changes[id] = found.values
    outcome.unchanged += isinstance(found, Changed) and not found.values


def explain(error: AppError, model: type[Model]) -> str:
    """The message of an error with those of its fields, each by the name of its field where it is one of the model."""
    found: Mapping[str, Sequence[Any]] = getattr(error, "fields", {})
    fields = describe(model).fields
    parts = [
        f"{fields[name].label}{colon()}{message}" if name in fields else str(message)
        for name, messages in found.items()
        for message in messages
    ]
    return " ".join(parts) or str(error.message)


def summary_of(action: Action, outcome: Outcome) -> Text:
    """What to tell the user afterwards."""
    is_plain = not outcome.waits and not outcome.unchanged
    if action.done is not None and len(outcome.done) == 1 and is_plain:
        return action.done
    return summary(action.key, len(outcome.done), waits=outcome.waits, same=outcome.unchanged)


def summary(key: str, count: int, *, waits: int = 0, same: int = 0) -> Text:
    """What an action has done to so many records, of which some wait for a decision or were as they should be."""
    parts: list[Text] = []
    done = count - waits - same
    if done or not (waits or same):
        parts.append(_done(key, done))
    if waits:
        parts.append(ngettext("{count} record waits for approval", "{count} records wait for approval", waits))
    if same:
        parts.append(ngettext("{count} record was like this already", "{count} records were like this already", same))
    found = parts[0]
    for part in parts[1:]:
        found = _("{summary}, {missed}", summary=found, missed=part)
    return found


def _done(key: str, count: int) -> Text:
    if key == DELETE:
        return ngettext("{count} record deleted", "{count} records deleted", count)
    if key == EDIT:
        return ngettext("{count} record changed", "{count} records changed", count)
    return ngettext("Done for {count} record", "Done for {count} records", count)


MOST_PRIMARY = 3
"""So many actions of a record stand beside its name; the others are behind a menu."""


def buttons_for(
    env: Env, record: Model, rights: Rights, *, editing: str | None = None
) -> tuple[list[Button], list[Button]]:
    """The actions of a record that the actor may take now: those that matter most, and the others.

    Transitions stand beside the status bar. `editing` is what editing is called where it is not all of the record;
    empty where its state keeps the record as it is.
    """
    model, first, rest = type(record), list[Button](), list[Button]()
    url = f"/{model.key()}/{record.id}"
    elsewhere = {UNSHARE, *transition_actions(env, model)}
    for action in offered_actions(env, model).values():
        if action.key in elsewhere or not _is_offered(env, action, record, rights):
            continue
        if is_copying(action):
            rest.append(Button(action.key, str(action.label), copy_url(record), icon=action.icon))
        elif not opens_form(action):
            (first if action.is_primary else rest).append(button_of(action, f"{url}/actions/{action.key}"))
        elif editing != "":
            first.append(Button(EDIT, editing or str(action.label), f"{url}/edit", icon=action.icon, shortcut="E"))
    rest = _ahead_of_negative(rest, [*print_buttons(env, record, rights), *mail_buttons(env, record, rights)])
    return first[:MOST_PRIMARY], [*first[MOST_PRIMARY:], *rest]


def _ahead_of_negative(buttons: Sequence[Button], added: Sequence[Button]) -> list[Button]:
    """The buttons with those added, but what cannot be taken back easily stays at the end."""
    at = next((place for place, button in enumerate(buttons) if button.tone == "negative"), len(buttons))
    return [*buttons[:at], *added, *buttons[at:]]


def _is_offered(env: Env, action: Action, record: Model, rights: Rights) -> bool:
    if not rights.may(action.grant):
        return False
    return action.when is None or isolated(env, f"The action {action.key}", partial(action.when, env, record), False)


def button_of(action: Action, address: str) -> Button:
    """The button of an action that is done at the address."""
    asks = bool(action.arguments)
    return Button(
        key=action.key,
        label=str(action.label),
        url="" if asks else address,
        method="get" if asks else "post",
        icon=action.icon,
        tone=action.tone,
        confirm=str(action.confirm or ""),
        dialog_url=address if asks else "",
    )


def bulk_buttons(env: Env, model: type[Model]) -> list[Button]:
    """The actions that the actor may take on many records at once."""
    offered = [a for a in offered_actions(env, model).values() if a.bulk and env.actor.may(model.key(), a.grant)]
    found = [button_of(action, f"/{model.key()}/bulk/{action.key}") for action in offered]
    found = _ahead_of_negative(found, bulk_print_buttons(env, model))
    first = [_edit_button(model)] if may_edit_many(env, model) else []
    return [*first, *([_merge_button(model)] if may_merge(env, model) else []), *found]


def may_edit_many(env: Env, model: type[Model]) -> bool:
    """Whether the actor may change fields of many records at once: of what has a form, by both grants."""
    pages = catalogue_of(env).models.get(model.key())
    has_form = pages is not None and pages.form is not None
    return has_form and all(env.actor.may(model.key(), grant) for grant in (EDIT, BULK_EDIT))


def _edit_button(model: type[Model]) -> Button:
    address = f"/{model.key()}/bulk/{EDIT}"
    return Button("edit-many", str(_("Edit")), "", icon="pencil", dialog_url=address)


def may_merge(env: Env, model: type[Model]) -> bool:
    """Whether the actor may make one of several records: of addons' models that people fill in, by both grants."""
    pages = catalogue_of(env).models.get(model.key())
    has_pages = pages is not None and pages.form is not None and pages.detail is not None
    is_addons = describe(model).addon != CORE
    return has_pages and is_addons and all(env.actor.may(model.key(), grant) for grant in (EDIT, DELETE))


def _merge_button(model: type[Model]) -> Button:
    address = f"/{model.key()}/bulk/merge"
    return Button("merge", str(_("Merge")), address, method="post", icon="arrows-join", least=2, most=MOST_MERGED)
