"""`9kcrm addon`: which addons there are, and which of them are on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.cli import Failed
from core.cli.addon_check import check
from core.cli.site import system

if TYPE_CHECKING:
    from core.addons.registry import Registry


@click.group()
def addon() -> None:
    """List the installed addons, enable and disable them, check them."""


addon.add_command(check)


@addon.command("list")
def list_() -> None:
    """List the installed addons with their state."""
    from core.addons import lifecycle

    with system("addon list") as env:
        wanted = lifecycle.wanted(env)
        for found in env.site.registry.addons:
            state = "on" if found.name in env.enabled else "waits" if wanted[found.name] else "off"
            click.echo(f"{state:<8}{found.name:<20}{found.manifest.version:<10}{found.manifest.title}")


@addon.command()
@click.argument("name")
def enable(name: str) -> None:
    """Enable the addon NAME, with all that it depends on. The running site follows with the next request."""
    from core.addons import lifecycle

    with system("addon enable") as env:
        _check_known(env.site.registry, name)
        changed = lifecycle.enable(env, name)
    click.echo(f"On: {', '.join(changed)}." if changed else f"{name} is on already.")


@addon.command()
@click.argument("name")
def disable(name: str) -> None:
    """Disable the addon NAME, and with it all that depend on it. Nothing that they stored is deleted."""
    from core.addons import lifecycle

    with system("addon disable") as env:
        _check_known(env.site.registry, name)
        changed = lifecycle.disable(env, name)
    click.echo(f"Off: {', '.join(changed)}. Their data is kept." if changed else f"{name} is off already.")


def _check_known(registry: Registry, name: str) -> None:
    from difflib import get_close_matches

    names = [addon.name for addon in registry.addons]
    if name not in names:
        close = get_close_matches(name, names, n=1)
        hint = f"Did you mean {close[0]}?" if close else "`9kcrm addon list` shows them."
        raise Failed(f"There is no addon {name!r}. {hint}")
