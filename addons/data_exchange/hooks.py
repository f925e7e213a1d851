"""The entry in the menu of those who may import anything at all."""

from __future__ import annotations

from core.api import Env, Menu, hookimpl, importing, pgettext


@hookimpl
def menu(env: Env) -> list[Menu] | None:
    """The list of one's imports."""
    if not importing.importable_models(env):
        return None
    label = pgettext("menu", "Import")
    return [Menu(group="settings", key="import", label=label, icon="file-import", url="/import", position=70)]
