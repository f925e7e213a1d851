"""The tab "Files" of a record's page, for any addon to offer: `files_tab("user.detail.tabs")` in its PAGES."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template
from markupsafe import Markup

from core.access.actor import EDIT
from core.files.attachments import file_url, files_of
from core.files.kinds import PICTURES
from core.files.lookup import readable_size
from core.i18n import _
from core.pages.nodes import Tab

if TYPE_CHECKING:
    from core.env import Env
    from core.files.models import Attachment

KEY = "files"


def files_tab(place: str, *, after: str = "") -> Tab:
    """A tab with the record's files, where those who may edit the record add and remove them."""
    return Tab(place=place, after=after, key=KEY, label=_("Files"), render=_render)


def _render(env: Env, record: Any) -> Markup:
    html = render_template(
        "files_tab.html",
        files=[_shown(env, file) for file in files_of(env, record)],
        url=f"/{record.key()}/{record.id}/files",
        may_change=env.can(EDIT, record),
        limit=env.site.settings.max_upload_mb,
    )
    return Markup(html)


def _shown(env: Env, file: Attachment) -> dict[str, Any]:
    member = env.actor.organisation.members.get(file.created_by or 0)
    return {
        "id": file.id,
        "name": file.name,
        "url": file_url(file),
        "size": readable_size(file.size),
        "is_picture": file.mime in PICTURES,
        "by": member.name if member else "",
        "at": file.created_at.astimezone(env.timezone).strftime("%Y-%m-%d %H:%M"),
    }
