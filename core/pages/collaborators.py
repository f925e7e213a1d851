"""Who else may see an owned record, as a list in a tab of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from markupsafe import Markup, escape

from core import clock
from core.access.actor import ASSIGN
from core.i18n import _
from core.orm.model import Model
from core.ownership import shares_of
from core.pages.cells import Cells
from core.pages.people import person
from core.pages.rights import Rights
from core.pages.standard import SHARE_LEVELS, UNSHARE
from core.pages.views import Button, Column, Empty, ListView, Pager, Row

if TYPE_CHECKING:
    from core.access.models import Share
    from core.env import Env


def collaborators_view(env: Env, record: Model, cells: Cells, rights: Rights) -> ListView:
    """The collaborators of the record, with what is needed to add and remove them."""
    url = f"/{record.key()}/{record.id}"
    may_change = rights.may(ASSIGN)
    labels = (_("User"), _("Access"), _("Until"), _("Added by"))
    columns = [Column(f"share{n}", str(label), is_primary=n == 0) for n, label in enumerate(labels)]
    columns += [Column("remove", "", align="end")] if may_change else []
    rows = [_row(env, share, cells, url, may_change) for share in shares_of(env, record)]
    add = Button("share", str(_("Add a collaborator")), icon="user-plus", dialog_url=f"{url}/actions/share")
    return ListView(
        title=str(_("Collaborators")),
        model=f"{record.key()}.share",
        url=f"{url}/tab/collaborators",
        columns=columns,
        rows=rows,
        pager=Pager(summary=""),
        count=str(len(rows)),
        actions=[add] if may_change else (),
        empty=Empty(
            "nothing",
            str(_("Nobody else works on this")),
            str(_("A collaborator may see this record and what belongs to it, whoever owns it.")),
        ),
    )


def _row(env: Env, share: Share, cells: Cells, url: str, may_change: bool) -> Row:
    who = person(env, share.user_id)
    level = escape(str(SHARE_LEVELS[share.level]))
    parts = [escape(who.name), level, _until(share, cells), escape(person(env, share.created_by).name)]
    if may_change:
        parts.append(_remove(url, share.user_id, who.name))
    return Row(id=share.user_id, url="", cells=parts, name=who.name)


def _until(share: Share, cells: Cells) -> Markup:
    if share.until is None:
        return escape(str(_("without an end")))
    shown = cells.moments.moment(share.until)
    if share.until <= clock.now():
        return Markup(f'{shown} <span class="pill pill-neutral">{escape(str(_("ended")))}</span>')
    return shown


def _remove(url: str, user_id: int, name: str) -> Markup:
    token = current_app.jinja_env.globals.get("csrf_token")
    confirm = escape(str(_("Remove {name} from the collaborators?", name=name)))
    return Markup(
        f'<form method="post" action="{url}/actions/{UNSHARE}" class="contents" data-confirm="{confirm}">'
        f'<input type="hidden" name="csrf_token" value="{escape(token() if callable(token) else "")}">'
        f'<input type="hidden" name="user_id" value="{user_id}">'
        f'<button class="btn btn-ghost">{escape(str(_("Remove")))}</button></form>'
    )
