import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import select

from core.config import Smtp
from core.jobs import worker
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.mail import send
from core.mail.messages import MESSAGES
from core.mail.models import MessageState
from core.site import Site


@dataclass
class Mailbox:
    """A mail server of our own, which keeps what it is given. `refuse` is its answer to each recipient."""

    port: int = 0
    refuse: str = ""
    received: list[bytes] = field(default_factory=list)

    @property
    def message(self) -> Message:
        (raw,) = self.received
        return message_from_bytes(raw, policy=default)


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
                if command == b"RCPT" and box.refuse:
                    self.say(box.refuse)
                else:
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


def written(site: Site, **changes: Any) -> tuple[int, list[int]]:
    """Sends a message; its id, and those of the jobs that carry it."""
    message = {"to": "wang@example.com", "subject": "報價單已核准", "text": "您好：\n請見附件。", **changes}
    with site.system("test") as env:
        id = send(env, **message)
    with site.engine.connect() as connection:
        return id, list(connection.scalars(select(OUTBOX.c.id)))


def message(site: Site, id: int) -> Any:
    with site.engine.connect() as connection:
        return connection.execute(select(MESSAGES).where(MESSAGES.c.id == id)).one()


def test_without_a_server_a_message_is_kept(site: Site) -> None:
    id, jobs = written(site)

    assert message(site, id).state == MessageState.KEPT
    assert jobs == []


def test_a_message_is_sent_whole(mailing: Site, mailbox: Mailbox) -> None:
    id, (job,) = written(mailing)

    worker.execute(mailing, job)

    assert message(mailing, id).state == MessageState.SENT
    assert message(mailing, id).sent_at is not None
    assert mailbox.message["Subject"] == "報價單已核准"
    assert mailbox.message["From"] == "久客 <crm@example.com>"
    assert mailbox.message["To"] == "wang@example.com"
    assert mailbox.message.get_content().splitlines() == ["您好：", "請見附件。"]  # type: ignore[attr-defined]


def test_a_message_that_was_sent_is_not_sent_again(mailing: Site, mailbox: Mailbox) -> None:
    id, (job,) = written(mailing)
    worker.execute(mailing, job)
    with mailing.system("test") as env:
        again = env.enqueue("mail.send", message_id=id)

    worker.execute(mailing, again)

    assert len(mailbox.received) == 1


def test_an_address_that_is_refused_for_good_is_not_tried_again(mailing: Site, mailbox: Mailbox) -> None:
    mailbox.refuse = "550 no such user"
    id, (job,) = written(mailing)

    worker.execute(mailing, job)

    assert message(mailing, id).state == MessageState.FAILED
    assert "no such user" in message(mailing, id).error
    assert job_state(mailing, job) == JobState.DONE


@pytest.mark.parametrize("is_away", [False, True])
def test_a_server_that_is_busy_or_away_is_tried_again(mailing: Site, mailbox: Mailbox, *, is_away: bool) -> None:
    mailbox.refuse = "450 try again later"
    if is_away:
        away = replace(mailing.settings.smtp, port=1)  # type: ignore[type-var]
        mailing.settings = replace(mailing.settings, smtp=away)
    id, (job,) = written(mailing)

    worker.execute(mailing, job)

    assert message(mailing, id).state == MessageState.FAILED
    assert job_state(mailing, job) == JobState.QUEUED


@pytest.mark.parametrize("wrong", [{"to": "wang"}, {"to": "a@b.c\nBcc: x@y.z"}, {"subject": "Hello\nBcc: x@y.z"}])
def test_what_would_forge_a_header_is_refused(site: Site, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"address|one line"):
        written(site, **wrong)


def job_state(site: Site, id: int) -> str:
    with site.engine.connect() as connection:
        return str(connection.scalar(select(OUTBOX.c.state).where(OUTBOX.c.id == id)))
