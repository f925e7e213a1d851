"""Which templates there are, whose they are, and which a record can be printed as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.access.actor import PRINT
from core.addons.origin import CORE
from core.errors import NotFound
from core.i18n import _
from core.orm.model import Model
from core.pages.catalogue import catalogue_of
from core.pages.isolation import isolated
from core.pages.nodes import PrintTemplate
from core.pages.views import Button
from core.printing.engine import OWN

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.rights import Rights


@dataclass(frozen=True, slots=True)
class Template:
    """A template and the folder that its source is in."""

    node: PrintTemplate
    folder: Path


def template_of(env: Env, model: type[Model], key: str = "") -> Template:
    """The template of that key, the first one where none is named. Raises `NotFound`."""
    pages = catalogue_of(env).of(model)
    node = pages.templates.get(key) if key else next(iter(pages.templates.values()), None)
    if node is None:
        raise NotFound()
    return Template(node, folder_of(env, node))


def folder_of(env: Env, node: PrintTemplate) -> Path:
    """Where the template's source is: the folder `print` of the addon that contributes it."""
    addon = catalogue_of(env).origins[f"{node.model.key()}.print", node.key]
    return OWN if addon == CORE else env.site.registry.addon(addon).manifest.path / "print"


def suits(env: Env, node: PrintTemplate, record: Model) -> bool:
    """Whether the record can be printed so, as the template's addon sees it."""
    return node.when is None or isolated(env, f"The template {node.key}", partial(node.when, env, record), False)


def print_buttons(env: Env, record: Model, rights: Rights) -> list[Button]:
    """A button per template, for those who may print the record."""
    found = [node for node in catalogue_of(env).of(type(record)).templates.values() if suits(env, node, record)]
    if not found or not rights.may(PRINT):
        return []
    url = f"/{record.key()}/{record.id}/print"
    return [_button(node, f"{url}?template={node.key}", is_only=len(found) == 1) for node in found]


def bulk_print_buttons(env: Env, model: type[Model]) -> Sequence[Button]:
    """The same for many records at once."""
    pages = catalogue_of(env).models.get(model.key())
    if pages is None or not pages.templates or not env.actor.may(model.key(), PRINT):
        return ()
    found, url = list(pages.templates.values()), f"/{model.key()}/bulk/print"
    return [_button(node, f"{url}?template={node.key}", is_only=len(found) == 1, method="post") for node in found]


def _button(node: PrintTemplate, url: str, *, is_only: bool, method: str = "get") -> Button:
    label = str(_("Print")) if is_only else str(_("Print: {template}", template=node.label))
    return Button(
        key=f"print-{node.key}",
        label=label,
        url=url,
        method="post" if method == "post" else "get",
        icon="printer",
        opens_tab=True,
    )
