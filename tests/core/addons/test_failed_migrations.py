"""A migration that fails puts the site into maintenance, with the reason for who looks after it."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import inspect

from core.addons.manifest import Manifest
from core.addons.registry import Addon, Registry
from core.cli import cli
from core.orm import migrations
from core.orm.failed_migration import MigrationFailed, last_failure
from core.site import Site
from core.testing.web import Visitor
from core.web.app import create_app
from core.web.maintenance import Maintenance
from tests.core.addons.workshop import write

SCRIPT = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
branch_labels = depends_on = None


def upgrade():
    op.create_table("shaky_{revision}", sa.Column("id", sa.Integer, primary_key=True))
    {more}


def downgrade():
    op.drop_table("shaky_{revision}")
"""
FIRST = SCRIPT.format(revision="0001", down=None, more="")
FAILS = SCRIPT.format(revision="0002", down='"0001"', more='op.drop_table("absent_in_secret_database")')
RIGHT = SCRIPT.format(revision="0002", down='"0001"', more="")


@pytest.fixture
def shaky(tmp_path: Path) -> Path:
    """An addon whose second migration fails."""
    return write(tmp_path / "ours", "shaky", migrations__0001_first=FIRST, migrations__0002_second=FAILS)


@pytest.fixture
def behind(site: Site, shaky: Path) -> Site:
    """A site on which it is installed and not migrated."""
    addon = Addon(Manifest.read(shaky, "addons.shaky"))
    return Site(site.settings, site.engine, Registry([*site.registry.addons, addon]))


def put_right(shaky: Path) -> None:
    (shaky / "migrations" / "0002_second.py").write_text(RIGHT)


def test_failure_names_addon_and_step_and_keeps_nothing(behind: Site, shaky: Path) -> None:
    with pytest.raises(MigrationFailed) as caught:
        migrations.upgrade(behind)

    assert (caught.value.failure.addon, caught.value.failure.revision) == ("shaky", "0002")
    assert "absent_in_secret_database" in caught.value.failure.error
    assert last_failure(behind.settings.data) == caught.value.failure
    assert not [name for name in inspect(behind.engine).get_table_names() if name.startswith("shaky_")]
    assert migrations.pending(behind) == ["shaky"]


def test_failure_is_forgotten_once_all_is_done(behind: Site, shaky: Path) -> None:
    with pytest.raises(MigrationFailed):
        migrations.upgrade(behind)
    put_right(shaky)

    assert migrations.upgrade(behind) == ["shaky"]

    assert last_failure(behind.settings.data) is None


def test_public_sees_a_page_and_the_log_has_the_reason(behind: Site, caplog: pytest.LogCaptureFixture) -> None:
    browser = Visitor(create_app(behind))
    with pytest.raises(MigrationFailed):
        migrations.upgrade(behind)

    with caplog.at_level(logging.WARNING, "core.web.maintenance"):
        answers = [browser.get("/signin"), browser.get("/")]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert answers[0].headers["Retry-After"] == "10"
    assert "The site is being updated" in answers[0].text
    assert not any(word in answers[0].text for word in ("shaky", "absent_in_secret_database"))
    said = [record.message for record in caplog.records if record.name == "core.web.maintenance"]
    assert len(said) == 1
    assert "the migration 0002 of shaky failed" in said[0]


def test_site_comes_back_without_a_restart(
    behind: Site, shaky: Path, monkeypatch: pytest.MonkeyPatch, cast: object
) -> None:
    monkeypatch.setattr("core.web.maintenance.AGAIN_SECONDS", 0.0)
    browser = Visitor(create_app(behind))
    with pytest.raises(MigrationFailed):
        migrations.upgrade(behind)
    before = browser.get("/signin").status_code
    put_right(shaky)

    migrations.upgrade(behind)

    assert (before, browser.get("/signin").status_code) == (503, 200)


def test_addon_that_is_not_loaded_does_not_hold_up_the_site(site: Site, behind: Site) -> None:
    assert Maintenance(behind).waiting() == ["shaky"]
    assert Maintenance(site).waiting() == []


@pytest.fixture
def run(shaky: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line of an installation with the addon."""
    settings = tmp_path / "site.toml"
    settings.write_text(f'[addons]\npath = ["{shaky.parent}"]\n')
    for name in ("NINEKCRM_DATABASE_URL", "NINEKCRM_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NINEKCRM_CONFIG", str(settings))
    monkeypatch.setenv("NINEKCRM_DATA", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(cli, arguments)


def test_commands_name_addon_cause_and_remedy(run: Callable[..., Result], shaky: Path, tmp_path: Path) -> None:
    cause = "the migration 0002 of shaky failed: OperationalError: no such table: absent_in_secret_database"
    remedy = f"Put the script in {shaky}/migrations right, or remove the addon shaky, then run: 9kcrm migrate."

    init, again, doctor, listing = run("init"), run("migrate"), run("doctor"), run("user", "list")
    put_right(shaky)
    right = run("migrate")

    assert [each.exit_code for each in (init, again, doctor, listing, right)] == [1, 1, 1, 1, 0]
    for each in (init, again):
        assert cause[1:] in each.output
        assert remedy in each.output
    assert "not up to date: " + cause in doctor.output
    known = "shaky, customer, opportunity, product, sales, approval"
    assert f"The tables of {known} are not up to date: " + cause in listing.output
    assert f"Migrated: {known}." in right.output
