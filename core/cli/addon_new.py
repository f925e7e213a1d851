"""`9kcrm addon new`: a new addon that runs and passes its tests."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.cli import Failed
from core.config import Settings

if TYPE_CHECKING:
    from core.addons.registry import Registry


@click.command(short_help="Write a new addon that runs and passes its tests.")
@click.argument("name")
@click.option("--path", "parent", type=click.Path(file_okay=False, path_type=Path), help="The folder to write it into.")
@click.option("--title", default="", help="What people call it. Without it, the name.")
@click.option("--depends", multiple=True, metavar="ADDON", help="An addon whose records the new one adds to.")
def new(name: str, parent: Path | None, title: str, depends: tuple[str, ...]) -> None:
    """Write the addon NAME into a folder of its own, below --path or the first folder of `addons.path`.

    It has a model with its migration, pages, an action, grants, a hook, a card with figures, translations and tests;
    with --depends, also a field and a tab on the other addon's pages.
    """
    from core.cli import scaffold
    from core.cli.scaffold.naming import BadName, check_free, names_of
    from core.site import Site

    settings = Settings.load()
    folder = _folder(settings, parent, name)
    try:
        names = names_of(name, title)
        registry = Site.open(settings).registry
        check_free(name, registry)
    except BadName as error:
        raise Failed(str(error)) from error
    values = asdict(names) | _depending(registry, depends)
    written = scaffold.write(folder, values)
    _tell(folder, name, written, is_found=folder.parent in settings.addons_path)


def _folder(settings: Settings, parent: Path | None, name: str) -> Path:
    if parent is None and not settings.addons_path:
        raise Failed("Where to? Say --path FOLDER, or name a folder in addons.path of your settings.")
    folder = (parent or settings.addons_path[0]).resolve() / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failed(f"{folder} is there already, and not empty. Choose another name or --path.")
    return folder


def _depending(registry: Registry, depends: tuple[str, ...]) -> dict[str, object]:
    """What the templates need to know of the addons that the new one depends on."""
    from core import API_VERSION
    from core.cli.scaffold.targets import GROUP, target_in

    known = {addon.name for addon in registry.addons}
    for missing in (name for name in depends if name not in known):
        raise Failed(f"There is no addon {missing} to depend on. Installed: {', '.join(sorted(known))}.")
    targets = [target for name in depends if (target := target_in(registry, name))]
    target = targets[0] if targets else None
    return {
        "api": API_VERSION,
        "depends": "[" + ", ".join(f'"{name}"' for name in (depends or ("base",))) + "]",
        "target": target,
        "link": target.link if target else "owner_id",
        "group": target.group if target else GROUP,
    }


def _tell(folder: Path, name: str, written: list[Path], *, is_found: bool) -> None:
    shown = Path(os.path.relpath(folder))
    shown = shown if len(shown.parts) < len(folder.parts) else folder
    click.echo(f"Wrote {click.style(str(shown), bold=True)} with {len(written)} files. Next:\n")
    if not is_found:
        click.echo("  Name its folder in your settings, so that it is found:")
        click.echo(f'    [addons]\n    path = ["{folder.parent}"]')
    for command, purpose in (
        ("9kcrm migrate", "makes its tables"),
        (f"9kcrm addon enable {name}", "switches it on"),
        (f"9kcrm addon check {name}", "tests it"),
        ("9kcrm serve --reload", "shows it, and what you change"),
    ):
        click.echo(f"  {command:<32}{purpose}")
