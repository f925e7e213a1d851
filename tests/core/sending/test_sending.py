"""Sending a record by e-mail: who may, what arrives, what is written down, and what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from addons.customer.models import Customer
from core import clock
from core.access.models import FieldGrant, FieldLevel, Grant, Role
from core.env import Env
from core.errors import Conflict
from core.jobs import worker
from core.jobs.outbox import OUTBOX
from core.mail.messages import MESSAGES
from core.orm.versions import bump
from core.pages import catalogue
from core.pages.nodes import MailDraft, Mailing
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.printing import reading
from tests.mailing import Mailbox, mailbox, mailing

__all__ = ["mailbox", "mailing"]

Visit = Callable[..., Visitor]
NAME, ADDRESS = "台榮精密", "wang@example.com"


def draft(env: Env, record: Any) -> MailDraft:
    return MailDraft(known={ADDRESS: "王小明"}, to=[ADDRESS], subject=f"資料 {record.name}", text="請見附件。")


@pytest.fixture
def sendable(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets customers be sent by e-mail."""

    def declare(**more: Any) -> None:
        node = Mailing(model=Customer, draft=draft, **more)
        built = catalogue.build

        def with_mailing(*given: Any) -> catalogue.Catalogue:
            found = built(*given)
            pages = replace(found.models["customer"], mailing=node)
            return replace(found, models={**found.models, "customer": pages})

        monkeypatch.setattr(catalogue, "build", with_mailing)
        monkeypatch.setattr(catalogue, "_catalogues", type(catalogue._catalogues)())

    return declare


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        return env.records(Customer).create({"name": NAME, "phone": "02-2345-6789"}).id


def message(site: Site) -> Any:
    with site.engine.connect() as connection:
        return connection.execute(select(MESSAGES)).one()


def count(site: Site) -> int:
    with site.engine.connect() as connection:
        return len(connection.execute(select(MESSAGES.c.id)).all())


def deliver(site: Site) -> None:
    with site.engine.connect() as connection:
        (job,) = connection.scalars(select(OUTBOX.c.id).where(OUTBOX.c.job == "mail.send"))
    worker.execute(site, job)


def sent(visit: Visit, customer: int, name: str = "sales", **fields: Any) -> Any:
    form = {"known": ADDRESS, "to": "", "cc": "", "subject": "報價", "text": "您好", **fields}
    return visit(name).post(f"/customer/{customer}/mail", form, **{"HX-Request": "true"})


def test_dialog_offers_what_the_addon_says(sendable: Any, customer: int, visit: Visit) -> None:
    sendable()
    detail = visit("sales").get(f"/customer/{customer}").text

    dialog = visit("sales").get(f"/customer/{customer}/mail").text

    assert f'data-dialog-url="/customer/{customer}/mail"' in detail
    assert "王小明 &lt;wang@example.com&gt;" in dialog
    assert f"資料 {NAME}" in dialog
    assert "No mail server is set up" in dialog


@pytest.mark.usefixtures("mailing")
def test_what_arrives_is_what_is_kept(
    sendable: Any, site: Site, cast: Cast, customer: int, visit: Visit, mailbox: Mailbox
) -> None:
    sendable()

    assert sent(visit, customer, to="lin@example.com", cc="gm@example.com").status_code == 204
    deliver(site)

    (part,) = mailbox.message.iter_attachments()
    content = part.get_content()
    assert part.get_filename() == f"Data sheet {NAME}.pdf"
    assert NAME in reading.text(content)
    assert mailbox.recipients == [ADDRESS, "lin@example.com", "gm@example.com"]
    assert (mailbox.message["Subject"], mailbox.message["Auto-Submitted"]) == ("報價", None)
    row = message(site)
    assert (row.state, row.user_id, row.model, row.record_id) == ("sent", cast.sales, "customer", customer)
    answered = visit("sales").get(f"/customer/{customer}/mail/1/x.pdf")
    assert answered.data == content
    history = visit("sales").get(f"/customer/{customer}/tab/history").text
    assert "Sent by e-mail: Data sheet" in history
    assert ADDRESS not in history


