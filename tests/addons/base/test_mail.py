"""The messages of the system, for administrators."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from core.access.models import Grant, User
from core.config import Smtp
from core.jobs.outbox import OUTBOX
from core.mail import send
from core.mail.messages import MESSAGES
from core.orm.tables import SystemAccess
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[..., Visitor]
TEXT = "Open this: http://localhost/password/reset/AbCdEf-123 within the hour."


@pytest.fixture
def with_smtp(site: Site) -> None:
    server = Smtp(host="smtp.example.com", port=25, user=None, password="hunter2", tls="none", sender="crm@example.com")
    site.settings = replace(site.settings, smtp=server)


def written(site: Site, text: str = TEXT) -> int:
    with site.system("test") as env:
        return send(env, to="ann@example.com", subject="Hello Ann", text=text)


def row(site: Site, id: int) -> object:
    with site.engine.connect() as connection:
        return connection.execute(select(MESSAGES).where(MESSAGES.c.id == id)).one()


def state(site: Site, id: int) -> str:
    return str(row(site, id).state)  # type: ignore[attr-defined]


def set_state(site: Site, id: int, state: str) -> None:
    with site.system("test") as env:
        env.connection_of_core.execute(update(MESSAGES).where(MESSAGES.c.id == id).values(state=state, error="No."))


@pytest.mark.parametrize("path", ["/settings/mail", "/settings/mail?state=kept", "/settings/mail/{id}"])
def test_others_are_refused(site: Site, visit: Visit, path: str) -> None:
    id = written(site)

    answers = [visit(name).get(path.format(id=id)) for name in ("sales", "manager", "gm", "admin")]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 200]
    assert ["Hello Ann" in answer.text for answer in answers] == [False, False, False, True]


def test_a_kept_message_is_listed_with_a_hint_at_the_settings(site: Site, visit: Visit) -> None:
    written(site)

    html = visit("admin").get("/settings/mail").text

    assert "No mail server is set up" in html
    assert "Kept 1</a>" in html
    assert "ann@example.com" in html


@pytest.mark.usefixtures("with_smtp")
def test_the_server_is_named_but_not_its_password(visit: Visit) -> None:
    html = visit("admin").get("/settings/mail").text

    assert "Mail is sent over smtp.example.com as crm@example.com." in html
    assert "hunter2" not in html


def test_reading_one_is_written_down(site: Site, cast: Cast, visit: Visit) -> None:
    id = written(site)

    visit("admin").get(f"/settings/mail/{id}")

    with site.engine.connect() as connection:
        noted = list(connection.scalars(select(SystemAccess.reason).where(SystemAccess.user_id == cast.admin)))
    assert noted == [f"message {id} to ann@example.com"]


def test_links_that_open_an_account_are_for_administrators_alone(site: Site, cast: Cast, visit: Visit) -> None:
    id = written(site)
    with site.system("test") as env:
        role = env.connection_of_core.scalar(select(Grant.role_id).where(Grant.model == "customer").limit(1))
        given = env.connection_of_core.scalars(select(Grant.role_id).where(Grant.model == "customer").distinct()).all()
        for role in given:
            values = {"role_id": role, "model": "mail", "action": "edit", "scope": "all"}
            env.connection_of_core.execute(Grant.__table__.insert().values(**values))
        bump(env.connection_of_core, "organisation")

    seen = {name: "AbCdEf-123" in visit(name).get(f"/settings/mail/{id}").text for name in ("gm", "admin")}

    assert seen == {"gm": False, "admin": True}
    assert "/password/reset/…" in visit("gm").get(f"/settings/mail/{id}").text


@pytest.mark.usefixtures("with_smtp")
@pytest.mark.parametrize("before", ["failed", "kept"])
def test_one_that_did_not_leave_is_sent_again(site: Site, visit: Visit, before: str) -> None:
    id = written(site)
    set_state(site, id, before)

    visit("admin").post(f"/settings/mail/{id}/send")

    assert state(site, id) == "queued"
    with site.engine.connect() as connection:
        jobs = list(connection.scalars(select(OUTBOX.c.arguments).where(OUTBOX.c.job == "mail.send")))
    assert jobs[-1] == {"message_id": id}


@pytest.mark.usefixtures("with_smtp")
def test_of_one_that_was_sent_a_copy_leaves(site: Site, visit: Visit) -> None:
    id = written(site)
    set_state(site, id, "sent")

    visit("admin").post(f"/settings/mail/{id}/send")

    with site.engine.connect() as connection:
        found = connection.execute(select(MESSAGES.c.subject, MESSAGES.c.state).order_by(MESSAGES.c.id)).all()
    assert [tuple(each) for each in found] == [("Hello Ann", "sent"), ("Hello Ann", "queued")]


def test_nothing_is_sent_again_without_a_server(site: Site, visit: Visit) -> None:
    id = written(site)

    assert visit("admin").post(f"/settings/mail/{id}/send").status_code == 409
    assert state(site, id) == "kept"


def test_a_test_message_goes_to_who_asks_for_it(site: Site, cast: Cast, visit: Visit) -> None:
    without = visit("admin").post("/settings/mail/test")
    with site.system("test") as env:
        mine = update(User.__table__).where(User.id == cast.admin).values(email="admin@example.com")
        env.connection_of_core.execute(mine)

    visit("admin").post("/settings/mail/test")

    assert without.status_code == 409
    with site.engine.connect() as connection:
        assert list(connection.scalars(select(MESSAGES.c.to))) == ["admin@example.com"]
