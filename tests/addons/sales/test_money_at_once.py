"""Several processes at the same money at the same moment, one of them killed: the books balance afterwards."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.api import AppError, Env
from core.site import Site
from core.testing.cast import Cast
from core.testing.plugin import open_site
from tests.addons.sales.conftest import Make

pytestmark = pytest.mark.usefixtures("books")

Look = Callable[[int], list[tuple[Any, ...]]]
Task = tuple[str, int, Any]

# Forked: they need not import everything once more.
PROCESSES = multiprocessing.get_context("fork")


def work(url: str, folder: Path, user: int, tasks: Sequence[Task], begin: Any, said: Any) -> None:
    """Does one task after the other, each in a transaction of its own, and says what came of it."""
    site = open_site(url, folder)
    begin.wait()
    for task in tasks:
        try:
            with site.env(user, write=True, locale="en") as env:
                do(env, *task)
            said.send("done")
        except AppError as error:
            said.send(error.code)
    said.close()


def do(env: Env, kind: str, id: int, argument: Any) -> None:
    from addons.sales.models import Order, Receipt, Receivable
    from addons.sales.services import Receipts, Receivables

    model, _dot, name = kind.partition(".")
    if kind == "allocate":
        receivable, amount = argument
        env.service(Receipts).allocate(env.get(Receipt, id), {receivable: Decimal(amount)})
    elif kind == "split":
        env.service(Receivables).split(env.get(Receivable, id), amount=Decimal(argument))
    else:
        record: Any = env.get(Order if model == "order" else Receipt, id)
        env.workflow.perform(record, name, **({"reason": "test"} if name == "void" else {}))


@pytest.fixture
def clerks(site: Site, cast: Cast, tmp_path: Path) -> Callable[..., list[list[str]]]:
    """What came of the tasks of several processes that begin at the same moment.

    The last one is killed once it has done `killed_after` of its tasks.
    """

    def run(*tasks: Sequence[Task], killed_after: int = 0) -> list[list[str]]:
        url = site.engine.url.render_as_string(hide_password=False)
        # A connection that is open while a process is forked would belong to both.
        site.engine.dispose()
        begin = PROCESSES.Barrier(len(tasks))
        started = [_start((url, tmp_path, cast.gm, each, begin)) for each in tasks]
        found: list[list[str]] = []
        if killed_after:
            process, said = started.pop()
            found = [[said.recv() for _ in range(killed_after)]]
            process.kill()
            process.join()
        return [_end(*each) for each in started] + found

    return run


def _start(given: tuple[Any, ...]) -> tuple[Any, Any]:
    heard, said = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(*given, said), daemon=True)
    process.start()
    said.close()
    return process, heard


def _end(process: Any, heard: Any) -> list[str]:
    found = []
    while True:
        try:
            found.append(heard.recv())
        except EOFError:
            process.join(60)
            assert process.exitcode == 0
            return found


def test_two_receipts_for_one_receivable_are_not_both_approved(
    make_customer: Make, make_order: Make, make_receipt: Make, owed: Look, figures: Look, clerks: Callable[..., Any]
) -> None:
    customer = make_customer()
    order = make_order(100, customer=customer)
    to = {owed(order)[0][0]: 60}
    receipts = [make_receipt(customer, 60, to, state="submitted") for _ in range(3)]

    found = clerks(*[[("receipt.approve", id, None)] for id in receipts])

    assert sorted(each[0] for each in found) == ["done", "overdrawn", "overdrawn"]
    assert figures(order)[:3] == (60, 0, 40)


def test_what_is_prepaid_is_not_allocated_twice(
    make_customer: Make, make_order: Make, make_receipt: Make, owed: Look, clerks: Callable[..., Any]
) -> None:
    customer = make_customer()
    receipt = make_receipt(customer, 100)
    receivables = [owed(make_order(100, customer=customer))[0][0] for _ in range(3)]

    found = clerks(*[[("allocate", receipt, (id, 60))] for id in receivables])

    assert sorted(each[0] for each in found) == ["done", "invalid", "invalid"]


def test_approving_and_voiding_at_once_leave_the_order_paid_or_void(
    make_customer: Make, make_order: Make, make_receipt: Make, owed: Look, figures: Look, clerks: Callable[..., Any]
) -> None:
    customer = make_customer()
    orders = [make_order(100, customer=customer) for _ in range(6)]
    receipts = [make_receipt(customer, 100, {owed(order)[0][0]: 100}, state="submitted") for order in orders]

    approved, voided = clerks(
        [("receipt.approve", id, None) for id in receipts], [("order.void", id, None) for id in reversed(orders)]
    )

    for order, took, gave in zip(orders, approved, reversed(voided), strict=True):
        assert (took, gave) in {("done", "transition_refused"), ("overdrawn", "done")}
        assert owed(order)[0][3] == ("paid" if took == "done" else "void")
        assert figures(order)[2] == 0


def test_a_killed_process_leaves_nothing_half_done(
    make_customer: Make, make_order: Make, make_receipt: Make, owed: Look, clerks: Callable[..., Any]
) -> None:
    customer = make_customer()
    orders = [make_order(100, customer=customer) for _ in range(2)]
    receivables = [owed(order)[0][0] for order in orders]
    receipts = [make_receipt(customer, 10, {id: 10}, state="submitted") for id in receivables * 6]
    allocated = make_receipt(customer, 1000)
    work: list[list[Task]] = [
        [("receipt.approve", id, None) for id in receipts],
        [("receipt.void", id, None) for id in receipts[::-1]] + [("split", receivables[0], 1)],
        [("allocate", allocated, (receivables[place % 2], 1)) for place in range(200)],
    ]

    clerks(*work, killed_after=3)

    for order in orders:
        assert sum(row[1] for row in owed(order)) == 100
