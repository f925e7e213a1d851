"""`9kcrm demo`: a company to try the product with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.cli import Failed
from core.cli.site import opened

if TYPE_CHECKING:
    from core.site import Site


@click.group()
def demo() -> None:
    """Load, remove or look at the demo data."""


@demo.command()
def load() -> None:
    """Load the demo company: its people, records and history up to today."""
    from core.addons import demo as data

    with opened() as site:
        if data.is_loaded(site):
            raise Failed("The demo data is loaded already. To start afresh: 9kcrm demo remove")
        data.load(site)
        show_sign_ins(sign_ins(site))


@demo.command()
@click.confirmation_option(prompt="Remove the demo company with everything that was entered for it?")
def remove() -> None:
    """Remove the demo company with everything that was entered for it."""
    from core.addons import demo as data

    with opened() as site:
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


def sign_ins(site: Site) -> list[tuple[str, str]]:
    """(sign-in name, name) of those who can sign in to the demo company; empty without demo data."""
    from sqlalchemy import select

    from core.access.models import User, UserState
    from core.addons import demo as data

    if not data.is_loaded(site):
        return []
    people = (
        select(User.username, User.name)
        .where(User.is_demo.is_(True), User.state == UserState.ACTIVE.value, User.password_hash.is_not(None))
        .order_by(User.id)
    )
    with site.system("9kcrm demo", write=False) as env:
        return [(username, name) for username, name in env.session.execute(people)]


def show_sign_ins(people: list[tuple[str, str]]) -> None:
    """Prints who can sign in to the demo company."""
    if people:
        click.echo(f"Demo sign-ins, all with the password {click.style('demo', bold=True)}:")
    for username, name in people:
        click.echo(f"  {username:<12}{name}")
