"""Imports into fields that an addon has added to another one's model."""

import io

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from core.exchange.imports import asked, drafts, running
from core.exchange.imports.models import RefusedRow
from core.jobs import worker
from core.site import Site
from core.testing.cast import Cast


def test_a_try_refuses_a_unique_value_that_came_earlier_in_the_file(
    cast: Cast, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ROWS", 2)
    sheet = "Customer,Card\n甲,K1\n乙,K2\n丙,K2\n丁,K3\n".encode()
    received = drafts.receive(site.settings, io.BytesIO(sheet), "customers.csv")
    counts, rows = [], []
    with cast.env("gm") as env:
        found = drafts.put_in(env, Customer, received)
        columns = {0: "customer.name", 1: "customer.loyalty_card"}
        drafts.arrange(env, found.id, columns=columns, keys=[], mode=found.mode)

    for is_try in (True, False):
        with cast.env("gm") as env:
            job = drafts.start(env, found.id, is_try=is_try)
        assert worker.execute(site, job)
        with cast.env("gm", write=False) as env:
            counts.append(asked.own(env, found.id).counts)
            rows.append(env.connection_of_core.execute(select(RefusedRow.row, RefusedRow.problems)).all())

    assert counts[0] == counts[1] == {"rows": 4, "created": 3, "refused": 1}
    assert rows[0] == rows[1]
    assert rows[0][0].row == 4
