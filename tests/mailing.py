"""A mail server of our own, for tests that send."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from core.config import Smtp
from core.site import Site


@dataclass
class Mailbox:
    """What the server was given. `refuse` is its answer to each recipient, to those of `refused` alone if any."""

    port: int = 0
    refuse: str = ""
    refused: tuple[str, ...] = ()
    recipients: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    @property
    def message(self) -> EmailMessage:
        """The only message that has come."""
        (raw,) = self.received
        found = message_from_bytes(raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    def refuses(self, line: bytes) -> bool:
        """Whether the recipient that a line names is refused."""
        return bool(self.refuse) and (not self.refused or any(each in line.decode() for each in self.refused))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            for line in iter(self.rfile.readline, b""):
                command = line[:4].upper()
                if command == b"DATA":
                    self.say("354 go on")
                    box.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                if command == b"RCPT" and box.refuses(line):
                    self.say(box.refuse)
                else:
                    if command == b"RCPT":
                        box.recipients.append(line.decode().partition("<")[2].partition(">")[0])
                    self.say("221 bye" if command == b"QUIT" else "250 ok")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()


@pytest.fixture
def mailing(site: Site, mailbox: Mailbox) -> Site:
    smtp = Smtp("127.0.0.1", mailbox.port, None, None, "none", "久客 <crm@example.com>")
    site.settings = replace(site.settings, smtp=smtp)
    return site
