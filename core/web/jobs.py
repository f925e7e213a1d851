"""Jobs of signing in: sending links, and forgetting what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from core import clock, mail
from core.access.models import User, UserState
from core.i18n import Text, _, use_locale
from core.jobs.registry import job, schedule
from core.web.models import PasswordReset, SignIn, WebSession
from core.web.passwords import reset_link

if TYPE_CHECKING:
    from core.env import Env

LINKS_PER_HOUR = 3
KEPT_SIGN_INS, KEPT_SESSIONS = timedelta(days=180), timedelta(days=30)


@job("web.send_reset_link", retries=3)
def send_reset_link(env: Env, *, username: str, locale: str, base: str) -> None:
    """Sends the link, if there is such an account with an e-mail address. Nobody is told if there is not."""
    name = username.strip()
    found = env.session.scalars(
        select(User)
        .where(or_(User.username == name, func.lower(User.email) == name.lower()))
        .where(User.state == UserState.ACTIVE.value)
        .limit(2)
    ).all()
    # An address that two accounts share leads to neither: its reader could take over the other.
    if len(found) != 1 or not found[0].email or _is_flooded(env, found[0]):
        return
    user = found[0]
    with use_locale(user.locale or locale):
        link = reset_link(env, user, base)
        mail.send(
            env,
            to=user.email or "",
            subject=str(_("A new password for 9KCRM")),
            text=str(_text(user.name, link)),
        )


def _text(name: str, link: str) -> Text:
    return _(
        "Hello {name},\n\nwith this link you can set a new password. It works once, within one hour:\n\n{link}\n"
        "\nIf you did not ask for it, you need not do anything.\n",
        name=name,
        link=link,
    )


@schedule(every=timedelta(hours=6))
@job("web.purge")
def purge(env: Env) -> None:
    """Forgets sessions and links that are over, and attempts that are half a year old."""
    now, connection = clock.now(), env.connection_of_core
    connection.execute(delete(SignIn).where(SignIn.at < now - KEPT_SIGN_INS))
    connection.execute(delete(WebSession).where(WebSession.expires_at < now - KEPT_SESSIONS))
    connection.execute(delete(PasswordReset).where(PasswordReset.expires_at < now - KEPT_SESSIONS))


def _is_flooded(env: Env, user: User) -> bool:
    recent = (PasswordReset.user_id == user.id, PasswordReset.created_at > clock.now() - timedelta(hours=1))
    count = env.connection_of_core.scalar(select(func.count()).select_from(PasswordReset).where(*recent))
    return (count or 0) >= LINKS_PER_HOUR
