"""Which records can be sent by e-mail, and as what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.access.actor import PRINT
from core.errors import Forbidden, NotFound
from core.i18n import Text, _
from core.orm.model import Model
from core.pages.catalogue import catalogue_of
from core.pages.isolation import isolated
from core.pages.nodes import Mailing
from core.pages.views import Button
from core.printing.templates import keys_of, suits

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.rights import Rights


def mailing_of(env: Env, record: Model) -> Mailing:
    """How the record is sent. Raises `NotFound` for what is not sent, and `Forbidden` without the grant "print"."""
    pages = catalogue_of(env).models.get(record.key())
    if pages is None or pages.mailing is None:
        raise NotFound()
    if not env.can(PRINT, record):
        raise Forbidden()
    return pages.mailing


def templates_for(env: Env, node: Mailing, record: Model) -> dict[str, Text]:
    """Key → label of what it can be sent as, the usual one first."""
    found = catalogue_of(env).of(type(record)).templates
    wanted = [found[key] for key in node.templates or found if key in found]
    return {key: label for one in wanted if suits(env, one, record) for key, label in keys_of(one).items()}


def is_offered(env: Env, node: Mailing, record: Model) -> bool:
    """Whether the record can be sent as it is now, as the addon sees it."""
    is_wanted = node.when is None or isolated(env, "Sending by e-mail", partial(node.when, env, record), False)
    return is_wanted and bool(templates_for(env, node, record))


def mail_buttons(env: Env, record: Model, rights: Rights) -> list[Button]:
    """The button that opens the dialog, for those who may print the record."""
    pages = catalogue_of(env).models.get(record.key())
    if pages is None or pages.mailing is None or not rights.may(PRINT) or not is_offered(env, pages.mailing, record):
        return []
    url = f"/{record.key()}/{record.id}/mail"
    return [Button("mail", str(_("Send by e-mail")), icon="mail", dialog_url=url)]
