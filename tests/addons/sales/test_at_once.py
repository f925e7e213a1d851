"""Several processes at the same quotes at the same moment: one order each, and no number twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select

from addons.sales.models import Order, Quote
from core.site import Site
from tests.addons.sales.conftest import Shop

PROCESSES = 3

WORKER = """
import sys
from pathlib import Path
from addons.sales.models import Quote
from addons.sales.services import Quotes
from core.testing.plugin import open_site
site = open_site(sys.argv[1], Path(sys.argv[2]))
user, drafts, accepted = int(sys.argv[3]), *([int(id) for id in ids.split(",")] for ids in sys.argv[4:6])
print("ready", flush=True)
sys.stdin.readline()
for draft, quote in zip(drafts, accepted, strict=True):
    with site.env(user, write=True, locale="en") as env:
        env.workflow.perform(env.get(Quote, draft), "submit")
    with site.env(user, write=True, locale="en") as env:
        print(env.service(Quotes).convert(env.get(Quote, quote)).id)
"""


def test_processes_make_one_order_per_quote_and_give_no_number_twice(site: Site, shop: Shop, tmp_path: Path) -> None:
    accepted = [shop.quote("submit", "approve", "accept") for _ in range(4)]
    drafts = [[shop.quote() for _ in accepted] for _ in range(PROCESSES)]
    url = site.engine.url.render_as_string(hide_password=False)
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])}

    def command(own: list[int]) -> list[str]:
        ids = [",".join(map(str, each)) for each in (own, accepted)]
        return [sys.executable, "-c", WORKER, url, str(tmp_path), str(shop.cast.sales), *ids]

    with ExitStack() as stack:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environ}
        workers = [stack.enter_context(subprocess.Popen(command(own), **pipes)) for own in drafts]  # type: ignore[call-overload]
        for worker in workers:
            worker.stdout.readline()
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        said = [worker.communicate(timeout=120)[0].split() for worker in workers]

    assert [worker.returncode for worker in workers] == [0] * PROCESSES
    # Each of them was given the same orders.
    assert said == [said[0]] * PROCESSES
    with site.system("look", write=False) as env:
        orders = env.session.scalars(select(Order.quote_id)).all()
        numbers = sorted(env.session.scalars(select(Quote.number)))
    assert Counter(orders) == Counter(accepted)
    first = numbers[0].rsplit("-", 1)[0]
    assert numbers == [f"{first}-{place:04}" for place in range(1, len(numbers) + 1)]
    assert len(numbers) == len(accepted) * (PROCESSES + 1)
