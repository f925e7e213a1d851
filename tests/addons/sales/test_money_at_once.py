"""Several processes at the same money at the same moment, one of them killed: the books balance afterwards."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from core.site import Site
from tests.addons.sales.conftest import Make

pytestmark = pytest.mark.usefixtures("books")

Look = Callable[[int], list[tuple[Any, ...]]]
ROOT = Path(__file__).resolve().parents[3]

CLERK = """
import json, sys
from decimal import Decimal
from pathlib import Path
from addons.sales.models import Order, Receipt, Receivable
from addons.sales.services import Receipts, Receivables
from core.errors import AppError
from core.testing.plugin import open_site

url, folder, tasks = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
site = open_site(url, folder)
print("ready", flush=True)
sys.stdin.readline()
for kind, id, argument in tasks:
    try:
        with site.system("a clerk") as env:
            if kind == "allocate":
                to = {int(argument[0]): Decimal(argument[1])}
                env.service(Receipts).allocate(env.get(Receipt, id), to)
            elif kind == "split":
                env.service(Receivables).split(env.get(Receivable, id), amount=Decimal(argument))
            else:
                model = Order if kind.startswith("order") else Receipt
                more = {"reason": "test"} if kind.endswith("void") else {}
                env.workflow.perform(env.get(model, id), kind.partition(".")[2], **more)
        print("done", flush=True)
    except AppError as error:
        print(error.code, flush=True)
"""

Task = tuple[str, int, Any]


@pytest.fixture
def clerks(site: Site, tmp_path: Path) -> Callable[..., list[list[str]]]:
    """What came of the tasks of several processes that begin at the same moment; the `killed` ones die on the way."""

    def run(*tasks: Sequence[Task], killed: int = 0) -> list[list[str]]:
        url = site.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-c", CLERK, url, str(tmp_path)]
        environ = os.environ | {"PYTHONPATH": str(ROOT)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with ExitStack() as stack:
            started = [
                stack.enter_context(
                    subprocess.Popen([*command, json.dumps(list(each))], env=environ, text=True, **pipes)
                )
                for each in tasks
            ]
            for process in started:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
            for process in started:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
            if killed:
                time.sleep(0.3)
                for process in started[-killed:]:
                    process.send_signal(signal.SIGKILL)
            found = [process.communicate(timeout=120)[0].split() for process in started]
            assert all(process.returncode in (0, -signal.SIGKILL) for process in started)
        return found

    return run


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

    clerks(*work, killed=1)

    for order in orders:
        assert sum(row[1] for row in owed(order)) == 100
