"""`9kcrm demo`: a company to try the product with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from core.cli import Failed
from core.cli.site import explained, opened

if TYPE_CHECKING:
    from core.site import Site


@click.group()
def demo() -> None:
    """Load, remove or look at the demo data."""


@demo.command()
def load() -> None:
    """Load the demo company: its people, records and history up to today."""
    from core.addons import demo as data

    with opened() as site, explained():
        if data.is_loaded(site):
            raise Failed("The demo data is loaded already. To start afresh: 9kcrm demo remove")
        data.load(site)
        show_sign_ins(sign_ins(site))


@demo.command()
@click.confirmation_option(prompt="Remove the demo company with everything that was entered for it?")
def remove() -> None:
    """Remove the demo company with everything that was entered for it."""
    from core.addons import demo as data

    with opened() as site, explained():
        if not data.is_loaded(site):
            raise Failed("There is no demo data.")
        data.remove(site)
        click.echo("The demo data is removed.")


@demo.command()
def status() -> None:
    """Say whether demo data is present."""
    from core.addons import demo as data

    with opened() as site:
        loaded = data.is_loaded(site)
        click.echo("Demo data is present." if loaded else "There is no demo data. Load it: 9kcrm demo load")
        if loaded:
            show_sign_ins(sign_ins(site))


def sign_ins(site: Site) -> Sequence[tuple[str, str]]:
    """(sign-in name, who that is) of those to try the demo company with; empty without demo data."""
    from core.addons.demo import SIGN_INS, is_loaded

    return SIGN_INS if is_loaded(site) else ()


def show_sign_ins(people: Sequence[tuple[str, str]]) -> None:
    """Prints who can sign in to the demo company."""
    from core.addons.demo import PASSWORD

    if people:
        click.echo(f"Demo sign-ins, all with the password {click.style(PASSWORD, bold=True)}:")
    for username, description in people:
        click.echo(f"  {username:<12}{description}")
