"""`9kcrm messages`: the translation catalogues, for those who write core or an addon."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli import Failed


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail if a translation is missing.")
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def messages(folders: tuple[Path, ...], *, check: bool) -> None:
    """Bring the catalogues in step with the texts in code and templates.

    FOLDERS are addons; without any, core and all addons that come with it.
    """
    from core import messages as catalogues

    chosen = list(folders) or catalogues.folders(Path(__file__).resolve().parents[2])
    lacking = 0
    for folder in chosen:
        for locale in catalogues.TRANSLATED:
            texts = catalogues.missing(folder, locale) if check else []
            lacking += len(texts)
            for text in texts:
                click.echo(f"{folder.name} {locale}: {text}")
        if not check:
            for locale, count in catalogues.update(folder).items():
                click.echo(f"{folder.name} {locale}: {count} to translate")
    if lacking:
        raise Failed(f"{lacking} texts are not translated. Run 9kcrm messages and fill in what is empty.")
