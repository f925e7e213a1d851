"""An extension's columns come and go with its own migrations; the table that they are added to stays whole."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from addons.customer.models import Customer
from core.orm import migrations, revisions
from core.orm.listing import ListRequest, list_page
from core.orm.model import describe
from core.site import Site
from core.testing.cast import Cast


def shape(site: Site) -> dict[str, Any]:
    """What the customer's table is, extension and all."""
    found = inspect(site.engine)
    keys = found.get_foreign_keys("customer")
    return {
        "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns("customer")},
        "indexes": {i["name"]: (i["column_names"], bool(i["unique"])) for i in found.get_indexes("customer")},
        "keys": {(tuple(k["constrained_columns"]), k["referred_table"]) for k in keys},
        "tables": set(found.get_table_names()),
    }


def statement_of(site: Site, backend: str, table: str) -> Any:
    with site.engine.connect() as connection:
        if backend != "sqlite":
            return None
        return connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_columns_go_and_come_again(site: Site, cast: Cast, backend: str) -> None:
    with cast.env("gm") as env:
        env.records(Customer).create({"name": "台榮精密", "loyalty_card": "卡號甲乙"})
    if backend == "sqlite":
        with site.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("CREATE TRIGGER kept AFTER UPDATE ON customer BEGIN SELECT 1; END")
            connection.exec_driver_sql("CREATE INDEX kept_too ON customer (lower(name))")
    before = shape(site)

    migrations.downgrade(site, "loyalty")
    without = shape(site)
    migrations.upgrade(site)

    added = {name for name in before["columns"] if name.startswith("loyalty_")}
    assert added == {"loyalty_points", "loyalty_tier", "loyalty_number", "loyalty_card", "loyalty_referrer_id"}
    assert set(before["columns"]) - set(without["columns"]) == added
    assert {n: i for n, i in before["indexes"].items() if "loyalty" not in n} == without["indexes"]
    assert before["tables"] - without["tables"] == {"loyalty_entry", *search_tables(backend)}
    assert shape(site) == before
    if backend == "sqlite":
        assert statement_of(site, backend, "kept").startswith("CREATE TRIGGER")
        assert statement_of(site, backend, "kept_too").startswith("CREATE INDEX")
        assert "REFERENCES customer (id) ON DELETE SET NULL" in statement_of(site, backend, "customer")
    with site.system("what is left", write=False) as env:
        record = env.session.scalars(env_select()).one()
        assert (record.name, record.loyalty_card, record.loyalty_points) == ("台榮精密", None, 0)
        assert [r.id for r in list_page(env, ListRequest(Customer, q="榮精"), ["name"]).rows] == [record.id]
        assert list_page(env, ListRequest(Customer, q="號甲"), ["name"]).rows == []


def env_select() -> Any:
    from sqlalchemy import select

    return select(Customer)


def search_tables(backend: str) -> set[str]:
    ends = ("", "_config", "_content", "_data", "_idx") if backend == "sqlite" else ("",)
    return {f"loyalty_entry_search{end}" for end in ends}


def test_owner_of_the_table_knows_nothing_of_it(site: Site) -> None:
    path = revisions.new_revision(site, "customer", "Nothing to do")
    try:
        written = path.read_text("utf-8")
    finally:
        path.unlink()

    assert "loyalty" not in written
    assert "op." not in written.split("def upgrade")[1]


def test_new_table_is_made_without_what_others_add(site: Site) -> None:
    for chain in reversed([chain for chain in migrations.chains(site) if chain.addon != "core"]):
        migrations.downgrade(site, chain.addon)

    path = revisions.new_revision(site, "customer", "Try it")
    try:
        written = path.read_text("utf-8")
    finally:
        path.unlink()

    assert "op.create_table('customer'" in written
    assert "loyalty" not in written


def test_columns_are_written_as_native_additions(site: Site) -> None:
    migrations.downgrade(site, "loyalty")

    path = revisions.new_revision(site, "loyalty", "Try it")
    try:
        written = path.read_text("utf-8")
    finally:
        path.unlink()

    assert (
        'ddl.add_column(op, "customer", sa.Column("loyalty_referrer_id", types.Id, sa.ForeignKey("customer.id", '
        'name="fk_customer_loyalty_referrer_id", ondelete="SET NULL"), nullable=True))'
    ) in written
    assert "server_default=sa.text('0'), nullable=True" in written
    assert 'ddl.drop_column(op, "customer", "loyalty_card")' in written
    assert "batch" not in written
    assert "create_foreign_key" not in written
    assert "create_table('customer'" not in written


@pytest.mark.parametrize("rows", [20_000])
def test_table_with_many_rows_is_extended(site: Site, backend: str, rows: int, tmp_path: Path) -> None:
    migrations.downgrade(site, "loyalty")
    fill = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) SELECT i FROM n",
        "postgresql": "SELECT generate_series(1, :rows) AS i",
    }[backend]
    with site.system("many rows") as env:
        env.connection_of_core.execute(
            text(
                "INSERT INTO customer (number, name, kind, status, version, created_at, updated_at) "
                f"SELECT 'C' || i, 'N' || i, 'company', 'potential', 1, :now, :now FROM ({fill}) AS t"
            ),
            {"rows": rows, "now": "2026-01-01 00:00:00"},
        )

    migrations.upgrade(site)

    with site.system("count", write=False) as env:
        found = env.connection_of_core.execute(
            text("SELECT count(*), min(loyalty_points), max(loyalty_points), count(loyalty_tier) FROM customer")
        ).one()
        assert tuple(found) == (rows, 0, 0, 0)
        assert env.connection_of_core.scalar(text("SELECT count(*) FROM core_user")) > 0
    assert migrations.pending(site) == []
    assert describe(Customer).fields["loyalty_points"].sort
