"""Where somebody is signed in: their browsers, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import clock
from core.web import cookies, sessions
from core.web.models import WebSession

if TYPE_CHECKING:
    from core.env import Env


def sessions_of(env: Env) -> list[dict[str, Any]]:
    """Where the actor is signed in, the latest first: id, address, agent, last_seen_at, is_this."""
    this = sessions.digest_of(cookies.session_token())
    open_ones = (
        WebSession.user_id == env.actor.id,
        WebSession.revoked_at.is_(None),
        WebSession.expires_at > clock.now(),
    )
    rows = env.connection_of_core.execute(
        select(WebSession.id, WebSession.digest, WebSession.address, WebSession.agent, WebSession.last_seen_at)
        .where(*open_ones)
        .order_by(WebSession.last_seen_at.desc())
        .limit(50)
    )
    return [
        {
            "id": row.id,
            "address": row.address,
            "agent": browser_name(row.agent),
            "last_seen_at": row.last_seen_at,
            "is_this": row.digest == this,
        }
        for row in rows
    ]


def browser_name(agent: str) -> str:
    """Browser and system of a User-Agent header, such as "Edge · Windows"; the header itself if neither is known."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent


# The order matters: Edge and Opera also say Chrome, Chrome also says Safari, Android also says Linux.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Line/", "LINE"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
