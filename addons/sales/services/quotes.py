"""What one may do with quotes: revise them, and make orders of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from addons.customer.services.stored import forget, locked
from addons.sales.models import Order, Quote
from addons.sales.services.documents import Documents
from addons.sales.services.settings import SalesSettings
from core.api import Conflict, Forbidden, Message, _, locked_now

REVISABLE = ("approved", "sent", "declined", "expired")


class Superseded(Conflict):
    """There is a later revision of the quote."""

    code = "superseded"
    default = _("There is a later revision of this quote.")


class NotConvertible(Conflict):
    """Only what the customer has accepted becomes an order."""

    code = "not_convertible"
    default = _("Only a quote that the customer has accepted becomes an order.")


class QuoteExpired(NotConvertible):
    """The quote's last day has passed."""

    code = "quote_expired"
    default = _("This quote has expired. Revise it to offer it anew.")


class NotRevisable(Conflict):
    """Only what was approved has revisions."""

    code = "not_revisable"
    default = _("Only a quote that was approved is revised; change a draft as it is.")


class Quotes(Documents[Quote]):
    """Quotes. Each revision is one of its own, and only the latest of them goes on."""

    model = Quote

    def defaults(self) -> dict[str, Any]:
        """A new quote is valid for a while."""
        return super().defaults() | {"valid_until": self._valid_until()}

    def validate(self, values: Mapping[str, Any], record: Quote | None) -> dict[str, Message]:
        """A quote does not end before it begins."""
        problems = super().validate(values, record)
        dated, until = values.get("dated_on"), values.get("valid_until")
        if dated is not None and until is not None and until < dated:
            problems["valid_until"] = _("This is before the date of the quote.")
        if record is not None and record.origin_id is not None and values.get("customer_id") != record.customer_id:
            problems["customer_id"] = _("A revision stays with its customer.")
        return problems

    def copied(self, record: Quote) -> dict[str, Any]:
        """A copy is a quote of today."""
        return super().copied(record) | {"valid_until": self._valid_until()}

    def restored(self, record: Quote) -> None:
        """A revision that comes back is the latest one again."""
        super().restored(record)
        with self.env.system("the latest revision of a quote") as session:
            keep_latest(session, record.origin_id or record.id)
        forget(self.env.session, Quote, {record.id})

    def revise(self, quote: Quote) -> Quote:
        """The next revision, a draft. This one stays as it was printed; a second call gives the same draft.

        Raises `Forbidden`, `NotRevisable`, or `Superseded` if the next one has gone on already.
        """
        if not self.env.can("edit", quote):
            raise Forbidden()
        with self.env.savepoint(), self.env.system("a revision of a quote") as session:
            stored = self._held(session, quote)
            following = _revision_after(session, stored)
            if following is not None and following.state == "draft":
                return self.get(following.id)
            if not stored.is_current:
                raise Superseded()
            if stored.state not in REVISABLE:
                raise NotRevisable()
            # Before the next one is there: of two at once, the one that waits finds it superseded.
            stored.is_current = False
            session.flush()
            number = {"revision": stored.revision + 1, "origin_id": stored.origin_id or stored.id}
            with self._making(number):
                return self.create(self._carried(quote) | self.copied(quote) | {"owner_id": quote.owner_id})

    def convert(self, quote: Quote) -> Order:
        """The order of a quote that was accepted: one, however often and by how many at once that is asked for.

        Raises `Forbidden`, `Superseded`, `QuoteExpired`, `NotConvertible`.
        """
        if not self.env.can("edit", quote):
            raise Forbidden()
        orders: Any = self.env.records(Order)
        with self.env.savepoint(), self.env.system("an order of a quote") as session:
            stored = self._held(session, quote)
            if stored.order_id is not None:
                return self.env.get(Order, stored.order_id)
            _check_convertible(stored)
            order: Order = orders.of_quote(quote)
            stored.order_id = order.id
            session.flush()
            self.env.workflow.perform(quote, "order")
            return order

    def over(self) -> list[int]:
        """The quotes with the customer whose last day has passed."""
        wanted = select(Quote.id).where(
            Quote.state.in_(("approved", "sent")), Quote.is_current.is_(True), Quote.valid_until < self.today
        )
        return list(self.env.session.scalars(wanted.order_by(Quote.id)))

    def _held(self, session: Session, quote: Quote) -> Quote:
        """The quote as it is stored. Locked, after its customer: somebody may do the same at this moment."""
        locked(session, quote.customer_id)
        return locked_now(session, Quote, quote.id)

    def _valid_until(self) -> Any:
        return self.today + timedelta(days=self.env.service(SalesSettings).values()["quote_days"])


def keep_latest(session: Session, origin_id: int, *, without: int = 0) -> None:
    """Of the revisions that are left but for `without`, the last one is the latest."""
    family = ((Quote.id == origin_id) | (Quote.origin_id == origin_id)) & (Quote.id != without)
    last = session.scalar(select(func.max(Quote.revision)).where(family))
    for revision in session.scalars(select(Quote).where(family).order_by(Quote.id)):
        revision.is_current = revision.revision == last
    session.flush()


def _revision_after(session: Session, quote: Quote) -> Quote | None:
    origin = quote.origin_id or quote.id
    wanted = select(Quote).where(Quote.origin_id == origin, Quote.revision == quote.revision + 1)
    return session.scalars(wanted.limit(1)).first()


def _check_convertible(quote: Quote) -> None:
    if not quote.is_current:
        raise Superseded()
    if quote.state == "expired":
        raise QuoteExpired()
    if quote.state != "accepted":
        raise NotConvertible()
