"""Each rule of the house, as somebody meets it."""

import io
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from addons.customer.models import Customer
from addons.house_rules.errors import KeptForAYear
from core.access import users
from core.access.models import User
from core.addons import lifecycle
from core.addons.calling import tell_process
from core.addons.implementations import Implementations
from core.api import Invalid, ListRequest, Transition, _, clock, count, importing
from core.jobs import worker
from core.mail import messages
from core.mail.models import Message
from core.notifications import reading
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import PASSWORD, Cast
from core.testing.web import Visitor


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        return int(env.records(Customer).create({"name": "台榮精密"}).id)


def test_every_hook_of_core_is_shown_by_some_addon(site: Site) -> None:
    hooks = site.registry.hooks.hooks

    assert [name for name in Implementations([]).hooks if not hooks[name].implementations] == []


def test_auditors_are_told(site: Site, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "house_rules"):
        tell_process(site.registry, "registered", site=site)
        with cast.env("admin") as env:
            lifecycle.disable(env, "loyalty")
            lifecycle.enable(env, "loyalty")
        with cast.env("gm") as env:
            record = env.records(Customer).create({"name": "台榮精密"})
            env.records(Customer).delete(record)

    told = [record.getMessage() for record in caplog.records if record.name == "house_rules"]
    assert told[0].startswith("The house rules hold")
    assert told[1:3] == ["王俊傑 disabled loyalty.", "王俊傑 enabled loyalty."]
    assert told[-2] == f"張淑芬 deleted customer {record.id} (1)."
    assert told[-1] == "張淑芬 stored 1 records."


def test_names_of_customers_are_names(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"name": "  Rui   Feng "})

        assert env.get(Customer, customer).name == "Rui Feng"
        with pytest.raises(Invalid, match="not a number"):
            env.records(Customer).create({"name": "12345"})


def test_owner_hears_of_a_changed_phone(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"phone": "02-2345-6789"})
    with cast.env("manager") as env:
        env.records(Customer).update(env.get(Customer, customer), {"phone": "02-2345-6780"})

    with cast.env("sales", write=False) as env:
        assert [told.text for told in reading.latest(env, 10)] == ["陳建宏 changed the phone of 台榮精密"]


def test_old_customers_are_kept(site: Site, cast: Cast, customer: int) -> None:
    with site.system("age the customer") as env:
        table: Any = Customer.__table__
        env.connection_of_core.execute(update(table).values(created_at=clock.now() - timedelta(days=366)))

    with cast.env("gm") as env, pytest.raises(KeptForAYear):
        env.records(Customer).delete(env.get(Customer, customer))


def test_what_an_assistant_enters_belongs_to_whom_they_assist(site: Site, cast: Cast) -> None:
    with site.system("make the manager an assistant") as env:
        values = {"title": "Assistant", "supervisor_id": cast.sales}
        env.connection_of_core.execute(update(User).where(User.id == cast.manager).values(values))
        bump(env.connection_of_core, "organisation")

    with cast.env("manager") as env:
        record = env.records(Customer).create({"name": "台榮精密"})

        assert record.owner_id == cast.sales
        assert str(record.number).startswith("K")


def test_assistants_do_not_decide(site: Site, cast: Cast, customer: int) -> None:
    approve = Transition("approve", _("House rules"), source=("draft",), target="approved")
    asked = {"transition": approve, "arguments": {}}
    with cast.env("manager") as env:
        assert env.hooks.transition_requested(record=env.get(Customer, customer), **asked) == []

    with site.system("make the manager an assistant") as env:
        values = {"title": "Assistant", "supervisor_id": cast.sales}
        env.connection_of_core.execute(update(User).where(User.id == cast.manager).values(values))
        bump(env.connection_of_core, "organisation")

    with cast.env("manager") as env:
        answers = env.hooks.transition_requested(record=env.get(Customer, customer), **asked)
    assert [str(answer.reason) for answer in answers] == ["Please ask 林怡君 to do this."]


