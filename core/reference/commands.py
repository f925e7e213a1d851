"""The commands with their help, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from core.addons.registry import Registry
from core.cli import cli
from core.reference.markdown import block

WIDTH = 100


def build(_registry: Registry) -> str:
    """The group itself, then every command, in the order of `9kcrm --help`."""
    return "\n".join(_sections(cli, None, "9kcrm"))


def _sections(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    context = click.Context(
        command,
        parent=parent,
        info_name=name,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        **({} if parent else command.context_settings),
    )
    yield f"## {context.command_path}\n\n{block(command.get_help(context))}"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                yield from _sections(found, context, child)
