"""Taking the data of an addon away, on an installation of its own: what is mapped once cannot be unmapped."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.core.addons.workshop import write

ROOT = Path(__file__).resolve().parents[3]
MODELS = """
from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from core.api import Department, Everyone, Extension, Model, _, field


class Cup(Model):
    __tablename__ = "tea_cup"
    __title__ = _("Cup")
    __title_plural__ = _("Cups")
    __access__ = Everyone()

    name: Mapped[str] = field(String(40), label=_("Name"), required=True, search=True)
    department_id: Mapped[int | None] = field(ForeignKey("core_department.id"), label=_("Department"))


class TeaDepartment(Extension[Department]):
    spoons: Mapped[int | None] = field(Integer, label=_("Spoons"))
"""
LISTS = """
from core.api import ListSpec, Value, _

LISTS = [ListSpec(key="tea.kind", label=_("Kinds"), values=[Value("green", {"en": "Green", "zh_Hant_TW": "綠茶"})])]
"""
ACCESS = """
GRANTS = {"salesperson": {"tea_cup": {"create": "all"}}}
"""
FILL = """
from core.access.models import Department
from addons.tea.models import Cup, TeaDepartment
env.records(Cup).create({"name": "blue"})
north = env.records(Department).create({"name": "North", "tea_spoons": 3})
env.records(Department).create({"name": "South"})
"""


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the addon `tea`, which has a table, a column of another model, a list and a grant."""
    folder = tmp_path_factory.mktemp("tea")
    write(folder / "ours", "tea", 'depends = ["base"]', models=MODELS, lists=LISTS, access=ACCESS)
    (folder / "site.toml").write_text('[addons]\npath = ["ours"]\n')
    run(folder, "migrate", "--check", code=1)
    run(folder, "init")
    run(folder, "migrate", "--new", "initial", "--addon", "tea")
    run(folder, "migrate")
    run(folder, "addon", "enable", "tea")
    run(folder, "shell", "-c", FILL)
    return folder


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    """What a command says."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NINEKCRM_")}
    done = subprocess.run(
        [sys.executable, "-c", "from core.cli import main; main()", *arguments],
        cwd=folder,
        env=environ
        | {
            "NINEKCRM_CONFIG": str(folder / "site.toml"),
            "NINEKCRM_DATA": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "data" / "site.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.slow
def test_archive_holds_what_the_addon_has_stored(tea: Path) -> None:
    said = run(tea, "addon", "archive", "tea", "--to", "tea.zip")

    assert "tea_cup: 1 rows" in said
    assert stat.S_IMODE((tea / "tea.zip").stat().st_mode) == 0o600
    with zipfile.ZipFile(tea / "tea.zip") as found:
        manifest = json.loads(found.read("manifest.json"))
        lines = {name: [json.loads(line) for line in found.read(name).splitlines()] for name in found.namelist()[:-1]}
    assert (manifest["addon"], manifest["format"], manifest["missing_files"]) == ("tea", 1, [])
    assert {table["table"]: (table["rows"], table.get("columns")) for table in manifest["tables"]} == {
        "tea_cup": (1, None),
        "core_department": (1, ["tea_spoons"]),
        "core_change": (1, None),
        "core_attachment": (0, None),
        "core_share": (0, None),
        "core_list_value": (1, None),
    }
    assert [(row["code"], row["labels"]["zh_Hant_TW"]) for row in lines["core_list_value.jsonl"]] == [("green", "綠茶")]
    assert [row["name"] for row in lines["tea_cup.jsonl"]] == ["blue"]
    assert [row["tea_spoons"] for row in lines["core_department.jsonl"]] == [3]
    assert [row["changes"]["name"] for row in lines["core_change.jsonl"]] == [[None, "blue"]]
    refused = run(tea, "addon", "archive", "tea", "--to", "tea.zip", code=1)
    assert "tea.zip exists already." in refused


@pytest.mark.slow
def test_purging_is_undone_as_a_whole_when_a_script_fails(tea: Path) -> None:
    script = next((tea / "ours" / "tea" / "migrations").glob("0*.py"))
    right = script.read_text("utf-8")
    run(tea, "addon", "disable", "tea")
    wrong = "def downgrade() -> None:\n    op.drop_table('tea_cup')\n    raise OSError('no')\n"
    script.write_text(f"{right}\n\n{wrong}", "utf-8")

    failed = run(tea, "addon", "purge", "tea", "--confirm", "tea", code=1)

    script.write_text(right, "utf-8")
    assert "Put the script right and repeat the command." in failed
    assert rows(tea, "SELECT name FROM tea_cup") == [("blue",)]
    assert rows(tea, "SELECT count(*) FROM core_change WHERE model = 'tea_cup'") == [(1,)]
    assert rows(tea, "SELECT action FROM core_grant WHERE model = 'tea_cup'") == [("create",)]
    run(tea, "addon", "enable", "tea")


@pytest.mark.slow
def test_purging_takes_everything_of_the_addon_and_nothing_else(tea: Path) -> None:
    refused = run(tea, "addon", "purge", "tea", "--confirm", "tea", code=1)
    assert "tea is enabled. Disable it first." in refused
    run(tea, "addon", "disable", "tea")
    unsure = run(tea, "addon", "purge", "tea", "--confirm", "te", code=1)
    assert "table tea_cup: 1 rows" in unsure
    assert "columns tea_spoons of core_department: 1 rows" in unsure
    assert rows(tea, "SELECT name FROM tea_cup") == [("blue",)]

    kept = run(tea, "addon", "purge", "tea", "--confirm", "tea", "--archive", "site.toml", code=1)
    assert "site.toml exists already." in kept
    assert rows(tea, "SELECT name FROM tea_cup") == [("blue",)]

    said = run(tea, "addon", "purge", "tea", "--confirm", "tea", "--archive", "last.zip")

    assert "Archived tea to last.zip." in said
    assert "tea is purged." in said
    assert zipfile.is_zipfile(tea / "last.zip")
    tables = {name for (name,) in rows(tea, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not [name for name in tables if "tea" in name]
    assert "tea_spoons" not in {row[1] for row in rows(tea, "PRAGMA table_info(core_department)")}
    assert rows(tea, "SELECT name FROM core_department ORDER BY name") == [("North",), ("South",)]
    for query in (
        "SELECT 1 FROM core_change WHERE model = 'tea_cup'",
        "SELECT 1 FROM core_grant WHERE model = 'tea_cup'",
        "SELECT 1 FROM core_list_value WHERE list = 'tea.kind'",
        "SELECT 1 FROM core_addon WHERE name = 'tea'",
    ):
        assert rows(tea, query) == []
    assert "purged  tea" in run(tea, "addon", "list")
    run(tea, "migrate", "--check")

    back = run(tea, "addon", "enable", "tea")

    assert "It begins with empty tables." in back
    assert rows(tea, "SELECT count(*) FROM tea_cup") == [(0,)]
    assert rows(tea, "SELECT code FROM core_list_value WHERE list = 'tea.kind'") == [("green",)]
    assert rows(tea, "SELECT action FROM core_grant WHERE model = 'tea_cup'") == [("create",)]


def test_addon_that_others_need_is_not_purged(tea: Path) -> None:
    assert "base is enabled. Disable it first." in run(tea, "addon", "purge", "base", "--confirm", "base", code=1)


def test_misspelt_addon_is_guessed(tea: Path) -> None:
    assert "Did you mean customer?" in run(tea, "addon", "enable", "custmer", code=1)
