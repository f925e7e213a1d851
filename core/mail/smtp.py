"""Handing a message to the mail server."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from core.config import Smtp

SECONDS = 20.0


def deliver(smtp: Smtp, *, to: str, subject: str, text: str, html: str | None, reference: str) -> None:
    """Sends it. Raises smtplib.SMTPException or OSError.

    `reference` makes the Message-ID: a message that is sent twice after a crash carries the same one, and
    mail programs show it once.
    """
    domain = parseaddr(smtp.sender)[1].partition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = smtp.sender, to, subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{reference}@{domain}>"
    # Says to other programs that nobody wrote this, so that they send no "out of office" back.
    message["Auto-Submitted"] = "auto-generated"
    # Chinese passes servers that know only seven bits, and lines may be long.
    message.set_content(text, cte="base64")
    if html:
        message.add_alternative(html, subtype="html", cte="base64")
    with _connected(smtp) as server:
        if smtp.user:
            server.login(smtp.user, smtp.password or "")
        server.send_message(message)


def _connected(smtp: Smtp) -> smtplib.SMTP:
    if smtp.tls == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(smtp.host, smtp.port, timeout=SECONDS)
    if smtp.tls == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
