"""The pages of receipts."""

from __future__ import annotations

from decimal import Decimal

from addons.sales.models import Receipt
from addons.sales.services import Receipts
from addons.sales.services.ledger import COUNTS
from core.api import (
    Action,
    AnalysisPage,
    DetailPage,
    Env,
    Field,
    FormPage,
    Kind,
    Lines,
    ListPage,
    Section,
    _,
    files_tab,
)


def _has_rest(env: Env, record: Receipt) -> bool:
    return record.state == COUNTS and record.unallocated_total > 0


def _allocate(env: Env, record: Receipt, *, receivable_id: int, amount: Decimal) -> None:
    env.service(Receipts).allocate(record, {receivable_id: amount})


def _allocate_oldest(env: Env, record: Receipt) -> None:
    env.service(Receipts).allocate_oldest(record)


RECEIPT = [
    ListPage(
        model=Receipt,
        columns=(
            "number",
            "customer_name",
            "state",
            "received_on",
            "method",
            "amount",
            "unallocated_total",
            "cheque_due_on",
        ),
        filters=(
            "state",
            "method",
            "customer_id",
            "owner_id",
            "received_on",
            "cheque_due_on",
            "amount",
            "unallocated_total",
            "currency_id",
        ),
        quick_filters={
            "waiting": (_("To approve"), ("state:is:submitted",)),
            "prepaid": (_("Prepaid"), ("state:is:approved", "unallocated_total:gt:0")),
            "cheques": (_("Cheques to come"), ("state:is:approved", "method:is:cheque", "cheque_due_on:ge:today")),
        },
        card=("customer_name", "amount"),
        sort="-received_on",
        empty=_("Here is the money that came in. Write down the first receipt, and which receivables it pays."),
    ),
    AnalysisPage(model=Receipt, by=("state", "method", "customer_id", "received_on")),
    FormPage(
        model=Receipt,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("customer_id", "received_on", "currency_id", "amount", "method", "reference"),
            ),
            Section(key="cheque", label=_("Cheque"), fields=("cheque_number", "cheque_due_on")),
            Lines(
                part="allocations",
                columns=("receivable_id", "amount"),
                totals=("allocated_total", "unallocated_total"),
            ),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Receipt,
        pills=("state", "method"),
        header=("customer_name", "amount", "received_on", "unallocated_total"),
        side=(
            Section(
                key="money",
                label=_("Money"),
                fields=("amount", "allocated_total", "unallocated_total", "currency_id", "rate"),
            ),
            Section(
                key="facts",
                label=_("Key facts"),
                fields=(
                    "customer_id",
                    "received_on",
                    "method",
                    "reference",
                    "cheque_number",
                    "cheque_due_on",
                    "owner_id",
                    "note",
                ),
            ),
        ),
    ),
    Action(
        key="allocate_oldest",
        model=Receipt,
        label=_("Allocate to the oldest"),
        icon="arrow-merge",
        run=_allocate_oldest,
        grant="approve",
        when=_has_rest,
        done=_("What was prepaid is allocated."),
        is_primary=True,
    ),
    Action(
        key="allocate",
        model=Receipt,
        label=_("Allocate"),
        icon="arrows-split",
        run=_allocate,
        grant="approve",
        arguments=(
            Field(Kind.LINK, _("Receivable"), name="receivable_id", required=True, target="receivable"),
            Field(Kind.MONEY, _("Amount"), name="amount", required=True, minimum=Decimal(0)),
        ),
        when=_has_rest,
        done=_("What was prepaid is allocated."),
    ),
    files_tab("receipt.detail.tabs"),
]
