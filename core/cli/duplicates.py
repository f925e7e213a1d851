"""`9kcrm duplicates`: the keys by which records are recognised."""

from __future__ import annotations

import click

from core.cli.site import system


@click.command()
@click.argument("model", required=False)
def duplicates(model: str | None) -> None:
    """Make the keys anew by which probable duplicates are found, of MODEL or of all models.

    Needed once for records that are older than the rules of their model.
    """
    from core.cli import Failed
    from core.duplicates import store
    from core.orm.model import describe, models

    with system("duplicates") as env:
        found = models()
        if model is not None and model not in found:
            raise Failed(f"There is no model {model}.")
        for key in [model] if model is not None else list(found):
            info = describe(found[key])
            if info.model.__duplicates__:
                click.echo(f"{key}: {store.rebuild(env.connection_of_core, info):,} records")
