"""`9kcrm addon check`: whether an addon keeps what every addon promises, and passes its own tests."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from core.cli import Failed
from core.config import Settings

if TYPE_CHECKING:
    from core.addons.manifest import Manifest


@click.command(short_help="Test whether an addon keeps what every addon promises.")
@click.argument("name")
def check(name: str) -> None:
    """Test the addon NAME: its imports, migrations, pages, access to rows and texts, and its own tests.

    It is tested on fresh databases of its own; your site is not touched. Exit code 1 if anything is wrong.
    """
    if find_spec("pytest") is None:
        raise Failed("The tests need pytest. Install it: pip install 'ninekcrm[test]'")
    settings = Settings.load()
    manifests = _needed(settings, name)
    addon = manifests[-1]
    click.echo(f"Checking {click.style(addon.name, bold=True)} {addon.version} in {addon.path}\n")
    sys.exit(_run(addon, manifests))


def _needed(settings: Settings, name: str) -> list[Manifest]:
    """The addon, after all that it depends on. Raises `Failed` if it is not there, or cannot be loaded."""
    from core.addons.boot import plan
    from core.addons.trial import Trial
    from core.i18n import use_locale

    found = plan(settings.addons_path, trial=Trial(settings.data, settings.addons_path))
    with use_locale("en"):
        for broken in (each for each in found.quarantined if each.name == name):
            raise Failed(f"{broken.path}: {broken.problem.cause}\n→ {broken.problem.remedy}")
    known = {manifest.name: manifest for manifest in found.addons}
    if name not in known:
        raise Failed(f"There is no addon {name}. Found: {', '.join(known)}. Is its folder below one of addons.path?")
    wanted = {name}
    for manifest in reversed(found.addons):
        if manifest.name in wanted:
            wanted.update(manifest.depends)
    return [*(m for m in found.addons if m.name in wanted - {name}), known[name]]


def _run(addon: Manifest, manifests: list[Manifest]) -> int:
    import pytest

    from core.testing.report import CHECKED, VARIABLE, Report

    os.environ[VARIABLE] = addon.name
    own = addon.path / "tests"
    report = Report()
    arguments = [*_options(addon, manifests), str(CHECKED), *([str(own)] if own.is_dir() else [])]
    code = pytest.main(arguments, plugins=[report])
    click.echo(f"\n{report.summary}")
    return 0 if code == pytest.ExitCode.OK else 1


def _options(addon: Manifest, manifests: list[Manifest]) -> list[str]:
    """The addon's own settings of pytest where it has some, with the plugin and the addons that it needs here."""
    file = addon.path / "pyproject.toml"
    folders = dict.fromkeys(str(manifest.path.resolve().parent) for manifest in manifests)
    return [
        *("-p", "core.testing.plugin", "-p", "no:cacheprovider", "--import-mode=importlib"),
        *("-c", str(file) if file.exists() else os.devnull, f"--rootdir={addon.path}"),
        *("-o", f"ninekcrm_addons_path={' '.join(folders)}"),
        *("-o", f"ninekcrm_addons_only={' '.join(manifest.name for manifest in manifests)}"),
    ]
