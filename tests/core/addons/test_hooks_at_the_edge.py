"""Hooks about what comes in and what goes out: rows, mail, files."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.addons.answers import MailChange
from core.errors import Invalid
from core.mail import messages
from core.mail.models import Message
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.addons.listening import Stumble, create, listen, prove


def test_hook_export_row(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    def export() -> list[str]:
        return visit("gm").get("/export/customer.csv").get_data(as_text=True).splitlines()

    create(cast)
    create(cast, name="瑞豐")
    prove(site, "export_row", export)
    plain = export()
    calls = listen(
        site,
        "export_row",
        lambda row, id, **_: {"name": row["name"] + "*", "points": id} if row["name"] == "台榮精密" else {"points": 0},
        lambda row, **_: {"rank": "A"},
    )

    lines = export()

    assert lines[0] == plain[0] + ",points,rank"
    assert sorted(line.split(",")[-1] for line in lines[1:]) == ["A", "A"]
    assert any("台榮精密*" in line for line in lines)
    assert {name for name, _arguments in calls} == {"one", "two"}


def test_hook_export_row_is_not_shown_what_is_hidden(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    from core.access.models import FieldGrant, Role
    from core.orm.versions import bump

    create(cast, phone="0912345678")
    with site.system("hide the phone") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == "general_manager")).one()
        env.session.add(FieldGrant(role_id=role, model="customer", field="phone", level="hidden"))
        bump(env.connection_of_core, "organisation")
    calls = listen(site, "export_row", lambda **_: {})

    visit("gm").get("/export/customer.csv")

    assert calls[0][1]["row"]["name"] == "台榮精密"
    assert "phone" not in calls[0][1]["row"]
    assert "0912345678" not in repr(calls)


def test_hook_message_sending(site: Site, cast: Cast) -> None:
    def send(subject: str = "Hello") -> tuple[str, str, str, str | None]:
        with site.system("mail") as env:
            id = messages.send(env, to="a@example.com", subject=subject, text="…")
            row = env.connection_of_core.execute(
                select(Message.to, Message.subject, Message.state, Message.error).where(Message.id == id)
            ).one()
            return row.to, row.subject, row.state, row.error

    prove(site, "message_sending", send)
    listen(
        site,
        "message_sending",
        lambda subject, **_: MailChange(subject=f"[CRM] {subject}", to="b@example.com"),
        lambda subject, **_: MailChange(stopped="Not today") if subject == "Stop" else MailChange(to="c@example.com"),
    )

    assert send() == ("c@example.com", "[CRM] Hello", "kept", None)
    assert send("Stop") == ("b@example.com", "[CRM] Stop", "kept", "Not today")


def test_hook_store_file(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    id = create(cast)

    def upload(content: bytes = b"harmless") -> int:
        files = {"file": (io.BytesIO(content), "../a.txt")}
        answer = visit("sales").post(f"/customer/{id}/files", files)
        if answer.status_code == 500:
            raise Stumble
        return int(answer.status_code)

    prove(site, "store_file", upload)

    def scan(path: Path, **_: Any) -> None:
        if b"virus" in path.read_bytes():
            raise Invalid({"file": "This file has a virus."})

    calls = listen(site, "store_file", scan)

    assert upload() in (200, 201, 303)
    assert upload(b"a virus") == 422
    assert [(a["name"], a["size"]) for _name, a in calls] == [("a.txt", 8), ("a.txt", 7)]
