"""A chain per addon: what the scripts make is what the models say, up and down again."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from sqlalchemy import inspect

from core.orm import migrations, revisions
from core.orm.model import Base
from core.site import Site

LAST = "sales"
"""An addon whose tables no other one's lead to."""


def test_a_migrated_site_is_what_the_models_say(site: Site) -> None:
    with site.engine.connect() as connection:
        differences = {
            chain.addon: compare_metadata(revisions._context(connection, chain.addon), Base.metadata)
            for chain in migrations.chains(site)
        }

    assert {addon: found for addon, found in differences.items() if found} == {}


def test_nothing_is_pending_after_an_upgrade(site: Site) -> None:
    assert migrations.pending(site) == []
    assert migrations.upgrade(site) == []


def test_an_addon_goes_down_and_up_again(site: Site) -> None:
    before = set(inspect(site.engine).get_table_names())

    migrations.downgrade(site, LAST)
    without = set(inspect(site.engine).get_table_names())
    pending = migrations.pending(site)
    migrations.upgrade(site)

    assert {"quote", "sales_order", "receipt"} <= before - without
    assert pending == [LAST]
    assert set(inspect(site.engine).get_table_names()) == before


def test_each_addon_has_a_version_table_of_its_own(site: Site) -> None:
    names = set(inspect(site.engine).get_table_names())

    assert {"alembic_version_core", "alembic_version_customer"} <= names
    assert "alembic_version" not in names


def test_a_new_revision_is_written_from_the_models(site: Site, tmp_path: Path) -> None:
    migrations.downgrade(site, LAST)
    chain = next(c for c in migrations.chains(site) if c.addon == LAST)
    before = set(chain.folder.glob("*.py"))

    path = revisions.new_revision(site, LAST, "Try it")
    try:
        text = path.read_text(encoding="utf-8")
    finally:
        path.unlink()

    assert path.name == f"{len(before) + 1:04d}_try_it.py"
    assert "op.create_table('quote'" in text
    assert 'ddl.create_search_table(op, "quote")' in text
    assert f"down_revision = '{chain.head}'" in text


def test_a_copy_is_kept_before_the_tables_change(site: Site, backend: str) -> None:
    migrations.downgrade(site, LAST)

    migrations.upgrade(site)

    copies = list((site.settings.data / "backups").glob("before-migration-*.db"))
    assert len(copies) == (1 if backend == "sqlite" else 0)
