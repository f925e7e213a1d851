"""The tab "Sent" of a record's page, for any addon to offer: `sent_tab("quote.detail.tabs")` in its PAGES."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import render_template
from markupsafe import Markup

from core.files.lookup import readable_size
from core.i18n import pgettext
from core.mail.showing import STATES
from core.pages.cells import Cells
from core.pages.nodes import Tab
from core.pages.people import person
from core.sending.sent import Sent, sent_of

if TYPE_CHECKING:
    from core.env import Env

KEY = "sent"


def sent_tab(place: str, *, after: str = "") -> Tab:
    """A tab that says what was sent of the record, to whom, and gives the documents."""
    return Tab(place=place, after=after, key=KEY, label=pgettext("messages", "Sent"), render=_render)


def _render(env: Env, record: Any) -> Markup:
    moments = Cells(env).moments
    url = f"/{record.key()}/{record.id}/mail"
    found = [_shown(env, one, url) | {"at": moments.full(one.at)} for one in sent_of(env, record)]
    return Markup(render_template("sent_tab.html", messages=found))


def _shown(env: Env, one: Sent, url: str) -> dict[str, Any]:
    label, tone = STATES[one.state]
    is_partly = one.state == "sent" and one.error
    return {
        "id": one.id,
        "subject": one.subject,
        "text": one.text,
        "to": ", ".join(one.to),
        "cc": ", ".join(one.cc),
        "state": (str(label), "warning" if is_partly else tone),
        "error": one.error,
        "by": person(env, one.user_id).name if one.user_id is not None else "",
        "file": one.file_name,
        "size": readable_size(one.size),
        "url": f"{url}/{one.file_id}/{quote(one.file_name)}" if one.file_id is not None else "",
    }
