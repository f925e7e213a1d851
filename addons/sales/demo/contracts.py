"""The contracts of the demo company: who signed them, and which orders they are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from addons.customer.models import Contact
from addons.sales.demo import words
from addons.sales.demo.documents import Documents
from addons.sales.demo.outline import DealPlan
from addons.sales.demo.scene import Scene
from addons.sales.models import Contract
from core.api import PastEvent, User

CONTRACTS, PENDING, ENDED = 30, 4, 3
SHORTLY = timedelta(minutes=1)
LENGTHS = (365, 365, 180, 730, 365)
"""Days."""


def add_contracts(scene: Scene, documents: Documents, deals: Sequence[DealPlan]) -> list[PastEvent]:
    """The contracts of orders; some wait for a signature still. Returns how they were named in the orders."""
    approved = [deal for deal in deals if deal.order_state in ("approved", "in_progress", "done")]
    approved.sort(key=lambda deal: deal.ordered_on or scene.today)
    chosen = [*approved[: CONTRACTS - PENDING], *approved[-PENDING:]]
    made = [_contract(scene, documents, deal, place) for place, deal in enumerate(chosen)]
    moments = [documents.orders[id(deal)].created_at + timedelta(minutes=30) for deal in chosen]
    authors = [documents.orders[id(deal)].created_by for deal in chosen]
    scene.write(list(zip(made, authors, moments, strict=True)))
    signers = [_signers(scene, contract, is_signed=place < CONTRACTS - PENDING) for place, contract in enumerate(made)]
    scene.write_parts("signers", list(zip(made, signers, moments, strict=True)))
    signed = made[: CONTRACTS - PENDING]
    numbers = scene.numbers(Contract, [contract.starts_on or scene.today for contract in signed])
    events = [
        event
        for place, (contract, number) in enumerate(zip(signed, numbers, strict=True))
        for event in _course(scene, contract, number, is_ended=place % 9 == 5)
    ]
    scene.tell(events)
    orders = [documents.orders[id(deal)] for deal in chosen]
    return [
        PastEvent(order, "update", order.created_at + SHORTLY, order.created_by, {"contract_id": contract.id})
        for contract, order in zip(made, orders, strict=True)
    ]


def _contract(scene: Scene, documents: Documents, deal: DealPlan, place: int) -> Contract:
    order = documents.orders[id(deal)]
    starts = order.dated_on
    codes = [line.product.code for line in deal.lines if line.product]
    title = next((name for code, name in words.CONTRACTS.items() if code in codes), words.CONTRACT)
    return Contract(
        name=f"{deal.customer.short_name or deal.customer.name} {title}",
        customer_id=deal.customer.id,
        owner_id=deal.customer.owner_id,
        state="pending",
        starts_on=starts,
        ends_on=starts + timedelta(days=LENGTHS[place % len(LENGTHS)] - 1),
        currency_id=order.currency_id,
        amount=order.total,
        note="正本一式兩份，雙方各執一份。" if place % 4 == 0 else None,
    )


def _signers(scene: Scene, contract: Contract, *, is_signed: bool) -> list[dict[str, object]]:
    """The customer's first contact, and our general manager, who signs first."""
    chief = scene.env.session.scalars(select(User).where(User.username == "gm", User.is_demo)).one()
    contact_id = scene.contacts.get(contract.customer_id)
    contact = scene.env.session.get(Contact, contact_id) if contact_id else None
    on = contract.starts_on
    company: dict[str, object] = {"side": "company", "name": chief.name, "job_title": chief.title, "signed_on": on}
    if contact is None:
        return [company]
    customer: dict[str, object] = {"side": "customer", "name": contact.name, "job_title": contact.job_title}
    return [company, customer | {"signed_on": on if is_signed else None}]


def _course(scene: Scene, contract: Contract, number: str, *, is_ended: bool) -> Iterator[PastEvent]:
    """Into force, and perhaps out of it again."""
    author = contract.created_by
    at = contract.created_at + timedelta(minutes=45)
    yield PastEvent(contract, "activate", at, author, {"state": "active", "number": number})
    ends: date = contract.ends_on or scene.today
    if is_ended:
        reason = words.ENDED[contract.id % len(words.ENDED)]
        yield PastEvent(contract, "end", min(at + timedelta(days=70), scene.now), author, {"state": "ended"}, reason)
    elif ends < scene.today:
        yield PastEvent(contract, "expire", scene.at(ends + timedelta(days=1), 5), None, {"state": "expired"})
