"""The pages of receivables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from addons.sales.models import ReceiptAllocation, Receivable
from addons.sales.models.receipt import METHODS, TRANSFER
from addons.sales.models.receivable import SMALLEST
from addons.sales.services import Receipts, Receivables
from core.api import (
    Action,
    AnalysisPage,
    CalendarPage,
    DetailPage,
    Env,
    Field,
    FormPage,
    Kind,
    ListPage,
    Section,
    Tab,
    Text,
    _,
    pgettext,
)

COLUMNS = ("name", "customer_name", "label", "amount", "balance", "state", "awaited_on", "owner_id")

AGES: Mapping[str, tuple[Text, Sequence[str]]] = {
    "age_0": (_("Not yet due"), ("awaited_on:ge:today",)),
    "age_30": (_("1–30 days"), ("awaited_on:between:-30d|-1d",)),
    "age_60": (_("31–60 days"), ("awaited_on:between:-60d|-31d",)),
    "age_90": (_("61–90 days"), ("awaited_on:between:-90d|-61d",)),
    "age_91": (_("91 days and more"), ("awaited_on:le:-91d",)),
}
"""Receivables by their age: days since the payment was due, counted on the day on which somebody looks."""


def _receive(env: Env, record: Receivable, **values: Any) -> str:
    return f"/receipt/{env.service(Receipts).receive(record, values).id}"


def _split(env: Env, record: Receivable, *, amount: Decimal, due_on: date | None) -> str:
    return f"/receivable/{env.service(Receivables).split(record, amount=amount, due_on=due_on).id}"


RECEIVABLE = [
    ListPage(
        model=Receivable,
        columns=COLUMNS,
        filters=("state", "customer_id", "owner_id", "awaited_on", "due_on", "balance", "currency_id", "order_id"),
        quick_filters={
            "open": (_("Still owed"), ("balance:gt:0",)),
            "mine": (_("Mine"), ("owner_id:is:me", "balance:gt:0")),
            "overdue": (_("Overdue"), ("awaited_on:lt:today",)),
            **AGES,
        },
        card=("customer_name", "balance"),
        sort="due_on",
        empty=_("Here is what customers owe. An order that is approved brings its instalments here by itself."),
    ),
    CalendarPage(model=Receivable, at="awaited_on", also=("due_on",), label="name", colour="state"),
    AnalysisPage(model=Receivable, by=("state", "customer_id", "owner_id", "awaited_on")),
    FormPage(
        model=Receivable,
        sections=(
            Section(key="main", label=_("Basic data"), fields=("order_id", "label", "amount", "due_on")),
            Section(key="invoice", label=_("Invoice"), fields=("invoice_number", "invoiced_on")),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Receivable,
        pills=("state",),
        header=("customer_name", "order_id", "balance", "awaited_on"),
        side=(
            Section(key="money", label=_("Money"), fields=("amount", "received", "credited", "balance")),
            Section(
                key="facts",
                label=_("Key facts"),
                fields=("customer_id", "label", "event", "due_on", "currency_id", "owner_id", "voided_on"),
            ),
            Section(key="invoice", label=_("Invoice"), fields=("invoice_number", "invoiced_on")),
        ),
    ),
    Tab(
        place="receivable.detail.tabs",
        key="receipts",
        label=_("Receipts"),
        children=ReceiptAllocation,
        via="receivable_id",
        columns=("receipt_id", "receipt.state", "receipt.received_on", "amount"),
    ),
    Action(
        key="receive",
        model=Receivable,
        label=_("Record a receipt"),
        icon="cash",
        run=_receive,
        grant="read",
        arguments=(
            Field(Kind.MONEY, _("Amount"), name="amount", required=True, minimum=SMALLEST),
            Field(Kind.DATE, pgettext("money", "Received on"), name="received_on", required=True),
            Field(Kind.CHOICE, _("Payment method"), name="method", options=METHODS, required=True, default=TRANSFER),
            Field(Kind.TEXT, _("Payment reference"), name="reference", max_length=60),
            Field(Kind.TEXT, _("Cheque number"), name="cheque_number", max_length=30),
            Field(Kind.DATE, _("Cheque due on"), name="cheque_due_on"),
        ),
        chips=("method",),
        when=lambda env, record: record.balance > 0 and env.actor.may("receipt", "create"),
        done=_("The receipt is a draft: submit it."),
        is_primary=True,
    ),
    Action(
        key="split",
        model=Receivable,
        label=_("Split"),
        icon="arrows-split",
        run=_split,
        grant="edit",
        arguments=(
            Field(Kind.MONEY, _("Amount of the new receivable"), name="amount", required=True, minimum=Decimal(0)),
            Field(Kind.DATE, _("Due on"), name="due_on"),
        ),
        when=lambda env, record: record.balance > 0,
        done=_("The receivable is split."),
    ),
]
