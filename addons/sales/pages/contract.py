"""The pages of contracts."""

from __future__ import annotations

from addons.sales.models import Contract, Order
from addons.sales.pages.totals import OF_ORDERS
from addons.sales.services import Contracts
from addons.sales.services.contracts import RENEWABLE
from core.api import Action, CalendarPage, DetailPage, Env, FormPage, Lines, ListPage, Section, Tab, _, files_tab


def _renew(env: Env, record: Contract) -> str:
    return f"/contract/{env.service(Contracts).renew(record).id}"


CONTRACT = [
    ListPage(
        model=Contract,
        columns=("name", "number", "customer_id", "state", "starts_on", "ends_on", "amount", "owner_id"),
        filters=("state", "customer_id", "owner_id", "starts_on", "ends_on", "amount"),
        quick_filters={
            "mine": (_("Mine"), ("owner_id:is:me",)),
            "ending": (_("Ends within 60 days"), ("state:is:active", "ends_on:between:today|+60d")),
        },
        card=("state", "ends_on"),
        sort="-starts_on",
        empty=_("Here is what you have agreed on with customers, and until when it holds."),
    ),
    CalendarPage(model=Contract, at="ends_on", also=("starts_on",), colour="state"),
    FormPage(
        model=Contract,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("name", "customer_id", "starts_on", "ends_on", "remind_days", "currency_id", "amount"),
            ),
            Lines(part="signers", columns=("side", "name", "job_title", "signed_on")),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Contract,
        number="number",
        pills=("state",),
        header=("customer_id", "starts_on", "ends_on", "owner_id"),
        side=(
            Section(
                key="facts",
                label=_("Key facts"),
                fields=("starts_on", "ends_on", "remind_days", "currency_id", "amount", "renewed_from_id", "note"),
            ),
        ),
    ),
    Tab(
        place="contract.detail.tabs",
        key="orders",
        label=_("Orders"),
        children=Order,
        via="contract_id",
        columns=("name", "number", "state", "total", "outstanding_total", "dated_on"),
        totals=OF_ORDERS,
    ),
    files_tab("contract.detail.tabs"),
    Action(
        key="renew",
        model=Contract,
        label=_("Renew"),
        icon="rotate-clockwise",
        run=_renew,
        grant="edit",
        when=lambda env, record: record.state in RENEWABLE,
        done=_("The contract that goes on from this one is to be signed."),
        is_primary=True,
    ),
]