def test_auditors_read_what_was_asked_for_and_dropped(
    cast: Cast, customer: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="house_rules")

    with cast.env("manager") as env:
        record = env.get(Customer, customer)
        env.hooks.transition_cancelled(record=record, transition="approve", ids=["a"], reason="too dear")

    assert f"dropped approve of customer {customer}: too dear" in caplog.text


def test_customers_without_an_owner_are_for_those_who_give_them_one(site: Site, cast: Cast, customer: int) -> None:
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, customer), to=None)
        assert count(env, ListRequest(Customer)).number == 1

    with cast.env("accountant", write=False) as env:
        assert count(env, ListRequest(Customer)).number == 0
        assert env.ids_within(Customer, {customer}, "read") == set()


def test_pages_lead_to_customers_without_an_owner(cast: Cast, visit: Callable[..., Visitor]) -> None:
    start = {who: visit(who).get("/").get_data(as_text=True) for who in ("gm", "accountant")}
    found = {who: visit(who).get("/palette?q=pool").get_data(as_text=True) for who in ("gm", "accountant")}

    assert "Without an owner" in start["gm"]
    assert "Without an owner" not in start["accountant"]
    assert "owner_id:empty:true" in found["gm"]
    assert "owner_id:empty:true" not in found["accountant"]


def test_own_company_is_no_customer(cast: Cast, visit: Callable[..., Visitor]) -> None:
    def ask(name: str) -> str:
        return visit("sales").post("/customer/duplicates/check", {"name": name}).get_data(as_text=True)

    assert "Our own company" in ask("Jiuke")
    assert "Our own company" not in ask("Jiuke Machines")


def test_exported_rows_say_through_whose_hands(cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    lines = visit("gm").get("/export/customer.csv").get_data(as_text=True).splitlines()

    assert lines[0].endswith(",exported_by")
    assert lines[1].endswith(",張淑芬")


def test_labels_are_made_for_the_label_printer(cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    with cast.env("gm", write=False) as env:
        number = env.get(Customer, customer).number

    answer = visit("gm").get(f"/customer/{customer}/print?template=folder")

    page = PdfReader(io.BytesIO(answer.data)).pages[0]
    assert page.extract_text().strip() == number
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (176, 82)


def test_names_from_spreadsheets_lose_their_spaces(site: Site, cast: Cast) -> None:
    received = importing.receive(site.settings, io.BytesIO("Name\n 台榮   精密 \n".encode()), "machines.csv")
    with cast.env("gm") as env:
        draft = importing.put_in(env, Customer, received)
        importing.arrange(env, draft.id, columns={0: "customer.name"}, keys=[], mode=importing.Mode.CREATE)
        job = importing.start(env, draft.id, is_try=False)
    assert worker.execute(site, job)

    with cast.env("gm", write=False) as env:
        assert env.session.scalars(select(Customer.name)).all() == ["台榮 精密"]


@pytest.mark.parametrize(("to", "error"), [("a@example.com", "The address is an example."), ("a@9kcrm.tw", None)])
def test_no_mail_leaves_for_examples(to: str, error: str | None, site: Site) -> None:
    with site.system("mail") as env:
        id = messages.send(env, to=to, subject="Hello", text="…")

        assert env.session.get_one(Message, id).error == error


def test_programs_are_not_kept(cast: Cast, customer: int, visit: Callable[..., Visitor]) -> None:
    def upload(content: bytes) -> int:
        return visit("sales").post(f"/customer/{customer}/files", {"file": (io.BytesIO(content), "a")}).status_code

    assert upload(b"MZ\x90\x00") == 422
    assert upload(b"harmless") in (200, 201, 303)


def test_accounts_of_other_systems_have_no_password(site: Site, cast: Cast) -> None:
    with site.system("rename") as env:
        env.connection_of_core.execute(update(User).where(User.id == cast.sales).values(username="svc.shop"))

    with site.system("sign in", write=False) as env:
        assert users.verify_password(env, "svc.shop", PASSWORD) is None
        assert users.verify_password(env, "manager", PASSWORD) == cast.manager
