"""How orders and customers stand: the panels of figures, and the tabs of what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from sqlalchemy import func, select

from addons.customer.models import Customer
from addons.sales.models import Contract, CreditNote, Currency, Order, Quote, Receipt, Receivable
from addons.sales.pages.totals import OF_CREDIT_NOTES, OF_RECEIPTS, OF_RECEIVABLES
from addons.sales.services.ledger import COUNTS, OWED, Ledger
from addons.sales.standing import NOTHING
from core.api import Card, Env, FieldLevel, FormField, Panel, Tab, Text, _, money_text, ngettext

OFFERED = ("approved", "sent", "accepted", "ordered")
"""The states of a quote that the customer knows, or is about to."""

Sums = Sequence[tuple[int, Decimal]]
"""Currency → amount."""


def customer_figures(env: Env, customer: Customer) -> Markup:
    """What was offered to the customer, ordered, received and is owed, as far as the reader sees the documents."""
    today = env.service(Ledger).today
    late = (Receivable.balance > 0, Receivable.awaited_on < today)
    lines: list[tuple[Text, Any, Any, Sequence[Any], str]] = [
        (_("Quoted"), Quote, Quote.total, (Quote.state.in_(OFFERED), Quote.is_current), ""),
        (_("Ordered"), Order, Order.total, (Order.state.in_(OWED),), ""),
        (_("Received"), Receipt, Receipt.amount, (Receipt.state == COUNTS,), ""),
        (_("Outstanding"), Order, Order.outstanding_total, (Order.state.in_(OWED),), ""),
        (_("Overdue"), Receivable, Receivable.balance, late, "overdue"),
        (_("Prepaid"), Receipt, Receipt.unallocated_total, (Receipt.state == COUNTS,), ""),
    ]
    currencies = {each.id: each for each in env.session.scalars(select(Currency))}
    found = []
    for label, model, column, conditions, tone in lines:
        if _is_open(env, model, column):
            sums = _sums(env, model, column, (model.customer_id == customer.id, *conditions))
            found.append((label, _money(env, currencies, sums), tone if sums else ""))
    return _figures(found)


def order_progress(env: Env, order: Order) -> Markup:
    """How many instalments are paid, and for how long one has been overdue."""
    said: list[tuple[Text, str, str]] = []
    if order.instalments:
        paid = _("{paid} of {count} paid", paid=order.instalments_paid, count=order.instalments)
        said.append((_("Instalments"), str(paid), ""))
    days = (env.service(Ledger).today - order.next_due_on).days if order.next_due_on else 0
    if days > 0:
        said.append((_("Overdue"), str(ngettext("{count} day", "{count} days", days)), "overdue"))
    return _figures(said)


def _is_open(env: Env, model: Any, column: Any) -> bool:
    """Whether the reader sees the amounts of such records one by one, and so may see what they add up to."""
    level = env.actor.field_level(model.key(), column.key)
    return env.actor.may(model.key(), "read") and level.width >= FieldLevel.READ.width


def _sums(env: Env, model: Any, column: Any, conditions: Iterable[Any]) -> Sums:
    """The sums by currency, the reader's rights applied by the session."""
    wanted = select(model.currency_id, func.sum(column)).where(*conditions).group_by(model.currency_id)
    rows = env.session.execute(wanted.order_by(model.currency_id))
    return [(currency, amount) for currency, amount in rows if amount]


def _money(env: Env, currencies: dict[int, Currency], sums: Sums) -> str:
    if not sums:
        return money_text(env, NOTHING)
    return " + ".join(
        money_text(env, amount, currency=currencies[id].code, decimals=currencies[id].decimals) for id, amount in sums
    )


def _figures(rows: Iterable[tuple[Text, str, str]]) -> Markup:
    line = Markup('<div class="fact"><dt>{}</dt><dd><span class="num {}">{}</span></dd></div>')
    found = [line.format(label, tone, value) for label, value, tone in rows]
    return Markup('<dl class="facts">{}</dl>').format(Markup("").join(found)) if found else Markup("")


QUOTE_MONEY = [
    FormField(place="quote.form.terms", name="payment_terms_id", after="currency_id"),
]

ORDER_MONEY = [
    FormField(place="order.form.main", name="payment_terms_id", after="promised_on"),
    FormField(place="order.form.main", name="contract_id", after="payment_terms_id"),
    Panel(
        place="order.detail.side",
        key="payment",
        label=_("Payment"),
        fields=("received_total", "credited_total", "outstanding_total", "next_due_on"),
        render=order_progress,
        before="facts",
    ),
    Panel(
        place="order.detail.side",
        key="invoice",
        label=_("Invoice and contract"),
        fields=("payment_terms_id", "invoice_number", "invoiced_on", "contract_id"),
    ),
    Tab(
        place="order.detail.tabs",
        key="receivables",
        label=_("Receivables"),
        children=Receivable,
        via="order_id",
        columns=("name", "label", "amount", "received", "balance", "state", "due_on", "invoice_number"),
        totals=OF_RECEIVABLES,
    ),
    Tab(
        place="order.detail.tabs",
        key="credit_notes",
        label=_("Credit notes"),
        after="receivables",
        children=CreditNote,
        via="order_id",
        columns=("number", "kind", "state", "amount", "dated_on"),
        totals=OF_CREDIT_NOTES,
    ),
]

CUSTOMER_MONEY = [
    Panel(
        place="customer.detail.side",
        key="money",
        label=_("Sales and payment"),
        render=customer_figures,
        after="next",
    ),
    Tab(
        place="customer.detail.tabs",
        key="receivables",
        label=_("Receivables"),
        after="orders",
        children=Receivable,
        via="customer_id",
        columns=("name", "label", "amount", "balance", "state", "awaited_on"),
        totals=OF_RECEIVABLES,
    ),
    Tab(
        place="customer.detail.tabs",
        key="receipts",
        label=_("Receipts"),
        after="receivables",
        children=Receipt,
        via="customer_id",
        columns=("number", "state", "received_on", "method", "amount", "unallocated_total"),
        totals=OF_RECEIPTS,
    ),
    Tab(
        place="customer.detail.tabs",
        key="credit_notes",
        label=_("Credit notes"),
        after="receipts",
        children=CreditNote,
        via="customer_id",
        columns=("number", "order_id", "kind", "state", "amount", "dated_on"),
        totals=OF_CREDIT_NOTES,
    ),
    Tab(
        place="customer.detail.tabs",
        key="contracts",
        label=_("Contracts"),
        after="credit_notes",
        children=Contract,
        via="customer_id",
        columns=("name", "number", "state", "starts_on", "ends_on"),
    ),
]

MONEY_CARDS = [
    Card(
        key="receivables_due",
        label=_("Receivables due"),
        model=Receivable,
        filters=("balance:gt:0", "awaited_on:le:+7d"),
        sort="awaited_on",
        columns=("name", "customer_name", "balance", "awaited_on"),
        grant=("receivable", "read"),
        position=25,
    ),
]
