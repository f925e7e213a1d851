"""Copied roots: what differs from the record that is followed is counted and put right."""

import pytest
from sqlalchemy import select, update

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.orm import roots
from core.orm.listing import ListRequest, list_page
from core.orm.model import describe
from core.site import Site
from core.testing.cast import Cast

MODELS = (Contact, Visit)


@pytest.fixture
def wrong(cast: Cast, site: Site) -> dict[str, int]:
    """Customers of sales and of nobody with contacts, three of them copied wrongly, and one visit that is right."""
    with cast.env("gm") as env:
        a = env.records(Customer).create({"name": "a", "owner_id": cast.sales}).id
        b = env.records(Customer).create({"name": "b", "owner_id": None}).id
        visit = {"customer_id": a, "content": "x", "visited_at": clock.now(), "method": "phone"}
        env.records(Visit).create(visit)
        contacts = [env.records(Contact).create({"name": f"c{n}", "customer_id": a if n else b}).id for n in range(4)]
        env.records(Contact).delete(env.get(Contact, contacts[3]))
    table = Contact.__table__
    with site.engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == contacts[0]).values(root_owner_id=cast.sales2))
        connection.execute(update(table).where(table.c.id == contacts[1]).values(root_id=b))
        connection.execute(update(table).where(table.c.id == contacts[3]).values(root_owner_id=None))
    return {"a": a, "b": b}


def test_wrong_copies_are_counted_deleted_ones_too(wrong: dict[str, int], site: Site) -> None:
    with site.engine.connect() as connection:
        assert [roots.count_wrong(connection, describe(model)) for model in MODELS] == [3, 0]


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_repair_puts_them_right_in_batches(
    wrong: dict[str, int], site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(roots, "BATCH", batch)

    assert [roots.repair(site, describe(model)) for model in MODELS] == [3, 0]

    table = Contact.__table__.c
    with site.engine.connect() as connection:
        assert roots.count_wrong(connection, describe(Contact)) == 0
        stored = connection.execute(select(table.root_id, table.root_owner_id).order_by(table.id)).all()
    assert stored == [(wrong["b"], None), *[(wrong["a"], cast.sales)] * 3]


def test_repaired_records_are_searched_for_by_their_owner(wrong: dict[str, int], site: Site, cast: Cast) -> None:
    request = ListRequest(Contact, q="c0")
    with cast.env("sales2", write=False) as env:
        before = len(list_page(env, request).rows)

    roots.repair(site, describe(Contact))

    with cast.env("sales2", write=False) as env:
        assert (before, list_page(env, request).rows) == (0, [])
    with cast.env("gm", write=False) as env:
        assert len(list_page(env, request).rows) == 1


def test_every_model_that_follows_is_verified() -> None:
    assert {info.key for info in roots.followers()} >= {"contact", "visit"}