def test_without_a_server_the_message_is_kept_and_the_sender_told(
    sendable: Any, site: Site, customer: int, visit: Visit
) -> None:
    sendable()
    browser = visit("sales")

    browser.post(f"/customer/{customer}/mail", {"known": ADDRESS, "subject": "報價", "text": ""})

    assert message(site).state == "kept"
    assert "the message is kept for the administrators, and not sent" in browser.get(f"/customer/{customer}").text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"known": ""}, "To whom? Please enter an e-mail address."),
        ({"to": "lin@"}, "“lin@” is not an e-mail address."),
        ({"cc": "a@x.tw; nobody"}, "“nobody” is not an e-mail address."),
        ({"subject": " "}, "Please fill in this field."),
        ({"to": ",".join(f"a{number}@x.tw" for number in range(60))}, "at most 50 people"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    sendable: Any, site: Site, customer: int, visit: Visit, fields: dict[str, str], told: str
) -> None:
    sendable()

    answer = sent(visit, customer, **fields)

    assert answer.status_code == 422
    assert told in answer.text
    assert "您好" in answer.text
    assert count(site) == 0


def test_document_that_no_server_takes_is_refused(
    sendable: Any, site: Site, customer: int, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    sendable()
    monkeypatch.setattr(site, "settings", replace(site.settings, max_mail_files_mb=0))

    answer = sent(visit, customer)

    assert (answer.status_code, count(site)) == (422, 0)
    assert "too large for a message" in answer.text


@pytest.mark.usefixtures("mailing")
def test_server_that_is_busy_is_tried_again_and_the_record_says_so(
    sendable: Any, site: Site, customer: int, visit: Visit, mailbox: Mailbox, api: Callable[[str], Any]
) -> None:
    sendable()
    mailbox.refuse = "450 try again later"
    sent(visit, customer)

    deliver(site)

    (told,) = api("sales").get(f"/customer/{customer}/mail").json["data"]
    assert told["state"] == "failed"
    assert "try again later" in told["error"]
    mailbox.refuse = ""
    with site.system("a minute later") as env:
        env.connection_of_core.execute(
            update(OUTBOX).where(OUTBOX.c.job == "mail.send").values(available_at=clock.now())
        )
    deliver(site)
    assert api("sales").get(f"/customer/{customer}/mail").json["data"][0]["state"] == "sent"


def test_who_may_not_print_may_not_send(
    sendable: Any, site: Site, customer: int, visit: Visit, api: Callable[[str], Any]
) -> None:
    sendable()
    sent(visit, customer)
    with site.system("take a grant") as env:
        role = env.connection_of_core.scalar(select(Role.id).where(Role.preset == "salesperson"))
        wanted = (Grant.role_id == role, Grant.model == "customer", Grant.action == "print")
        env.connection_of_core.execute(update(Grant).where(*wanted).values(scope="none"))
        bump(env.connection_of_core, "organisation")

    assert visit("sales").get(f"/customer/{customer}/mail").status_code == 403
    assert sent(visit, customer).status_code == 403
    assert api("sales").post(f"/customer/{customer}/mail", {"to": [ADDRESS]}).status_code == 403
    assert api("sales").get(f"/customer/{customer}/mail").status_code == 403
    assert visit("sales").get(f"/customer/{customer}/mail/1").status_code == 404
    assert f"/customer/{customer}/mail" not in visit("sales").get(f"/customer/{customer}").text
    assert count(site) == 1


def test_records_of_others_and_what_is_never_sent_do_not_exist(sendable: Any, customer: int, visit: Visit) -> None:
    assert visit("sales").get(f"/customer/{customer}/mail").status_code == 404
    sendable()

    assert visit("sales2").get(f"/customer/{customer}/mail").status_code == 404
    assert sent(visit, customer, "sales2").status_code == 404


def test_document_stays_closed_to_whom_its_fields_are(
    sendable: Any, site: Site, customer: int, visit: Visit, api: Callable[[str], Any]
) -> None:
    sendable(internal=("address",))
    sent(visit, customer, "gm")
    assert visit("sales").get(f"/customer/{customer}/mail/1").status_code == 200
    for field, status in (("address", 200), ("phone", 404)):
        with site.system("hide a field") as env:
            role = env.connection_of_core.scalar(select(Role.id).where(Role.preset == "salesperson"))
            row = {"role_id": role, "model": "customer", "field": field, "level": FieldLevel.HIDDEN.value}
            env.connection_of_core.execute(insert(FieldGrant).values(**row))
            bump(env.connection_of_core, "organisation")

        assert visit("sales").get(f"/customer/{customer}/mail/1").status_code == status
    assert visit("gm").get(f"/customer/{customer}/mail/1").status_code == 200


def test_what_the_addon_does_then_happens_with_it_or_not_at_all(
    sendable: Any, site: Site, cast: Cast, customer: int, visit: Visit
) -> None:
    def refuse(env: Env, record: Any) -> None:
        env.records(Customer).update(record, {"short_name": "sent"})
        if record.name == NAME:
            raise Conflict("Not this one.")

    sendable(sent=refuse)
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "瑞豐"}).id

    refused, done = sent(visit, customer), sent(visit, other)

    assert (refused.status_code, done.status_code) == (422, 204)
    assert "Not this one." in refused.text
    assert message(site).record_id == other
    with cast.env("sales", write=False) as env:
        assert [env.get(Customer, id).short_name for id in (customer, other)] == [None, "sent"]


