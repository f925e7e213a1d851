"""The command `9kcrm`. Each group of commands has its module, loaded when it is used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

import click

from core.config import ConfigError

COMMANDS = {
    "init": "core.cli.init:init",
    "serve": "core.cli.serve:serve",
    "worker": "core.cli.serve:worker",
    "migrate": "core.cli.migrate:migrate",
    "addon": "core.cli.addon:addon",
    "demo": "core.cli.demo:demo",
    "user": "core.cli.user:user",
    "token": "core.cli.user:token",
    "import": "core.cli.imports:import_",
    "shell": "core.cli.shell:shell",
    "duplicates": "core.cli.duplicates:duplicates",
    "doctor": "core.cli.doctor:doctor",
    "messages": "core.cli.messages:messages",
    "reference": "core.cli.reference:reference",
}


class Failed(click.ClickException):
    """The command could not do its work. The message says what to do; the exit code is 1."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        """Writes the message to standard error."""
        click.secho(self.message, fg="red", err=True)


class LazyGroup(click.Group):
    """Imports a command's module when it is used: one command does not wait for what another needs."""

    def __init__(self, *args: object, lazy: Mapping[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which one meets them, not by the alphabet."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self._lazy:
            return None
        module, _, name = self._lazy[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ninekcrm", prog_name="9kcrm")
def cli() -> None:
    """Run and look after 9KCRM.

    Settings come from the file that NINEKCRM_CONFIG names and from the environment: PORT, NINEKCRM_DATA,
    NINEKCRM_DATABASE_URL, NINEKCRM_REDIS_URL. `9kcrm doctor` shows them.

    Exit codes: 0 done, 1 failed, 2 wrong usage.
    """


def main() -> None:
    """The console script. Errors that a person can act on are shown without a traceback."""
    try:
        cli()
    except ConfigError as error:
        click.secho(f"Wrong setting: {error}", fg="red", err=True)
        sys.exit(1)
