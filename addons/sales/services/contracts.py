"""What one may do with contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.sales.models import Contract, ContractSigner, Order
from addons.sales.services.ledger import Ledger, locked
from core.api import CREATE, Forbidden, Message, Records, WrongState, _

_RENEWING = "the contract that goes on from another"
RENEWABLE = frozenset({"active", "expired"})
CARRIED = ("name", "customer_id", "owner_id", "remind_days", "currency_id", "amount", "note")
"""What a renewal has from the contract that it renews."""


class Contracts(Records[Contract]):
    """Contracts."""

    model = Contract

    def validate(self, values: Mapping[str, Any], record: Contract | None) -> dict[str, Message]:
        """A contract does not end before it begins; its amount has a currency."""
        problems = super().validate(values, record)
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts is not None and ends is not None and ends < starts:
            problems["ends_on"] = _("This is before the first day.")
        if values.get("amount") is not None and values.get("currency_id") is None:
            problems["currency_id"] = _("Please fill in this field.")
        if record is not None and self._covers_others(record, values.get("customer_id")):
            problems["customer_id"] = _("The contract covers an order of another customer.")
        return problems

    def renew(self, record: Contract) -> Contract:
        """The contract that goes on where this one ends, for as long; a second time the same. Raises `WrongState`."""
        if not self.env.actor.may("contract", CREATE):
            raise Forbidden()
        with self.env.savepoint(), self.env.system(_RENEWING) as session:
            # Locked: two people may renew it at the same moment.
            (stored,) = locked(session, Contract, Contract.id, [record.id])
            if stored.state not in RENEWABLE or stored.starts_on is None or stored.ends_on is None:
                raise WrongState(_("Only a contract that is in force or has expired is renewed."))
            made = session.scalar(select(Contract).where(Contract.renewed_from_id == stored.id)) or _renewal(
                session, stored
            )
            id = made.id
        return self.get(id)

    def ending(self) -> Iterator[Contract]:
        """Contracts in force whose owners are to be told that the end is near, and have not been."""
        today = self.env.service(Ledger).today
        wanted = select(Contract).where(
            Contract.state == "active", Contract.ends_on >= today, Contract.reminded_on.is_(None)
        )
        for contract in self.env.session.scalars(wanted.order_by(Contract.id)):
            if contract.ends_on is not None and contract.ends_on - timedelta(days=contract.remind_days) <= today:
                yield contract

    def over(self) -> list[int]:
        """The contracts in force whose last day has passed."""
        today = self.env.service(Ledger).today
        wanted = select(Contract.id).where(Contract.state == "active", Contract.ends_on < today)
        return list(self.env.session.scalars(wanted.order_by(Contract.id)))

    def _covers_others(self, record: Contract, customer_id: int | None) -> bool:
        others = select(Order.id).where(Order.contract_id == record.id, Order.customer_id != customer_id)
        with self.env.system("the orders of a contract") as session:
            return session.scalar(others.limit(1)) is not None


def _renewal(session: Session, stored: Contract) -> Contract:
    assert stored.starts_on is not None
    assert stored.ends_on is not None
    made = Contract(**{name: getattr(stored, name) for name in CARRIED}, renewed_from_id=stored.id)
    made.starts_on = stored.ends_on + timedelta(days=1)
    made.ends_on = made.starts_on + (stored.ends_on - stored.starts_on)
    session.add(made)
    session.flush()
    signers = select(ContractSigner).where(ContractSigner.contract_id == stored.id).order_by(ContractSigner.position)
    for signer in session.scalars(signers).all():
        again = {name: getattr(signer, name) for name in ("owner_id", "position", "side", "name", "job_title")}
        session.add(ContractSigner(contract_id=made.id, **again))
    session.flush()
    return made
