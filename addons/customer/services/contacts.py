"""What one may do with contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.customer.models import Contact
from addons.customer.services.stored import forget, locked
from core.api import Changes, Message, Records, _


class Contacts(Records[Contact]):
    """Contacts. The first one of a customer is its primary contact until another one is."""

    model = Contact

    def validate(self, values: Mapping[str, Any], record: Contact | None) -> dict[str, Message]:
        """A birthday is not in the future."""
        problems = super().validate(values, record)
        birthday = values.get("birthday")
        if birthday is not None and birthday > self.env.today:
            problems["birthday"] = _("A birthday cannot be in the future.")
        return problems

    def saved(self, record: Contact, changes: Changes, *, created: bool) -> None:
        """Keeps one primary contact per customer."""
        super().saved(record, changes, created=created)
        if changes.keys() & {"is_primary", "customer_id"}:
            self._keep_one_primary(record, created=created)

    def _keep_one_primary(self, record: Contact, *, created: bool) -> None:
        with self.env.system("one primary contact per customer") as session:
            locked(session, record.customer_id)
            primary = session.scalars(
                select(Contact).where(
                    Contact.customer_id == record.customer_id, Contact.id != record.id, Contact.is_primary
                )
            ).all()
            if record.is_primary:
                for other in primary:
                    other.is_primary = False
            elif created and not primary:
                session.get_one(Contact, record.id).is_primary = True
            session.flush()
        forget(self.env.session, Contact, {record.id, *(other.id for other in primary)})

    def keep_one_primary(self, customer_id: int) -> None:
        """Of several primary contacts, which a merge may bring together, the one that was first stays."""
        with self.env.system("one primary contact per customer") as session:
            locked(session, customer_id)
            found = session.scalars(
                select(Contact)
                .where(Contact.customer_id == customer_id)
                .order_by(Contact.is_primary.desc(), Contact.id)
            ).all()
            for contact in found:
                contact.is_primary = contact is found[0]
            session.flush()
        forget(self.env.session, Contact, {contact.id for contact in found})

    def restored(self, record: Contact) -> None:
        """A primary contact that comes back gives way to the one that has taken its place."""
        super().restored(record)
        with self.env.system("one primary contact per customer") as session:
            locked(session, record.customer_id)
            others = (Contact.customer_id == record.customer_id, Contact.id != record.id)
            if session.scalar(select(Contact.id).where(*others, Contact.is_primary).limit(1)) is not None:
                session.get_one(Contact, record.id).is_primary = False
            session.flush()
