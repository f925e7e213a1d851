"""What a form says of records that resemble its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.duplicates.finding import Found, find
from core.duplicates.store import fields_of
from core.i18n import listed
from core.orm.model import Model, describe
from core.pages import once
from core.pages.views import Resemblance, Resemblances

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.form import Draft

STOP = "stop_at_duplicates"
"""Sent by browsers without scripts, which could not say anything while somebody typed."""

LONGEST = 500


def resembling(env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None) -> Found:
    """What resembles a record with these values, of which only those by which records are recognised count."""
    wanted = {name: str(values[name])[:LONGEST] for name in fields_of(describe(model)) if values.get(name)}
    return find(env, model, wanted, record)


def stops(draft: Draft) -> Resemblances | None:
    """What the first sending of a form without scripts shows instead of saving; None if it may be saved."""
    names, record = fields_of(describe(draft.model)), draft.record
    if record is None and once.earlier(draft.env, draft.model, draft.sent) is not None:
        return None
    if draft.sent is None or not draft.sent.get(STOP) or not draft.form.validate():
        return None
    typed = {name: draft.form.values[name] for name in names if name in draft.form.values}
    if record is not None and all(value == getattr(record, name) for name, value in typed.items()):
        return None
    found = resembling(draft.env, draft.model, typed, record)
    return offer(draft, found, stops_once=False) if found.hits else None


def offer(draft: Draft, found: Found | None = None, *, stops_once: bool = True) -> Resemblances | None:
    """What the form's page needs to warn; None for a form without a field that records are recognised by."""
    names = [name for name in fields_of(describe(draft.model)) if name in draft.form.controls]
    if not names:
        return None
    id = None if draft.record is None else draft.record.id
    return view(draft.model, found or Found(()), names, id, stops_once=stops_once)


def view(
    model: type[Model], found: Found, names: list[str], id: int | None = None, *, stops_once: bool = True
) -> Resemblances:
    """As templates take it."""
    hits = [Resemblance(hit.label, str(listed(map(str, hit.reasons))), hit.url, hit.hint) for hit in found.hits]
    url = f"/{model.key()}/duplicates/check"
    return Resemblances(url, names, id, hits, found.is_limited, stops_once)
