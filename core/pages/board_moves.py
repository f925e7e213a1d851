"""Moving a card of a board: a transition of the record's workflow, or another value of the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from core.errors import Conflict, Invalid, NotFound
from core.i18n import Text, _
from core.orm.model import Model
from core.pages.board import NO_VALUE, BoardBuilder
from core.pages.reach import visible
from core.workflow.declaration import Transition
from core.workflow.errors import WrongState

if TYPE_CHECKING:
    from core.env import Env


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it: done, `asks` in the dialog at that address, or wants the question `confirm` answered first."""

    text: str = ""
    asks: str = ""
    confirm: str = ""


def move(env: Env, board: BoardBuilder, record: Model, *, was: str, to: str, confirmed: bool, back: str) -> Moved:
    """Moves the record from the column `was`, in which its author saw it, to the column `to`.

    `back` is the address to show after a dialog. Raises what the transition or the service raises, `WrongState` where
    somebody else has moved it, `Conflict` where nothing leads there.
    """
    if to not in board.labels:
        raise NotFound()
    here = board.code_of(record)
    label = board.labels[to][0]
    if here != was:
        now = board.labels.get(here, (here, ""))[0]
        raise WrongState(_("Somebody else has moved this to “{column}” in the meantime.", column=now))
    if board.moves is None:
        return _changed(env, board, record, to=to, back=back)
    transition = _leading(env, board, record, here, to)
    if transition.arguments:
        query = urlencode({"version": record.version, "next": back})
        return Moved(asks=f"/{record.key()}/{record.id}/actions/{transition.name}?{query}")
    if transition.confirm is not None and not confirmed:
        return Moved(confirm=str(transition.confirm))
    done = env.workflow.perform(record, transition.name, version=record.version)
    return Moved(str(_said(transition, label, is_waiting=bool(done.waiting))))


def value_of(board: BoardBuilder, to: str) -> str | int | None:
    """What the field holds of records in the column `to`."""
    if to == NO_VALUE:
        return None
    return int(to) if board.linked is not None else to


def _changed(env: Env, board: BoardBuilder, record: Model, *, to: str, back: str) -> Moved:
    """Another value of the field. Where the service asks for more fields, the dialog that has them."""
    try:
        with env.savepoint():
            env.records(type(record)).update(record, {board.by.name: value_of(board, to)})
    except Invalid as error:
        lacking = askable(env, type(record), error.fields)
        if not lacking or len(lacking) < len(error.fields) or board.by.name in lacking:
            raise
        query = urlencode({"fields": "|".join(lacking), "version": record.version, "by": board.group, "next": back})
        return Moved(asks=f"/{record.key()}/{record.id}/move/{to}?{query}")
    return Moved(str(_("Moved to “{column}”", column=board.labels[to][0])))


def askable(env: Env, model: type[Model], names: Iterable[str]) -> list[str]:
    """Those of the fields that the actor sees and may fill in."""
    service = env.records(model)
    return [name for name in names if service.writable(name) and visible(env, model, name) is not None]


def _leading(env: Env, board: BoardBuilder, record: Model, here: str, to: str) -> Transition:
    """The first way there that the actor may go; without one, the first at all, which then says why not."""
    offered = {transition.name for transition in board.leaving(here)}
    ways = [t for t in env.workflow.leaving(record) if t.target == to and t.name in offered]
    if not ways:
        raise Conflict(
            _("Nothing leads from “{here}” to “{there}”.", here=board.labels[here][0], there=board.labels[to][0])
        )
    return next((t for t in ways if env.can(t.grant, record)), ways[0])


def _said(transition: Transition, label: str, *, is_waiting: bool) -> Text:
    if is_waiting:
        return _("“{action}” waits for approval", action=transition.label)
    return _("Moved to “{column}”", column=label)
