"""The messages that the system has sent, or keeps because no mail server is set up."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy import select

from core.administration import MESSAGE_STATES as STATES
from core.administration import Cells, note_look, site_mail, views
from core.api import Conflict, Env, Forbidden, NotFound, User, _, pgettext, set_crumbs, toast

ROOT = "/settings/mail"
PAGE = 50


class NoAddress(Conflict):
    """The administrator has no e-mail address to send the test to."""

    code = "no_address"
    default = _("Your account has no e-mail address. Enter one among the users first.")


def index() -> ResponseReturnValue:
    """The messages, newest first, of one state if the address says so."""
    env = _env()
    chosen = request.args.get("state", "")
    if chosen and chosen not in STATES:
        raise NotFound()
    before = request.args.get("before", "")
    last = int(before) if before.isdecimal() and len(before) < 19 else None
    found = site_mail.messages_in(env, chosen, PAGE + 1, before=last)
    older = f"{ROOT}?state={chosen}&before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    view = views.ListView(
        title=str(_("Messages sent")),
        model="message",
        url=ROOT,
        columns=[
            views.Column("subject", str(_("Subject")), is_primary=True),
            views.Column("to", str(_("To")), on_card=True),
            views.Column("state", str(_("State")), on_card=True),
            views.Column("created_at", str(_("Written"))),
        ],
        rows=[_row(env, message) for message in found[:PAGE]],
        pager=views.Pager("", next_url=older),
        count="",
        quick_filters=_tabs(env, chosen),
        empty=views.Empty("nothing", str(pgettext("messages", "None")), ""),
    )
    smtp = env.site.settings.smtp
    return render_template("base/messages.html", page=view, smtp=smtp, address=_own_address(env))


def show(id: int) -> ResponseReturnValue:
    """One message; that it was read is written down."""
    env = _env()
    message = site_mail.message_of(env, id)
    note_look(env, f"message {id} to {message.to}")
    label, tone = STATES[message.state]
    set_crumbs((message.subject, request.path))
    return render_template(
        "base/message.html",
        message=message,
        text=site_mail.readable_text(env, message),
        files=site_mail.files_of(env.connection_of_core, id),
        state=(str(label), tone),
        moments=Cells(env).moments,
        may_send=env.site.settings.smtp is not None,
    )


def send_again(id: int) -> ResponseReturnValue:
    """Sends a message once more."""
    site_mail.send_again(_env(), id)
    toast(_("The message is on its way."))
    return redirect(f"{ROOT}/{id}", 303)


def send_test() -> ResponseReturnValue:
    """Sends a message to whoever asks for it."""
    env = _env()
    address = _own_address(env)
    if not address:
        raise NoAddress()
    id = site_mail.send_test(env, address)
    if env.site.settings.smtp is None:
        toast(_("The message is kept: no mail server is set up."), "warning")
    else:
        toast(_("A test message to {address} is on its way.", address=address))
    return redirect(f"{ROOT}/{id}", 303)


def _env() -> Env:
    env: Env = g.env
    if not env.actor.may("mail", "edit"):
        raise Forbidden()
    return env


def _own_address(env: Env) -> str:
    return env.connection_of_core.scalar(select(User.email).where(User.id == env.user_id)) or ""


def _row(env: Env, message: Any) -> views.Row:
    label, tone = STATES[message.state]
    state = Markup('<span class="pill pill-{}">{}</span>').format(tone, label)
    cells = [escape(message.subject), escape(message.to), state, Cells(env).moments.full(message.created_at)]
    return views.Row(id=message.id, url=f"{ROOT}/{message.id}", name=message.subject, cells=cells)


def _tabs(env: Env, chosen: str) -> list[views.MenuItem]:
    numbers = site_mail.counts(env)
    tabs = [views.MenuItem("all", str(pgettext("messages", "All")), ROOT, is_active=not chosen)]
    for key, (label, _tone) in STATES.items():
        shown = f"{label} {numbers[key]:,}" if numbers.get(key) else str(label)
        tabs.append(views.MenuItem(key, shown, f"{ROOT}?state={key}", is_active=key == chosen))
    return tabs
