"""`9kcrm reference`: the reference pages of the documentation, for those who write core or an addon."""

from __future__ import annotations

import click

from core.cli import Failed


@click.command(short_help="Write the reference pages from the code (development).")
@click.option("--check", is_flag=True, help="Change nothing; fail if a page is out of date.")
def reference(*, check: bool) -> None:
    """Write docs/reference/ from the code that it describes."""
    from core import reference as pages

    if not pages.FOLDER.parent.is_dir():
        raise Failed("The documentation is in the source tree; this is an installed copy.")
    if not check:
        changed = pages.write()
        click.echo(f"Wrote {', '.join(changed)}." if changed else "Everything is up to date.")
    elif found := pages.stale():
        raise Failed(f"Out of date: {', '.join(found)}. Run: 9kcrm reference")
    else:
        click.echo("Everything is up to date.")
