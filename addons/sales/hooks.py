"""What happens here when something happens elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from addons.customer.models import Customer
from addons.sales.models import CreditNote, Order, OrderChange, Quote, Receipt
from addons.sales.services.books import Books
from addons.sales.services.documents import Issued
from addons.sales.services.names import keep_names
from addons.sales.services.quotes import keep_latest
from core.api import Changes, Diagnosis, Env, Field, Model, hookimpl

TOLD = 20
"""So many figures that are wrong are told one by one."""


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
    if isinstance(record, Quote | Order | OrderChange | Receipt | CreditNote) and record.number is not None:
        raise Issued()
    if isinstance(record, Quote) and record.origin_id is not None:
        with env.system("the latest revision of a quote") as session:
            keep_latest(session, record.origin_id, without=record.id)


@hookimpl
def after_save(env: Env, record: Model, changes: Changes, created: bool) -> None:
    """A customer that is called otherwise is so in what it owes, too."""
    if isinstance(record, Customer) and not created and "name" in changes:
        keep_names(env, record.id)


@hookimpl
def records_merged(env: Env, model: type[Model], survivor: Model) -> None:
    """What the others owed, the survivor owes under its name."""
    if model is Customer:
        keep_names(env, survivor.id)


@hookimpl
def merge_undone(env: Env, model: type[Model], survivor: Model, others: Sequence[int]) -> None:
    """Each has its own back, under its own name."""
    if model is Customer:
        for id in (survivor.id, *others):
            keep_names(env, id)


@hookimpl
def diagnose(env: Env) -> list[Diagnosis]:
    """Whether what is kept of the money follows from what is approved."""
    wrong = list(env.service(Books).differences())
    if not wrong:
        return [Diagnosis("books", "balance", is_wrong=False)]
    found = [Diagnosis("books", line) for line in wrong[:TOLD]]
    return found + ([Diagnosis("books", f"{len(wrong) - TOLD:,} more")] if wrong[TOLD:] else [])