def test_what_was_changed_since_it_was_seen_is_not_sent(
    sendable: Any, site: Site, cast: Cast, customer: int, visit: Visit
) -> None:
    sendable()
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"short_name": "台榮"})

    answer = sent(visit, customer, version="1")

    assert (answer.status_code, count(site)) == (422, 0)


@pytest.mark.parametrize("changes", [False, True])
def test_form_that_arrives_twice_sends_once(
    sendable: Any, site: Site, customer: int, visit: Visit, api: Callable[[str], Any], changes: bool
) -> None:
    def note(env: Any, record: Any) -> None:
        record.short_name = f"{record.short_name or ''}*"

    sendable(sent=note if changes else None)
    form = visit("sales").get(f"/customer/{customer}/mail").text
    (key,) = re.findall(r'name="once" value="([\w-]+)"', form)

    answers = [sent(visit, customer, version="1", once=key) for _time in range(2)]
    keyed = {"Idempotency-Key": "a", "If-Match": f'"{2 if changes else 1}"'}
    again = api("sales").post(f"/customer/{customer}/mail", {}, **keyed)
    twice = api("sales").post(f"/customer/{customer}/mail", {}, **keyed)

    assert answers[0].status_code == answers[1].status_code < 400
    assert again.json == twice.json
    assert count(site) == 2
    assert sent(visit, customer, once=key, subject="Another").status_code < 400
    assert count(site) == 3


def test_api_sends_what_the_dialog_would(sendable: Any, site: Site, customer: int, api: Callable[[str], Any]) -> None:
    sendable()

    made = api("sales").post(f"/customer/{customer}/mail", {"cc": ["gm@example.com"], "template": "record@en"})
    wrong = api("sales").post(f"/customer/{customer}/mail", {"to": ["x"], "color": 1})

    assert made.status_code == 201, made.text
    told = made.json["data"]
    assert (told["to"], told["cc"], told["subject"]) == ([ADDRESS], ["gm@example.com"], f"資料 {NAME}")
    assert (told["state"], told["file"]["name"], told["template"]) == ("kept", f"Data sheet {NAME}.pdf", "record")
    assert (wrong.status_code, list(wrong.json["error"]["fields"])) == (422, ["color"])
    assert "post" in api("sales").get("/openapi.json").json["paths"]["/customer/{id}/mail"]
