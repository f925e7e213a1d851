"""Work in the background: what changes because a day has begun."""

from __future__ import annotations

from sqlalchemy import select

from addons.sales.models import Contract, Quote, Receivable
from addons.sales.services import Contracts, Ledger, Quotes
from addons.sales.standing import OVERDUE
from core.api import Env, Site, _, job, ngettext, schedule

_JUDGING = "the state of receivables on a new day"


@schedule(cron="10 0 * * *")
@job("sales.quotes_expire", own_transactions=True)
def quotes_expire(site: Site) -> None:
    """Right after midnight: quotes whose last day has passed expire, and their owners are told.

    Each has a transaction of its own: one that is accepted at this moment stays as it is.
    """
    with site.system("quotes that have expired", write=False) as env:
        over = env.service(Quotes).over()
    for id in over:
        with site.system("quotes that have expired") as env:
            # With its customer first, as everybody locks them.
            env.workflow.hold(Quote, [id])
            quote = env.session.get(Quote, id, populate_existing=True)
            if quote is None or quote.id not in env.service(Quotes).over():
                continue
            _drop_what_waits(env, quote)
            env.workflow.perform(quote, "expire")
            if quote.owner_id is not None:
                env.notify(
                    [quote.owner_id],
                    _("{record} has expired: revise it to offer it anew"),
                    kind="sales.quote_expired",
                    about=quote,
                    many=lambda count: ngettext("{count} quote has expired", "{count} quotes have expired", count),
                )


@schedule(cron="0 0 * * *")
@job("sales.day_begins", own_transactions=True)
def day_begins(site: Site) -> None:
    """Right after midnight where the company is: what was to be paid yesterday is overdue, and contracts expire.

    Each order and contract has a transaction of its own, so that nobody waits long.
    """
    with site.system(_JUDGING, write=False) as env:
        orders, contracts = _passed(env), env.service(Contracts).over()
    for customer_id, order_id in orders:
        with site.system(_JUDGING) as env:
            ledger = env.service(Ledger)
            ledger.hold(env.session, customer_id, [order_id])
            ledger.settle(env.session, [order_id])
    for id in contracts:
        with site.system("contracts that have ended") as env:
            env.workflow.hold(Contract, [id])
            contract = env.session.get(Contract, id, populate_existing=True)
            if contract is not None and contract.state == "active":
                _drop_what_waits(env, contract)
                env.workflow.perform(contract, "expire")


@schedule(cron="15 6 * * *")
@job("sales.contracts_end")
def contracts_end(env: Env) -> None:
    """Every morning: tells those who look after a contract that it ends soon, once."""
    for contract in list(env.service(Contracts).ending()):
        contract.reminded_on = env.service(Ledger).today
        if contract.owner_id is not None:
            env.notify(
                [contract.owner_id],
                _("{record} ends soon: renew it"),
                kind="sales.contract_ends",
                about=contract,
                many=lambda count: ngettext(
                    "{count} contract ends soon: renew it", "{count} contracts end soon: renew them", count
                ),
            )


def _drop_what_waits(env: Env, record: Quote | Contract) -> None:
    """Nobody decides any more on what is over; one that waits would keep all that come after it from expiring."""
    for waiting in env.workflow.waiting(record)[:1]:
        env.workflow.cancel(waiting.reference)


def _passed(env: Env) -> list[tuple[int, int]]:
    """(customer, order) of the receivables that have become overdue, or are no longer."""
    today = env.service(Ledger).today
    late, marked = Receivable.awaited_on < today, Receivable.state == OVERDUE
    wanted = select(Receivable.customer_id, Receivable.order_id).where(late != marked).distinct()
    return [(customer, order) for customer, order in env.session.execute(wanted.order_by(Receivable.order_id))]
