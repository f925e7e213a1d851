"""`9kcrm user` and `9kcrm token`: who can sign in, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.cli import Failed
from core.cli.site import system

if TYPE_CHECKING:
    from core.access.models import User
    from core.env import Env


@click.group()
def user() -> None:
    """Add people, list them, disable them, set a password."""


@user.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "role", metavar="PRESET", help="A preset role, such as administrator.")
@click.option("--email", help="For messages and a forgotten password.")
@click.password_option(envvar="NINEKCRM_PASSWORD", help="Asked for when it is left out.")
def add(username: str, name: str, role: str | None, email: str | None, password: str) -> None:
    """Add a person who signs in as USERNAME."""
    from core.access import users

    with system("user add") as env:
        users.create(env, username=username, name=name, email=email, password=password, role=role)
    click.echo(f"{name} can sign in as {username}.")


@user.command("list")
@click.option("--all", "everyone", is_flag=True, help="Those who are disabled or have left as well.")
def list_(everyone: bool) -> None:
    """List who can sign in."""
    from sqlalchemy import select

    from core.access.models import User, UserState

    statement = select(User.username, User.name, User.state).order_by(User.username)
    if not everyone:
        statement = statement.where(User.state == UserState.ACTIVE.value)
    with system("user list") as env:
        found = env.session.execute(statement).all()
    for username, name, state in found:
        click.echo(f"{username:<20}{name:<20}{'' if state == UserState.ACTIVE.value else state}".rstrip())
    if not found:
        click.echo("Nobody. Add the first administrator: 9kcrm init --admin NAME")


@user.command()
@click.argument("username")
def disable(username: str) -> None:
    """End all sign-ins of USERNAME and allow no new ones. Nothing that the person did is lost."""
    from core.access import users

    with system("user disable") as env:
        users.disable(env, _named(env, username))
    click.echo(f"{username} can no longer sign in.")


@user.command()
@click.argument("username")
@click.option("--to", "successor", required=True, help="Who gets everything that the person owns and looks after.")
@click.option("--reason", default="", help="For the history of each record.")
@click.option("--stay", is_flag=True, help="Hand over only; the person can go on signing in.")
def leave(username: str, successor: str, reason: str, stay: bool) -> None:
    """Hand over what USERNAME owns and looks after to another user, and mark the person as left.

    What somebody did, such as a visit, stays told of them. Killed and started again, it goes on where it was.
    """
    from core.cli.leaving import hand_over

    for line in hand_over(username, successor, reason=reason, leaves=not stay):
        click.echo(line)


@user.command()
@click.argument("username")
@click.password_option(envvar="NINEKCRM_PASSWORD", help="Asked for when it is left out.")
def password(username: str, password: str) -> None:
    """Set the password of USERNAME, and lift a lock-out."""
    from core.access import users
    from core.web import throttle

    with system("user password") as env:
        users.set_password(env, _named(env, username).id, password)
        throttle.forgive(env, username)
    click.echo(f"{username} has a new password.")


@click.command()
@click.argument("username")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
def token(username: str, name: str) -> None:
    """Print a new API token that acts as USERNAME. It is shown this once."""
    from core.access import users

    with system("token") as env:
        made = users.new_token(env, _named(env, username).id, name=name)
    click.echo(made)


def _named(env: Env, username: str) -> User:
    from sqlalchemy import select

    from core.access.models import User

    found = env.session.scalar(select(User).where(User.username == username))
    if found is None:
        raise Failed(f"There is no user {username!r}. `9kcrm user list` shows them.")
    return found
