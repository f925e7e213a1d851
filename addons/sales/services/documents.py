"""What quotes, orders and changes of orders have in common: their lines are priced and added up, and locked in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from addons.customer.models import Contact, Customer
from addons.opportunity.models import Opportunity
from addons.sales.amounts import LARGEST, TAXABLE, Amounts, Document, Line, amounts_of
from addons.sales.models import Currency
from addons.sales.services.currencies import Currencies
from addons.sales.services.prices import Prices
from addons.sales.services.settings import SalesSettings
from core.api import Conflict, Message, Model, Records, _, clock

M = TypeVar("M", bound=Model)

CARRIED = (
    "name",
    "customer_id",
    "contact_id",
    "opportunity_id",
    "owner_id",
    "currency_id",
    "tax_mode",
    "discount_percent",
    "discount_amount",
    "payment_terms_id",
    "delivery",
    "terms",
    "note",
)
"""What goes along when one document is made from another."""

LINE_CARRIED = (
    "product_id",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "tax_kind",
    "note",
)

Values = Mapping[str, Any]


class Issued(Conflict):
    """The document has a number, and so stays."""

    code = "issued"
    default = _("A document that has a number is not deleted. Void it instead.")


class Documents(Records[M]):
    """A document with lines. While it is a draft everything that is computed follows from what is typed."""

    _own: Mapping[str, Any] = {}
    """What an act of the service itself says of the document that it makes; see `_making`."""

    @property
    def today(self) -> date:
        """The day where the company is: the same for everybody who writes documents."""
        return clock.now().astimezone(self.env.company_timezone).date()

    def defaults(self) -> dict[str, Any]:
        """A new document is of today, in the company's currency, at today's rate of tax."""
        rate = self.env.service(SalesSettings).values()["tax_rate"]
        own = self.env.service(Currencies).own()
        return super().defaults() | {"dated_on": self.today, "currency_id": own.id, "tax_rate": rate}

    def derive(self, values: Values, record: M | None) -> dict[str, Any]:
        """Prices and texts that a line leaves open, its amounts, and the totals."""
        found: dict[str, Any] = {**super().derive(values, record), **self._own}
        if record is not None and self._is_fixed(record):
            return found
        values = {**values, **found}
        prices = Prices(self.env, values)
        prices.learn(values["lines"])
        filled = [_filled(row, prices) for row in values["lines"]]
        rows = [{**row, **more} for row, more in zip(values["lines"], filled, strict=True)]
        amounts = amounts_of(_document(values, rows, prices))
        lines = [
            {**more, "amount": each.amount, "net_amount": each.net_amount}
            for more, each in zip(filled, amounts.lines, strict=True)
        ]
        totals = {name: getattr(amounts, name) for name in _TOTALS}
        named = {} if values.get("name") else {"name": self._name_of(values, rows)}
        rate = {} if prices.rate is None else {"rate": prices.rate}
        return found | totals | named | rate | {"lines": lines}

    def validate(self, values: Values, record: M | None) -> dict[str, Message]:
        """Currency, contact and opportunity fit, discounts are no more than there is, and all of it can be stored."""
        problems = super().validate(values, record)
        if record is not None and self._is_fixed(record):
            return problems
        problems |= self._misfits(values, record)
        if values.get("discount_percent") and values.get("discount_amount"):
            problems["discount_amount"] = _("Please give a discount in percent or as an amount, not both.")
        elif (values.get("discount_amount") or 0) > values["subtotal"]:
            problems["discount_amount"] = _("The discount is more than the sum of the lines.")
        problems |= self._off_sale(values, record)
        listed = max((row.get("list_price") or 0 for row in values["lines"]), default=0)
        if listed > LARGEST or not _amounts(self.env, values).is_storable:
            problems["lines"] = _("The lines come to more than can be stored.")
        return problems

    def follow(self, changed: str, values: Values, record: M | None) -> dict[str, Any]:
        """The main contact of a customer; text, unit, tax and price of a product; prices in another currency."""
        found = dict(super().follow(changed, values, record))
        if changed == "customer_id":
            return found | {"contact_id": self._main_contact(values.get("customer_id"))}
        prices = Prices(self.env, self.defaults() | {n: v for n, v in values.items() if v is not None})
        rows: Sequence[Values] = values.get("lines") or ()
        prices.learn(rows)
        name, _dot, rest = changed.partition(".")
        place, _dot, column = rest.partition(".")
        if name != "lines":
            repriced = rows if name in ("currency_id", "tax_mode") else ()
            return found | {key: price for i, row in enumerate(repriced) for key, price in _priced(i, row, prices)}
        if not place.isdecimal() or int(place) >= len(rows):
            return found
        row = rows[int(place)]
        if column == "product_id":
            return found | _chosen(int(place), row, prices)
        return found | (dict(_priced(int(place), row, prices)) if self._follows_quantity(column, row) else {})

    def copied(self, record: M) -> dict[str, Any]:
        """A copy is of today."""
        return {"dated_on": self.today, "owner_id": self.env.user_id}

    def delete(self, record: M, *, version: int | None = None) -> int:
        """Puts a draft into the recycle bin. Raises `Issued` for what has a number."""
        if getattr(record, "number", None) is not None:
            raise Issued()
        return super().delete(record, version=version)

    def fix(self, record: Any) -> None:
        """The exchange rate stays as it is now, and it is known who has submitted."""
        with self.env.system("the exchange rate at submission") as session:
            currency = session.get_one(Currency, record.currency_id)
        rate = self.env.service(Currencies).rate_of(currency)
        record.rate = record.rate if rate is None else rate
        record.submitted_by_id, record.approved_by_id = self.env.user_id, None

    # For what makes one document from another.

    @contextmanager
    def _making(self, own: Values) -> Iterator[None]:
        """What is created inside has these values, of read-only fields too."""
        self._own = own
        try:
            yield
        finally:
            self._own = {}

    def _carried(self, source: Any) -> dict[str, Any]:
        """What the new document has of the other one: terms and lines, as the actor may give them."""
        values = {name: getattr(source, name) for name in CARRIED if self.writable(name) and hasattr(source, name)}
        rows = self.env.parts(source, "lines")
        return values | {"lines": [{name: getattr(row, name) for name in LINE_CARRIED} for row in rows]}

    # How it is done.

    def _is_fixed(self, record: Any) -> bool:
        return bool(record.state != "draft")

    def _name_of(self, values: Values, rows: Sequence[Values]) -> str | None:
        """What a document is about that nobody has named: its opportunity, its first line, or its customer."""
        with self.env.system("what a document is about") as session:
            opportunity = session.get(Opportunity, values.get("opportunity_id") or 0)
            customer = session.get(Customer, values.get("customer_id") or 0)
        named = [opportunity.name if opportunity else None, *(row.get("description") for row in rows[:1])]
        found = next((name for name in [*named, customer.name if customer else None] if name), None)
        return None if found is None else found[:200]

    def _misfits(self, values: Values, record: Any) -> dict[str, Message]:
        """What was chosen and does not go together. What was so before stays."""
        found: dict[str, Message] = {}
        with self.env.system("what goes together in a document") as session:
            currency = session.get(Currency, values.get("currency_id") or 0)
            contact = session.get(Contact, values.get("contact_id") or 0)
            opportunity = session.get(Opportunity, values.get("opportunity_id") or 0)
        if currency is not None and self.env.service(Currencies).rate_of(currency) is None:
            found["currency_id"] = _("An exchange rate must be entered for this currency first.")
        elif currency is not None and not currency.is_active and currency.code != self.env.service(Currencies).home:
            found["currency_id"] = _("This currency is not in use.")
        if (
            contact is not None
            and contact.customer_id != values.get("customer_id")
            and _is_new(values, record, "contact_id")
        ):
            found["contact_id"] = _("This contact belongs to another customer.")
        if opportunity is not None and opportunity.customer_id != values.get("customer_id"):
            found["opportunity_id"] = _("This opportunity belongs to another customer.")
        return found

    def _off_sale(self, values: Values, record: Any) -> dict[str, Message]:
        """Products that are not sold any more are not written anew."""
        if self._own:
            return {}
        kept = set() if record is None else {row.product_id for row in self.env.parts(record, "lines")}
        prices = Prices(self.env, values)
        prices.learn(values["lines"])
        found: dict[str, Message] = {}
        for place, row in enumerate(values["lines"]):
            product = prices.product_of(row)
            if product is not None and product.sale_state == "off" and product.id not in kept:
                found[f"lines.{place}.product_id"] = _("This product is no longer on sale.")
        return found

    def _main_contact(self, customer_id: int | None) -> int | None:
        wanted = select(Contact.id).where(Contact.customer_id == customer_id, Contact.is_primary.is_(True)).limit(1)
        return None if customer_id is None else self.env.session.scalar(wanted)

    def _follows_quantity(self, column: str, row: Values) -> bool:
        """Whether the price is what a list says for a quantity, and not what somebody has typed."""
        return column == "quantity" and row.get("unit_price") in (None, row.get("list_price"))


_TOTALS = ("subtotal", "discount_total", "untaxed_total", "tax_total", "total", "highest_discount")


def _amounts(env: Any, values: Values) -> Amounts:
    return amounts_of(_document(values, values["lines"], Prices(env, values)))


def _document(values: Values, rows: Sequence[Values], prices: Prices) -> Document:
    nothing = Decimal(0)
    return Document(
        [
            Line(
                row.get("quantity") or nothing,
                row.get("unit_price") or nothing,
                row.get("discount_percent") or nothing,
                row.get("tax_kind") or TAXABLE,
                row.get("list_price"),
            )
            for row in rows
        ],
        decimals=0 if prices.currency is None else prices.currency.decimals,
        tax_mode=values.get("tax_mode") or "exclusive",
        tax_rate=prices.tax_rate,
        discount_percent=values.get("discount_percent") or nothing,
        discount_amount=values.get("discount_amount") or nothing,
    )


def _filled(row: Values, prices: Prices) -> dict[str, Any]:
    """What the line leaves open and its product says; a line of free text is taxable."""
    product, found = prices.product_of(row), dict[str, Any]()
    if product is None:
        found = {"tax_kind": TAXABLE}
    else:
        found = {"description": product.name, "unit": product.unit, "tax_kind": product.tax_kind}
    found = {name: value for name, value in found.items() if row.get(name) in (None, "")}
    listed = prices.price_of({**row, **found})
    if row.get("unit_price") is None and listed is not None:
        found["unit_price"] = listed
    return found | {"list_price": listed}


def _chosen(place: int, row: Values, prices: Prices) -> dict[str, Any]:
    """What a form fills in for a product that was chosen, in place of what stood there for another one."""
    product = prices.product_of(row)
    if product is None:
        return {}
    chosen = {"description": product.name, "unit": product.unit, "tax_kind": product.tax_kind}
    priced = dict(_priced(place, {**row, **chosen}, prices))
    return {f"lines.{place}.{name}": value for name, value in chosen.items()} | priced


def _priced(place: int, row: Values, prices: Prices) -> Iterator[tuple[str, Decimal]]:
    price = prices.price_of(row)
    if price is not None:
        yield f"lines.{place}.unit_price", price


def _is_new(values: Values, record: Any, name: str) -> bool:
    """Whether it is only now written so: who has left a customer since stays in what was."""
    return record is None or any(values.get(n) != getattr(record, n) for n in (name, "customer_id"))
