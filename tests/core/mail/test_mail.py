import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfWriter
from sqlalchemy import select

from core.errors import Conflict
from core.jobs import worker
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.mail import MailFile, send
from core.mail.addresses import MOST, BadAddress, TooManyAddresses, addresses_in
from core.mail.messages import MESSAGES
from core.mail.models import MessageState
from core.site import Site
from tests.mailing import Mailbox, mailbox, mailing

__all__ = ["mailbox", "mailing"]


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
    assert mailbox.message.get_content().splitlines() == ["您好：", "請見附件。"]


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


def pdf(pages: int = 1) -> bytes:
    made, into = PdfWriter(), io.BytesIO()
    for _page in range(pages):
        made.add_blank_page(width=72, height=72)
    made.write(into)
    return into.getvalue()


def test_files_and_copies_arrive_as_they_were(mailing: Site, mailbox: Mailbox) -> None:
    content = pdf()
    files = [MailFile("報價單 Q-202611-0001.pdf", content), MailFile("../notes.txt", "備註".encode())]
    id, (job,) = written(
        mailing, to=["wang@example.com", "lin@example.com"], cc="gm@example.com", reply_to="me@x.tw", attachments=files
    )

    worker.execute(mailing, job)

    got = {part.get_filename(): part.get_content() for part in mailbox.message.iter_attachments()}
    assert list(got) == ["報價單 Q-202611-0001.pdf", "notes.txt"]
    assert got["報價單 Q-202611-0001.pdf"] == content
    assert mailbox.recipients == ["wang@example.com", "lin@example.com", "gm@example.com"]
    assert (mailbox.message["To"], mailbox.message["Cc"]) == ("wang@example.com, lin@example.com", "gm@example.com")
    assert mailbox.message["Reply-To"] == "me@x.tw"
    assert mailbox.message["Auto-Submitted"] == "auto-generated"
    assert message(mailing, id).state == MessageState.SENT


def test_an_address_of_several_that_is_refused_is_named_and_the_others_get_no_second(
    mailing: Site, mailbox: Mailbox
) -> None:
    mailbox.refuse, mailbox.refused = "550 no such user", ("lin@",)
    id, (job,) = written(mailing, to=["wang@example.com", "lin@example.com"])

    worker.execute(mailing, job)

    assert message(mailing, id).state == MessageState.SENT
    assert message(mailing, id).error == "lin@example.com: 550 no such user"
    assert mailbox.recipients == ["wang@example.com"]


def test_files_that_no_server_takes_are_refused(site: Site) -> None:
    site.settings = replace(site.settings, max_mail_files_mb=1)

    with pytest.raises(Conflict, match="1 MB"):
        written(site, attachments=[MailFile("a.bin", b"x" * 600_000), MailFile("b.bin", b"y" * 600_000)])


def test_addresses_are_read_as_people_type_them() -> None:
    assert addresses_in("a@x.tw；b@x.tw, A@x.tw\n王 <c@x.tw>") == ["a@x.tw", "b@x.tw", "王 <c@x.tw>"]
    assert addresses_in(" ") == []
    with pytest.raises(BadAddress, match="wang@x"):
        addresses_in("a@x.tw, wang@x")
    with pytest.raises(TooManyAddresses):
        addresses_in(",".join(f"a{number}@x.tw" for number in range(MOST + 1)))
