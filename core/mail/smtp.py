"""Handing a message to the mail server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from core.config import Smtp
from core.mail.files import SentFile

SECONDS = 20.0

Refusals = Mapping[str, tuple[int, bytes]]
"""Address → the code and text by which the server refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as it goes over the line.

    `reference` makes the Message-ID: a message that is sent twice after a crash carries the same one, and mail
    programs show it once. `is_automatic` says to other programs that nobody wrote it.
    """

    to: str
    cc: str
    reply_to: str
    subject: str
    text: str
    html: str | None
    files: Sequence[SentFile]
    reference: str
    is_automatic: bool


def deliver(smtp: Smtp, letter: Letter) -> Refusals:
    """Sends it; returns the refusals of some addresses. Raises smtplib.SMTPException or OSError if all are refused."""
    message = _composed(smtp, letter)
    with _connected(smtp) as server:
        if smtp.user:
            server.login(smtp.user, smtp.password or "")
        return server.send_message(message)


def _composed(smtp: Smtp, letter: Letter) -> EmailMessage:
    domain = parseaddr(smtp.sender)[1].partition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = smtp.sender, letter.to, letter.subject
    if letter.cc:
        message["Cc"] = letter.cc
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{letter.reference}@{domain}>"
    if letter.is_automatic:
        # So that they send no "out of office" back.
        message["Auto-Submitted"] = "auto-generated"
    # Chinese passes servers that know only seven bits, and lines may be long.
    message.set_content(letter.text, cte="base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="base64")
    for file in letter.files:
        kind, _slash, subtype = file.mime.partition("/")
        message.add_attachment(file.path.read_bytes(), maintype=kind, subtype=subtype, filename=file.name)
    return message


def _connected(smtp: Smtp) -> smtplib.SMTP:
    if smtp.tls == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(smtp.host, smtp.port, timeout=SECONDS)
    if smtp.tls == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
