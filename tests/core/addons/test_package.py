"""An addon that pip installs: built as a wheel, installed, found by its entry point, enabled and used."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
METADATA = "Metadata-Version: 2.1\nName: acme-loyalty\nVersion: 0.1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
ENTRY_POINTS = "[ninekcrm.addons]\nloyalty = acme_loyalty\n"
IS_PART = {".py", ".toml", ".po", ".html"}

VISITING = """
import json
from core.addons import lifecycle
from core.config import Settings
from core.orm import migrations
from core.site import Site
from core.testing.web import Visitor
from core.web.app import create_app

site = Site.open(Settings.load())
migrations.upgrade(site)
with site.system("arrange") as env:
    env.records("customer").create({"name": "ACME"})
app = create_app(site)
gm = Visitor(app, "gm")
before = gm.get("/loyalty_entry").status_code
with site.system("enable") as env:
    lifecycle.enable(env, "loyalty")
made = gm.post("/customer/1/actions/earn", {"points": "120", "reason": "First order"})
pages = {"points": gm.get("/loyalty_entry"), "form": gm.get("/customer/1/edit"), "record": gm.get("/customer/1")}
manifest = site.registry.addon("loyalty").manifest
print(json.dumps({
    "package": manifest.package, "path": str(manifest.path), "quarantined": [q.name for q in site.registry.quarantined],
    "before": before, "made": made.status_code, "pages": {name: [p.status_code, p.text] for name, p in pages.items()},
}))
"""


def wheel(folder: Path) -> Path:
    """The example loyalty as somebody would ship it, under an import name of its own."""
    example, made = ROOT / "examples" / "loyalty", folder / "acme_loyalty-0.1.0-py3-none-any.whl"
    files = {path: path.relative_to(example) for path in example.rglob("*") if path.suffix in IS_PART}
    with zipfile.ZipFile(made, "w") as archive:
        for path, name in files.items():
            if "tests" not in name.parts:
                archive.writestr(
                    f"acme_loyalty/{name}", path.read_text("utf-8").replace("addons.loyalty", "acme_loyalty")
                )
        about = {"METADATA": METADATA, "WHEEL": WHEEL, "entry_points.txt": ENTRY_POINTS, "RECORD": ""}
        for name, text in about.items():
            archive.writestr(f"acme_loyalty-0.1.0.dist-info/{name}", text)
    return made


def run(*command: str | Path, folder: Path, **environ: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("NINEKCRM_", "PIP_"))}
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env=clean | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_an_installed_package_is_an_addon_like_any_other(sqlite_template: Path, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    run("-m", "pip", "install", "--no-index", "--no-deps", "--target", packages, wheel(tmp_path), folder=tmp_path)
    shutil.copy(sqlite_template, tmp_path / "site.db")
    path = os.pathsep.join([str(packages), str(ROOT)])

    found: dict[str, Any] = json.loads(
        run("-c", VISITING, folder=tmp_path, PYTHONPATH=path, NINEKCRM_DATA=str(tmp_path))
    )

    assert (found["package"], found["path"]) == ("acme_loyalty", str(packages / "acme_loyalty"))
    assert found["quarantined"] == []
    assert (found["before"], found["made"]) == (404, 303)
    assert {name: page[0] for name, page in found["pages"].items()} == {"points": 200, "form": 200, "record": 200}
    assert "First order" in found["pages"]["points"][1]
    assert 'name="loyalty_card"' in found["pages"]["form"][1]
    assert "120" in found["pages"]["record"][1]
