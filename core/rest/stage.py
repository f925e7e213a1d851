"""Where a record stands in its workflow, as the API tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.i18n import _
from core.orm.model import Model
from core.orm.values import to_json
from core.pages.rights import Rights

if TYPE_CHECKING:
    from core.env import Env

Json = dict[str, Any]


def stage_of(env: Env, record: Model) -> Json:
    """`transitions` that the caller may make now, and `waiting` for decisions; nothing for a model without states."""
    if env.workflow.flow(type(record)) is None:
        return {}
    rights = Rights(env, record)
    leaving = [t for t in env.workflow.leaving(record) if rights.may(t.grant)]
    transitions = []
    for transition in leaving or env.workflow.decisions(record):
        reason = env.workflow.refusal(record, transition) if leaving else None
        blocked = None if reason is None else str(reason)
        names: Json = {"name": transition.name, "label": str(transition.label)}
        transitions.append(names | {"target": transition.target, "blocked": blocked})
    waiting = [
        {"id": row.reference, "transition": row.transition, "url": row.url, "requested_at": to_json(row.requested_at)}
        for row in env.workflow.waiting(record)
    ]
    return {"transitions": transitions, "waiting": waiting}


def stage_schema() -> Json:
    """The same as a JSON Schema: the properties that a record has beside its fields."""
    text: Json = {"type": "string"}
    transition = {"name": text, "label": text, "target": text, "blocked": {"type": ["string", "null"]}}
    waiting = {"id": text, "transition": text, "url": text, "requested_at": {"type": "string", "format": "date-time"}}
    return {
        "transitions": _list(
            str(_("The actions that change the state now, each with what is in its way.")), transition
        ),
        "waiting": _list(str(_("The decisions that the record waits for.")), waiting),
    }


def _list(description: str, properties: Json) -> Json:
    items = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "array", "readOnly": True, "description": description, "items": items}
