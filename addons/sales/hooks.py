"""What happens here when something happens elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addons.sales.models import Order, OrderChange, Quote
from addons.sales.services.documents import Issued
from addons.sales.services.quotes import keep_latest
from core.api import Env, Field, Model, hookimpl


@hookimpl
def next_number(env: Env, field: Field, values: Mapping[str, Any]) -> str | None:
    """A revision has the number of the first one, and which one it is."""
    if field.model != Quote.key() or field.name != "number" or values.get("origin_id") is None:
        return None
    with env.system("the number of a revision") as session:
        return f"{session.get_one(Quote, values['origin_id']).number}-{values['revision']}"


@hookimpl
def before_delete(env: Env, record: Model) -> None:
    """What has a number stays, however it is deleted. Without a draft the revision before it is the latest again."""
    if isinstance(record, Quote | Order | OrderChange) and record.number is not None:
        raise Issued()
    if isinstance(record, Quote) and record.origin_id is not None:
        with env.system("the latest revision of a quote") as session:
            keep_latest(session, record.origin_id, without=record.id)
