"""Which templates there are, whose they are, and which a record can be printed as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.access.actor import PRINT
from core.addons.origin import CORE
from core.errors import NotFound
from core.i18n import LOCALES, Text, _, current_locale
from core.orm.model import Model
from core.pages.catalogue import catalogue_of
from core.pages.isolation import isolated
from core.pages.nodes import PrintTemplate
from core.pages.views import Button
from core.printing.engine import OWN

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.rights import Rights


AT = "@"
"""Between the key of a template and a language."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template, the folder that its source is in, and the locale of its document, "" for the reader's."""

    node: PrintTemplate
    folder: Path
    locale: str = ""

    @property
    def label(self) -> Text:
        """What the document is called; with its language if that is not the reader's."""
        return _in(self.node, self.locale)


def template_of(env: Env, model: type[Model], key: str = "") -> Template:
    """The template of that key, the first one where none is named; `quote@en` is the one `quote` in that language.

    Raises `NotFound`.
    """
    pages, (name, _at, locale) = catalogue_of(env).of(model), key.partition(AT)
    node = pages.templates.get(name) if name else next(iter(pages.templates.values()), None)
    if node is None or (locale and locale not in node.languages):
        raise NotFound()
    return Template(node, folder_of(env, node), locale)


def keys_of(node: PrintTemplate) -> dict[str, Text]:
    """Key → label of the template, in the reader's language first, and then in the others that it is offered in."""
    others = [locale for locale in node.languages if locale != current_locale()]
    return {node.key: node.label} | {f"{node.key}{AT}{locale}": _in(node, locale) for locale in others}


def _in(node: PrintTemplate, locale: str) -> Text:
    return _("{template} ({language})", template=node.label, language=LOCALES[locale][1]) if locale else node.label


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
    return _buttons(found, f"/{record.key()}/{record.id}/print", "get")


def bulk_print_buttons(env: Env, model: type[Model]) -> Sequence[Button]:
    """The same for many records at once."""
    pages = catalogue_of(env).models.get(model.key())
    if pages is None or not pages.templates or not env.actor.may(model.key(), PRINT):
        return ()
    return _buttons(pages.templates.values(), f"/{model.key()}/bulk/print", "post")


def _buttons(nodes: Iterable[PrintTemplate], url: str, method: Literal["get", "post"]) -> list[Button]:
    labels = {key: label for node in nodes for key, label in keys_of(node).items()}
    return [
        Button(
            key=f"print-{key}",
            label=str(_("Print") if len(labels) == 1 else _("Print: {template}", template=label)),
            url=f"{url}?template={key}",
            method=method,
            icon="printer",
            opens_tab=True,
        )
        for key, label in labels.items()
    ]
