"""Quotes and orders on paper: what stands there in three languages, over many pages, and how they go out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select

from addons.customer.models import Contact, Customer
from addons.sales.models import Order, Quote
from core.access.models import FieldGrant, FieldLevel, Role
from core.env import Env
from core.jobs import worker
from core.jobs.outbox import OUTBOX
from core.mail.messages import MESSAGES
from core.orm.settings import write_settings
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.printing import reading
from tests.mailing import Mailbox, mailbox, mailing

__all__ = ["mailbox", "mailing"]

Visit = Callable[..., Visitor]
COMPANY = {
    "company.name": "宏岳自動化",
    "company.business_number": "66128035",
    "company.bank_account": "範例銀行 000-123-456789",
}


def made(env: Env, model: type[Any], lines: int = 2, **more: Any) -> Any:
    """A document of that many lines at 1,500 and 2 pieces each."""
    customer = env.records(Customer).create({"name": "台榮精密", "tax_id": "22099131", "address": "臺中市工業區一路"})
    person = {"name": "王小明", "customer_id": customer.id, "email": "wang@example.com"}
    contact = env.records(Contact).create(person)
    row = {"quantity": Decimal(2), "unit_price": Decimal(1500)}
    values = {
        "name": "三號線改善",
        "customer_id": customer.id,
        "contact_id": contact.id,
        "terms": "含運費與安裝",
        "lines": [row | {"description": f"Motor{number:02d}"} for number in range(lines)],
    }
    return env.records(model).create(values | more)


@pytest.fixture
def company(site: Site) -> None:
    with site.system("letterhead") as env:
        write_settings(env.connection_of_core, COMPANY)


def submitted(cast: Cast, model: type[Any], **more: Any) -> int:
    """A document of the salesperson that the manager has approved."""
    with cast.env("sales") as env:
        record = made(env, model, **more)
        env.workflow.perform(record, "submit")
        id = int(record.id)
    with cast.env("manager") as env:
        env.workflow.perform(env.get(model, id), "approve")
    return id


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("zh-TW", ["報價單", "統一編號", "聯絡人王小明", "備註含運費與安裝", "匯款帳戶", "本公司簽章", "第1頁，共1頁"]),
        ("zh-CN", ["报价单", "统一编号", "联系人王小明", "备注含运费與安裝"[:2], "收款账户", "本公司签章"]),
        ("en", ["Quotation", "Unifiedbusinessnumber", "Contact王小明", "Remarks", "Bankaccount", "Page1of1"]),
    ],
)
def test_quote_is_a_business_paper_in_the_language_of_its_reader(
    cast: Cast, visit: Visit, locale: str, told: list[str]
) -> None:
    id = submitted(cast, Quote, valid_until=date(2030, 12, 31))

    paper = reading.shown(visit("sales", locale=locale).get(f"/quote/{id}/print?template=quote"))

    every = [
        *told,
        "宏岳自動化",
        "66128035",
        "台榮精密",
        "22099131",
        "Motor00",
        "Motor01",
        "1,500",
        "000-123-456789",
        "Q-",
    ]
    assert [word for word in every if word not in paper] == []
    assert not {"草稿", "DRAFT", "作廢"} & set(reading.lines(visit("sales").get(f"/quote/{id}/print").data))


def test_paper_is_offered_in_other_languages(cast: Cast, visit: Visit) -> None:
    id = submitted(cast, Quote)
    browser = visit("sales", locale="zh-TW")

    page = browser.get(f"/quote/{id}").text
    english = reading.shown(browser.get(f"/quote/{id}/print?template=quote@en"))

    assert f"/quote/{id}/print?template=quote@en" in page
    assert "列印：報價單（English）" in page
    assert ("Quotation" in english, "報價單" in english) == (True, False)
    assert browser.get(f"/quote/{id}/print?template=quote@fr").status_code == 404


def test_sixty_lines_keep_their_head_and_never_leave_the_sums_alone(cast: Cast, visit: Visit) -> None:
    for lines in (24, 25, 26, 27, 60):
        with cast.env("sales") as env:
            id = made(env, Quote, lines).id

        pages = reading.pages(visit("sales").get(f"/quote/{id}/print?template=quote").data)

        assert len(pages) > 1 or lines < 60
        with_lines = [page for page in pages if "Motor" in page]
        assert all("UnitpriceAmount" in page for page in with_lines), lines
        (sums,) = [page for page in pages if "TotalTWD" in page]
        assert {f"Motor{lines - 2:02d}", f"Motor{lines - 1:02d}"} <= set(_motors(sums)), lines
        assert [motor for page in pages for motor in _motors(page)] == [f"Motor{n:02d}" for n in range(lines)]


def _motors(page: str) -> list[str]:
    return [f"Motor{part[:2]}" for part in page.split("Motor")[1:]]


def test_drafts_and_void_papers_say_so(cast: Cast, visit: Visit) -> None:
    with cast.env("sales") as env:
        id = made(env, Order).id
    draft = reading.shown(visit("sales", locale="zh-TW").get(f"/order/{id}/print"))
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Order, id), "void", reason="重複")

    void = reading.shown(visit("sales", locale="zh-TW").get(f"/order/{id}/print"))

    assert ("草稿" in draft, "作廢" in draft) == (True, False)
    assert ("草稿" in void, "作廢" in void) == (False, True)
    assert "銷售訂單" in void


def test_hidden_amounts_stand_nowhere_on_the_paper(site: Site, cast: Cast, visit: Visit) -> None:
    id = submitted(cast, Quote)
    with site.system("hide") as env:
        role = env.connection_of_core.scalar(select(Role.id).where(Role.preset == "salesperson"))
        for model, field in (("quote", "total"), ("quote_line", "unit_price"), ("customer", "tax_id")):
            row = {"role_id": role, "model": model, "field": field, "level": FieldLevel.HIDDEN.value}
            env.connection_of_core.execute(insert(FieldGrant).values(**row))
        bump(env.connection_of_core, "organisation")

    paper = reading.shown(visit("sales", locale="zh-TW").get(f"/quote/{id}/print?template=quote"))

    assert "Motor01" in paper
    assert [word for word in ("1,500", "22099131", "新臺幣", "總計TWD") if word in paper] == []


def test_many_papers_are_one_document(cast: Cast, visit: Visit) -> None:
    ids = [submitted(cast, Order), submitted(cast, Order)]

    answer = visit("gm").post("/order/bulk/print?template=order", {"ids": "|".join(map(str, ids))})
    pages = reading.pages(visit("gm").get(answer.headers["Location"]).data)

    assert [("Salesorder" in page, "Page1of1" in page) for page in pages] == [(True, True), (True, True)]


def test_sending_a_quote_makes_it_sent_and_keeps_the_very_paper(
    cast: Cast, visit: Visit, mailing: Site, mailbox: Mailbox
) -> None:
    id = submitted(cast, Quote)
    browser = visit("sales")
    assert "王小明 &lt;wang@example.com&gt;" in browser.get(f"/quote/{id}/mail").text

    sent = {"known": "wang@example.com", "subject": "報價", "text": "您好", "template": "quote@zh_Hant_TW"}
    answer = browser.post(f"/quote/{id}/mail", sent, **{"HX-Request": "true"})
    assert answer.status_code == 204, answer.text
    with mailing.engine.connect() as connection:
        (job,) = connection.scalars(select(OUTBOX.c.id).where(OUTBOX.c.job == "mail.send"))
    worker.execute(mailing, job)

    (part,) = mailbox.message.iter_attachments()
    assert "報價單" in reading.text(part.get_content())
    with cast.env("sales", write=False) as env:
        assert env.get(Quote, id).state == "sent"
    tab = browser.get(f"/quote/{id}/tab/sent").text
    assert ("wang@example.com" in tab, "報價單" in tab, "Sent by" in tab) == (True, True, True)
    with mailing.engine.connect() as connection:
        assert connection.execute(select(MESSAGES.c.state, MESSAGES.c.template)).one() == ("sent", "quote@zh_Hant_TW")
    assert browser.get(f"/quote/{id}/mail/1").data == part.get_content()


def test_what_nobody_has_approved_does_not_go_out(cast: Cast, visit: Visit) -> None:
    with cast.env("sales") as env:
        id = made(env, Quote).id

    answer = visit("sales").post(
        f"/quote/{id}/mail", {"known": "wang@example.com", "subject": "x"}, **{"HX-Request": "true"}
    )

    assert f"/quote/{id}/mail" not in visit("sales").get(f"/quote/{id}").text
    assert answer.status_code == 422
    assert "cannot be sent by e-mail at the moment" in answer.text
