"""A site with addons that cannot be loaded, or fail while they are used, works on: in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.core.addons.workshop import write

VISITING = """
import json, logging, sys
from pathlib import Path
from core.addons import lifecycle
from core.config import Settings
from core.orm import migrations
from core.site import Site
from core.testing.web import Visitor
from core.web.app import create_app

said = []
logging.getLogger().addHandler(logging.StreamHandler(sys.stderr))
site = Site.open(Settings.load())
migrations.upgrade(site)
with site.system("arrange") as env:
    for name in ("fails", "misplaced"):
        lifecycle.enable(env, name)
    customer = env.records("customer").create({"name": "ACME"}).id
app = create_app(site)
gm, admin = Visitor(app, "gm"), Visitor(app, "admin")
pages = {
    "list": gm.get("/customer"), "form": gm.get("/customer/new"), "record": gm.get(f"/customer/{customer}"),
    "addons": admin.get("/settings/addons"), "own page": gm.get("/fails"),
    "misplaced": admin.get("/settings/addons/misplaced"), "home": gm.get("/"),
}
print(json.dumps({name: [page.status_code, page.text] for name, page in pages.items()}))
"""

FAILING = """
from flask import Blueprint, render_template
from markupsafe import Markup

from addons.customer.models import Customer
from core.api import Panel, Routes, Card, _

blueprint = Blueprint("fails", __name__)


@blueprint.get("/fails")
def page():
    return render_template("fails/page.html")


def panel(env, record):
    return Markup(render_template("fails/panel.html", record=record))


def card(env):
    return Markup(render_template("fails/panel.html", record=None))


PAGES = [
    Routes(blueprint=blueprint),
    Panel(place="customer.detail.side", key="fails", label=_("Fails"), render=panel),
    Card(key="fails", label=_("Fails"), render=card),
]
"""

MISPLACED = """
from core.api import Column, FormField, Panel, _
from markupsafe import Markup

PAGES = [
    Column(place="customer.list", name="updated_by", after="no_such_column"),
    FormField(place="customer.form.no_such_section", name="note"),
    Panel(place="customer.detail.side", key="kind", label=_("Kind words"), render=lambda env, record: Markup("Well!")),
]
"""


@pytest.fixture(scope="module")
def visited(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """The pages of such a site, and what its log says."""
    folder = tmp_path_factory.mktemp("odd")
    shutil.copy(sqlite_template, folder / "site.db")
    write(folder / "ours", "broken", 'title = "x"')
    write(folder / "ours", "circular", 'depends = ["circular"]')
    write(folder / "ours", "raises", models="1 / 0\n")
    write(
        folder / "ours",
        "fails",
        'depends = ["customer"]',
        pages=FAILING,
        templates__panel_html="{{ record.no_such.thing }}",
        templates__page_html="{{ nothing.at.all }}",
    )
    write(folder / "ours", "misplaced", 'depends = ["customer"]', pages=MISPLACED)
    (folder / "site.toml").write_text('[addons]\npath = ["ours"]\n')
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NINEKCRM_")}
    done = subprocess.run(
        [sys.executable, "-c", VISITING],
        env=environ | {"NINEKCRM_DATA": str(folder), "NINEKCRM_CONFIG": str(folder / "site.toml")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("page", ["list", "form", "record", "home"])
def test_other_pages_work(visited: tuple[dict[str, Any], str], page: str) -> None:
    assert visited[0][page][0] == 200


@pytest.mark.slow
def test_administrators_are_told_of_each_with_its_cause(visited: tuple[dict[str, Any], str]) -> None:
    status, text = visited[0]["addons"]

    assert status == 200
    assert "3 addons cannot be loaded" in text
    assert "It cannot be read" in text
    assert "These addons depend on each other in a circle: circular." in text
    assert "ZeroDivisionError: division by zero." in text


@pytest.mark.slow
def test_broken_template_costs_its_part_and_not_the_page(visited: tuple[dict[str, Any], str]) -> None:
    pages, log = visited

    assert "ACME" in pages["record"][1]
    assert "Well!" in pages["record"][1]
    assert "Kind words" in pages["record"][1]
    assert "'None' has no attribute" in log or "has no attribute 'no_such'" in log
    assert pages["own page"][0] == 500


@pytest.mark.slow
def test_unknown_place_is_warned_of_and_appended(visited: tuple[dict[str, Any], str]) -> None:
    pages, log = visited

    column = "customer.list: There is no “no_such_column”, so “updated_by” goes to the end."
    section = "customer.form.no_such_section: There is no such place"
    assert f"The addon misplaced: {column}" in log
    assert f"The addon misplaced: {section}" in log
    assert 'name="note"' in pages["form"][1]
    assert pages["misplaced"][0] == 200
    assert column in pages["misplaced"][1]
    assert section in pages["misplaced"][1]
