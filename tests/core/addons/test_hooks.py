"""Every hook of core: that it fires with what it promises, in order, of enabled addons only, and what an error does."""

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, true

from addons.customer.models import Contact, Customer, Visit
from core import api, clock, hookspecs, merging
from core.access import users
from core.access.models import User
from core.addons import lifecycle
from core.addons.answers import DuplicateHit, MailChange, Saved, SearchHit
from core.addons.implementations import Implementations
from core.addons.policy import Policy
from core.config import Settings
from core.env import Env
from core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from core.mail import messages
from core.mail.models import Message
from core.orm.listing import ListRequest, count, list_page
from core.pages.nodes import Card, Menu
from core.reference import hooks as hooks_page
from core.site import Site
from core.testing.cast import PASSWORD, Cast
from core.testing.web import ApiClient, Visitor
from tests.core.addons.hooking import install, switch

ROOT = Path(__file__).resolve().parents[3]
HOOKS = Implementations([]).hooks


class Stumble(Exception):
    """A defect of an addon."""


@dataclass
class Listener:
    """An addon `name` that notes each call of a hook, and answers or fails."""

    name: str
    calls: list[tuple[str, dict[str, Any]]]
    answer: Callable[..., Any] | None = None
    fails: bool = False

    def implementation(self, hook: str) -> Any:
        names = ", ".join(HOOKS[hook].arguments)
        scope: dict[str, Any] = {"heard": self._heard}
        exec(f"def {hook}({names}): return heard(dict({', '.join(f'{n}={n}' for n in HOOKS[hook].arguments)}))", scope)
        return scope[hook]

    def _heard(self, arguments: dict[str, Any]) -> Any:
        self.calls.append((self.name, arguments))
        if self.fails:
            raise Stumble("broken")
        return self.answer(**arguments) if self.answer else None


def listen(site: Site, hook: str, *answers: Callable[..., Any] | None) -> list[tuple[str, dict[str, Any]]]:
    """Installs an addon per answer, `one`, `two`, …, that implements the hook; returns their calls as they come."""
    calls: list[tuple[str, dict[str, Any]]] = []
    for name, answer in zip(("one", "two", "three"), answers, strict=False):
        install(site, name, Listener(name, calls, answer).implementation(hook))
    return calls


def prove(site: Site, hook: str, fire: Callable[[], object]) -> None:
    """That the addons are called in order, disabled ones are not, and an error does what the policy says."""
    calls: list[tuple[str, dict[str, Any]]] = []
    listeners = [Listener(name, calls) for name in ("first", "second", "third")]
    for listener in listeners:
        install(site, listener.name, listener.implementation(hook))
    policy = HOOKS[hook].policy

    fire()
    assert list(dict.fromkeys(name for name, _arguments in calls)) == ["first", "second", "third"]

    switch(site, "first", on=False)
    calls.clear()
    fire()
    assert list(dict.fromkeys(name for name, _arguments in calls)) == ["second", "third"]

    listeners[1].fails = True
    calls.clear()
    if policy is Policy.VETO:
        with pytest.raises(Stumble):
            fire()
        assert {name for name, _arguments in calls} == {"second"}
    else:
        fire()
        assert list(dict.fromkeys(name for name, _arguments in calls)) == ["second", "third"]
    switch(site, "second", on=False)
    switch(site, "third", on=False)


def create(cast: Cast, who: str = "sales", **values: Any) -> int:
    with cast.env(who) as env:
        return int(env.records(Customer).create({"name": "台榮精密", **values}).id)


def update(cast: Cast, id: int, who: str = "sales", **values: Any) -> None:
    with cast.env(who) as env:
        env.records(Customer).update(env.get(Customer, id), values)


def name_of(cast: Cast, id: int) -> str:
    with cast.env("gm", write=False) as env:
        return env.get(Customer, id).name


def test_every_hook_has_its_test() -> None:
    sources = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "examples").rglob("test_*.py")]
    found = "".join(path.read_text("utf-8") for path in sources)

    assert [name for name in HOOKS if f"def test_hook_{name}" not in found] == []


def test_every_hook_has_an_implementation_and_its_place_in_the_reference(site: Site) -> None:
    page = hooks_page.build(site.registry)

    unused = [n for n, h in site.registry.hooks.hooks.items() if not h.implementations and not hooks_page.shown_by(n)]
    assert unused == []
    assert [name for name in HOOKS if f"\n## {name}\n" not in page] == []
    assert "Implemented by `customer`, the example `loyalty`." in page
    assert "## equipment_retired\n" in page


def test_every_hook_says_what_it_does() -> None:
    for name, hook in HOOKS.items():
        told = hook.specification.__doc__ or ""
        assert "eturn" in told, name
        assert len(told) > 100, name


# The process and its addons.


def test_hook_registered(site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    calls: list[tuple[str, dict[str, Any]]] = []
    failing = Listener("one", calls, fails=True)
    install(site, "one", failing.implementation("registered"))
    install(site, "two", Listener("two", calls).implementation("registered"))
    switch(site, "two", on=False)
    monkeypatch.setattr("core.site.Registry.discover", lambda *_, **__: site.registry)
    settings: Settings = site.settings

    with caplog.at_level(logging.ERROR):
        opened = Site.open(settings)

    assert calls == [("one", {"site": opened}), ("two", {"site": opened})]
    assert "The hook registered of the addon one failed" in caplog.text
    opened.dispose()


def test_hook_addon_enabled(site: Site, cast: Cast) -> None:
    install(site, "extra")
    switch(site, "extra", on=False)

    def fire() -> None:
        switch(site, "extra", on=False)
        with cast.env("admin") as env:
            assert lifecycle.enable(env, "extra") == ["extra"]

    prove(site, "addon_enabled", fire)
    calls = listen(site, "addon_enabled", None)
    fire()
    assert calls == [("one", {"addon": "extra"})]


def test_hook_addon_enabled_reaches_the_addon_itself(site: Site, cast: Cast) -> None:
    calls = listen(site, "addon_enabled", None)
    switch(site, "one", on=False)

    with cast.env("admin") as env:
        lifecycle.enable(env, "one")

    assert calls == [("one", {"addon": "one"})]


def test_hook_addon_disabled(site: Site, cast: Cast) -> None:
    install(site, "extra")

    def fire() -> None:
        switch(site, "extra", on=True)
        with cast.env("admin") as env:
            assert lifecycle.disable(env, "extra") == ["extra"]

    prove(site, "addon_disabled", fire)
    calls = listen(site, "addon_disabled", None)
    with cast.env("admin") as env:
        lifecycle.disable(env, "one")
    assert calls == [("one", {"addon": "one"})]


# Records.


def test_hook_validate(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    prove(site, "validate", lambda: create(cast))
    id = create(cast)
    calls = listen(
        site,
        "validate",
        lambda values, **_: {"name": "Not this name"} if values["name"] == "壞" else None,
        lambda values, **_: {"name": "Second", "phone": "Not this phone"} if values["name"] == "壞" else None,
    )

    with pytest.raises(Invalid) as caught:
        create(cast, name="壞")
    shown = visit("sales").post(f"/customer/{id}/edit", {"name": "壞", "version": 1}).get_data(as_text=True)

    assert set(caught.value.fields) == {"name", "phone"}
    assert "Not this name" in shown
    assert "Not this phone" in shown
    assert [arguments["record"] for _name, arguments in calls][:2] == [None, None]
    assert calls[-1][1]["record"].id == id
    assert name_of(cast, id) == "台榮精密"


def test_hook_before_save(site: Site, cast: Cast) -> None:
    prove(site, "before_save", lambda: create(cast))
    listen(
        site,
        "before_save",
        lambda values, **_: {"name": values["name"].strip("*"), "phone": "02 2345 6789"},
        lambda **_: {"phone": "04-2345-6789"},
    )

    id = create(cast, name="*台榮*")
    update(cast, id, name="**瑞豐")

    with cast.env("sales", write=False) as env:
        found = env.get(Customer, id)
        assert (found.name, found.phone) == ("瑞豐", "04-2345-6789")


@pytest.mark.parametrize(("answer", "error"), [({"owner_id": 1}, ValueError), ({"name": 5 * "x" * 500}, Invalid)])
def test_hook_before_save_cannot_do_everything(
    answer: Mapping[str, Any], error: type[Exception], site: Site, cast: Cast
) -> None:
    listen(site, "before_save", lambda **_: answer)

    with pytest.raises(error):
        create(cast)


def test_hook_after_save(site: Site, cast: Cast) -> None:
    prove(site, "after_save", lambda: create(cast))
    calls = listen(site, "after_save", None)

    id = create(cast)
    update(cast, id, name="瑞豐")
    update(cast, id, name="瑞豐")

    assert [(a["record"].id, a["created"], a["changes"].get("name")) for _name, a in calls] == [
        (id, True, (None, "台榮精密")),
        (id, False, ("台榮精密", "瑞豐")),
    ]


def test_hook_before_delete(site: Site, cast: Cast) -> None:
    def delete(id: int) -> None:
        with cast.env("gm") as env:
            env.records(Customer).delete(env.get(Customer, id))

    prove(site, "before_delete", lambda: delete(create(cast)))
    id = create(cast)

    def refuse(record: Any) -> None:
        raise Conflict()

    listen(site, "before_delete", refuse)
    with pytest.raises(Conflict):
        delete(id)
    assert name_of(cast, id) == "台榮精密"


def test_hook_after_delete(site: Site, cast: Cast) -> None:
    def delete(id: int) -> int:
        with cast.env("gm") as env:
            return env.records(Customer).delete(env.get(Customer, id))

    prove(site, "after_delete", lambda: delete(create(cast)))
    id = create(cast)
    calls = listen(site, "after_delete", None)

    act = delete(id)

    assert calls == [("one", {"model": Customer, "id": id, "deletion": act})]


def test_hook_after_commit(site: Site, cast: Cast) -> None:
    prove(site, "after_commit", lambda: create(cast))
    old = create(cast)
    told: list[list[Saved]] = []

    def answer(saved: list[Saved]) -> None:
        told.append(saved)
        # What is done in answer does not come back, or it would never end.
        create(cast, name="from the answer")

    listen(site, "after_commit", answer)
    with cast.env("sales") as env:
        new = env.records(Customer).create({"name": "new"}).id
        env.records(Customer).update(env.get(Customer, old), {"name": "old"})
        with pytest.raises(Stumble), env.savepoint():
            env.records(Customer).create({"name": "undone"})
            raise Stumble
        assert told == []
    with pytest.raises(Stumble), cast.env("sales") as env:
        env.records(Customer).create({"name": "undone"})
        raise Stumble

    assert told == [[Saved("customer", new, True), Saved("customer", old, False)]]


def test_hook_after_commit_finds_what_is_stored(site: Site, cast: Cast) -> None:
    names: list[str] = []

    def after_commit(env: Env, saved: list[Saved]) -> None:
        with env.site.env(cast.sales) as fresh:
            names.extend(fresh.get(Customer, each.id).name for each in saved)

    install(site, "reader", after_commit)
    create(cast)

    assert names == ["台榮精密"]


def test_hook_owners_changed(site: Site, cast: Cast) -> None:
    prove(site, "owners_changed", lambda: create(cast))
    calls = listen(site, "owners_changed", None)

    id = create(cast)
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, id), to=cast.sales2, reason="moved")

    found = [(change.before, change.after, change.reason) for _n, a in calls for change in a["changes"]]
    assert found == [(None, cast.sales, ""), (cast.sales, cast.sales2, "moved")]


def merge(cast: Cast, kept: int, other: int) -> int:
    with cast.env("gm") as env:
        return merging.merge(env, env.get(Customer, kept), [env.get(Customer, other)], {})


def test_hook_records_merged(site: Site, cast: Cast) -> None:
    prove(site, "records_merged", lambda: merge(cast, create(cast), create(cast)))
    kept, other = create(cast), create(cast, name="other")

    def refuse(**_arguments: Any) -> None:
        raise Conflict()

    calls = listen(site, "records_merged", refuse)
    with pytest.raises(Conflict):
        merge(cast, kept, other)

    assert [(a["model"], a["survivor"].id, a["others"]) for _n, a in calls] == [(Customer, kept, [other])]
    assert name_of(cast, other) == "other"


def test_hook_merge_undone(site: Site, cast: Cast) -> None:
    def undo(act: int) -> None:
        with cast.env("gm") as env:
            merging.undo(env, act)

    prove(site, "merge_undone", lambda: undo(merge(cast, create(cast), create(cast))))
    kept, other = create(cast), create(cast)
    act = merge(cast, kept, other)
    seen: list[Any] = []
    listen(site, "merge_undone", lambda survivor, others, act, **_rest: seen.append((survivor.id, others, act)))

    undo(act)

    assert seen == [(kept, [other], act)]


def test_hook_owner_for_new(site: Site, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    prove(site, "owner_for_new", lambda: create(cast))
    chosen: dict[str, int | None] = {"id": cast.sales2}
    calls = listen(site, "owner_for_new", lambda **_: chosen["id"])

    def owner(id: int) -> int | None:
        with cast.env("gm", write=False) as env:
            return env.get(Customer, id).owner_id

    assert owner(create(cast, "gm")) == cast.sales2
    assert owner(create(cast, "gm", owner_id=cast.manager)) == cast.manager
    assert len(calls) == 1
    with caplog.at_level(logging.WARNING):
        assert owner(create(cast, "sales")) == cast.sales
    assert "cannot be made owner" in caplog.text
    chosen["id"] = None
    assert owner(create(cast, "gm")) == cast.gm


def test_hook_next_number(site: Site, cast: Cast) -> None:
    def number(id: int) -> str:
        with cast.env("gm", write=False) as env:
            return str(env.get(Customer, id).number)

    prove(site, "next_number", lambda: create(cast))
    listen(site, "next_number", lambda values, **_: f"X-{values['name']}" if values["name"] == "瑞豐" else None)

    assert number(create(cast, name="瑞豐")) == "X-瑞豐"
    assert number(create(cast)).startswith("C")


# Pages.


def test_hook_menu(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    def fire() -> str:
        with site.system("a new version of the actors") as env:
            from core.orm.versions import bump

            bump(env.connection_of_core, "organisation")
        return visit("sales").get("/").get_data(as_text=True)

    prove(site, "menu", fire)
    group = next(node.group for _a, node in site.registry.pages(frozenset({"customer"})) if isinstance(node, Menu))

    def menu(env: Env) -> list[Menu]:
        return [Menu(key="mine", label=f"Menu of {env.actor.member.username}", url="/customer?mine", group=group)]  # type: ignore[arg-type]

    install(site, "entries", menu)

    assert "Menu of sales" in fire()
    assert "Menu of sales" not in visit("manager").get("/").get_data(as_text=True)


def test_hook_dashboard_cards(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    prove(site, "dashboard_cards", lambda: visit("sales").get("/"))
    create(cast)

    def dashboard_cards(env: Env) -> list[Card]:
        return [
            Card(key="mine", label=f"Card of {env.actor.member.username}", model=Customer, columns=["name"]),  # type: ignore[arg-type]
            Card(key="users", label="Card of users", model=User, columns=["password_hash"]),  # type: ignore[arg-type]
        ]

    install(site, "cards", dashboard_cards)
    start = visit("sales").get("/").get_data(as_text=True)
    card = visit("sales").get("/dashboard/home/card/mine").get_data(as_text=True)
    closed = visit("sales").get("/dashboard/home/card/users").get_data(as_text=True)

    assert "Card of sales" in start
    assert "台榮精密" in card
    assert "argon2" not in closed


def test_hook_search_sources(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    def find(q: str = "wiki") -> str:
        return visit("sales").get(f"/palette?q={q}").get_data(as_text=True)

    prove(site, "search_sources", find)
    listen(
        site,
        "search_sources",
        lambda q: [SearchHit(f"Page {q}", "/wiki/1", "Handbook"), SearchHit("Trap", "javascript:alert(1)", "Handbook")],
    )

    shown = find()

    assert "Page wiki" in shown
    assert "Handbook" in shown
    assert "/wiki/1" in shown
    assert "Trap" not in shown


# What comes in and what goes out.


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


def test_hook_print_context(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    id = create(cast)
    prove(site, "print_context", lambda: visit("sales").get(f"/customer/{id}/print"))
    calls = listen(
        site,
        "print_context",
        lambda record, **_: {"one": {"name": record.name, "on": record.received_on}},
        lambda **_: {"two": object()},
        lambda **_: {"three": [1]},
    )
    told = listen_to_data(site)

    visit("sales").get(f"/customer/{id}/print?template=record")

    assert [name for name, _arguments in calls] == ["one", "two", "three"]
    assert calls[0][1]["model"] is Customer
    assert calls[0][1]["template"] == "record"
    with cast.env("sales", write=False) as env:
        today = env.today.isoformat()
    # What is no plain data is left out, and nothing else with it.
    assert told[0]["records"][0]["added"] == {"one": {"name": "台榮精密", "on": today}, "three": [1]}


def listen_to_data(site: Site) -> list[dict[str, Any]]:
    """What engines are given, as they are called."""
    told: list[dict[str, Any]] = []

    def render_pdf(data: dict[str, Any]) -> None:
        told.append(data)

    install(site, "engine", render_pdf)
    return told


def test_hook_render_pdf(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    id = create(cast, phone="02-2345-6789")
    prove(site, "render_pdf", lambda: visit("sales").get(f"/customer/{id}/print"))
    calls = listen(site, "render_pdf", lambda **_: None, lambda template, **_: f"%PDF {template}".encode())

    answer = visit("sales").get(f"/customer/{id}/print")
    listed = visit("sales").get("/print/customer")

    assert (answer.data, answer.mimetype) == (b"%PDF record", "application/pdf")
    assert listed.data == b"%PDF list"
    assert calls[0][1]["data"]["records"][0]["fields"]["phone"]["text"] == "02-2345-6789"
    assert [name for name, _arguments in calls] == ["one", "two", "one", "two"]


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


def test_hook_authenticate(site: Site, cast: Cast) -> None:
    def sign_in(username: str, password: str) -> int | None:
        with site.system("sign in", write=False) as env:
            return users.verify_password(env, username, password)

    def fire() -> None:
        try:
            sign_in("sales", PASSWORD)
        except users.SignInUnavailable as error:
            raise error.__cause__ or error from None

    prove(site, "authenticate", fire)
    known = {"manager": "from the directory", "nobody": "from the directory", "sales2": "from the directory"}
    listen(site, "authenticate", lambda username, password: known[username] == password if username in known else None)
    with cast.env("admin") as env:
        users.disable(env, env.get(User, cast.sales2))

    assert sign_in("manager", "from the directory") == cast.manager
    assert sign_in("manager", PASSWORD) is None
    assert sign_in("sales", PASSWORD) == cast.sales
    assert sign_in("sales", "wrong") is None
    assert sign_in("nobody", "from the directory") is None
    assert sign_in("sales2", "from the directory") is None


def test_hook_authenticate_that_fails_lets_nobody_in(
    site: Site, cast: Cast, visit: Callable[..., Visitor], caplog: pytest.LogCaptureFixture
) -> None:
    def directory(username: str, **_: Any) -> bool | None:
        if username == "manager":
            raise Stumble
        if username == "gm":
            raise Forbidden("Your account in the directory is locked.")
        return None

    calls = listen(site, "authenticate", directory)

    for _ in range(3):
        with pytest.raises(users.SignInUnavailable), site.system("sign in", write=False) as env:
            users.verify_password(env, "manager", PASSWORD)
    refused, told = visit().sign_in("manager", PASSWORD), visit().sign_in("gm", PASSWORD)

    assert (refused.status_code, told.status_code) == (503, 403)
    assert "Signing in is not possible at the moment." in refused.text
    assert "Your account in the directory is locked." in told.text
    assert "Set-Cookie" not in refused.headers or "session" not in refused.headers["Set-Cookie"]
    assert "The hook authenticate of the addon one failed." in caplog.text
    assert "Traceback" in caplog.text
    assert len(calls) == 5
    assert visit().sign_in("sales", PASSWORD).status_code == 303


def test_hook_authenticate_is_never_switched_off(site: Site, cast: Cast) -> None:
    def fails(**_: Any) -> bool | None:
        raise Stumble

    listen(site, "authenticate", fails)

    for _ in range(12):
        with pytest.raises(users.SignInUnavailable), site.system("sign in", write=False) as env:
            users.verify_password(env, "sales", PASSWORD)


def test_hook_authenticate_of_several_the_first_that_knows_them_decides(site: Site, cast: Cast) -> None:
    listen(site, "authenticate", lambda **_: None, lambda **_: False, lambda **_: True)

    with site.system("sign in", write=False) as env:
        assert users.verify_password(env, "sales", PASSWORD) is None


def test_hook_authenticate_does_not_get_around_the_lock_out(
    site: Site, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    listen(site, "authenticate", lambda password, **_: password == "from the directory")
    browser = visit()

    for _ in range(30):
        browser.sign_in("manager", "wrong")
    answer = browser.sign_in("manager", "from the directory")

    assert answer.status_code == 429


# Rows that addons take away.


def secrets(actor: Any, model: Any, action: str, columns: Any) -> Any:
    """Keeps customers whose name begins with 密 from everybody but the general manager."""
    if model is Customer and actor.member.username != "gm":
        return columns.name.not_like("密%")
    return None


secrets.__name__ = "access_rules"


@dataclass
class Secret:
    customer: int
    open: int
    contact: int
    visit: int


@pytest.fixture
def secret(site: Site, cast: Cast) -> Secret:
    """A customer of sales that an addon keeps from them, with a contact and a visit of their own."""
    install(site, "secretive", secrets)
    with site.system("make a secret") as env:
        customer, other = (
            env.records(Customer).create({"name": name, "owner_id": cast.sales, "phone": "075551234"}).id
            for name in ("密謀精機", "公開精機")
        )
        contact = env.records(Contact).create({"customer_id": customer, "name": "密使王明"}).id
        content = {"content": "密談內容", "visited_at": clock.now(), "owner_id": cast.sales}
        visit = env.records(Visit).create({"customer_id": customer, **content}).id
    return Secret(customer, other, contact, visit)


def test_hook_access_rules(site: Site, cast: Cast) -> None:
    def fire() -> None:
        from core.orm.versions import bump

        with site.system("a new version of the actors") as env:
            bump(env.connection_of_core, "organisation")
        with cast.env("sales", write=False) as env:
            list_page(env, ListRequest(Customer), ["name"])

    prove(site, "access_rules", fire)


@pytest.mark.parametrize(("who", "sees"), [("sales", False), ("manager", False), ("gm", True)])
def test_hook_access_rules_hold_on_every_way(
    who: str,
    sees: bool,
    site: Site,
    cast: Cast,
    secret: Secret,
    visit: Callable[..., Visitor],
    api: Callable[[str], ApiClient],
) -> None:
    browser, client = visit(who), api(who)
    gets = [
        "/customer", "/customer?q=密謀", "/customer?filter=name:contains:密謀", "/customer?sort=-name",
        "/customer?q=075551234",
        f"/customer/{secret.customer}", f"/customer/{secret.customer}/edit",
        f"/customer/{secret.customer}/tab/history", f"/customer/{secret.customer}/tab/visits",
        "/contact", "/contact?q=密使", f"/contact/{secret.contact}", "/visit", "/visit?q=密談",
        f"/visit/{secret.visit}",
        "/visit?filter=customer.name:contains:密謀", "/lookup/customer?q=密謀", "/palette?q=密謀", "/palette?q=密使",
    ]  # fmt: skip
    if who == "gm":
        gets += ["/export/customer.csv", "/export/visit.csv", "/export/contact.csv"]
    met = [
        url
        for url in gets
        if any(w in browser.get(url).get_data(as_text=True) for w in ("密謀精", "密使王", "密談內", "密謀○", "密○"))
    ]
    calls = [
        "/customer",
        "/contact",
        "/visit",
        "/customer?q=密謀",
        f"/customer/{secret.customer}",
        f"/visit/{secret.visit}",
    ]
    met += [url for url in calls if "密" in client.get(url).get_data(as_text=True).replace('密謀"', "")]

    with cast.env(who, write=False) as env:
        numbers = [
            count(env, ListRequest(model, q=q)).number
            for model, q in (
                (Customer, ""),
                (Customer, "密謀"),
                (Customer, "精機"),
                (Contact, ""),
                (Visit, ""),
                (Visit, "密談"),
            )
        ]
        rows = [row.id for row in list_page(env, ListRequest(Customer, sort="name"), ["name"]).rows]

    if sees:
        assert numbers == [2, 1, 2, 1, 1, 1]
        assert sorted(rows) == [secret.customer, secret.open]
        assert len(met) > 15
    else:
        assert numbers == [1, 0, 1, 0, 0, 0]
        assert rows == [secret.open]
        assert met == []


def test_hook_access_rules_hold_for_writing(site: Site, cast: Cast, secret: Secret) -> None:
    with cast.env("sales") as env:
        for id, action in ((secret.customer, "edit"), (secret.customer, "delete"), (secret.customer, "assign")):
            assert env.ids_within(Customer, {id, secret.open}, action) <= {secret.open}
        with pytest.raises(NotFound):
            env.get(Visit, secret.visit)
        with pytest.raises(Forbidden), env.savepoint():
            env.records(Customer).update(env.get(Customer, secret.open), {"name": "密而不宣"})
        with pytest.raises(AppError), env.savepoint():
            env.records(Visit).create({"customer_id": secret.customer, "content": "x", "visited_at": clock.now()})


def test_hook_access_rules_never_widen(site: Site, cast: Cast) -> None:
    id = create(cast, "sales2")

    def access_rules() -> Any:
        return true()

    install(site, "generous", access_rules)

    with cast.env("sales", write=False) as env:
        assert count(env, ListRequest(Customer)).number == 0
        assert env.ids_within(Customer, {id}, "read") == set()
        with pytest.raises(NotFound):
            env.get(Customer, id)


def test_hook_access_rules_leave_offers_on_pages(
    site: Site, cast: Cast, secret: Secret, visit: Callable[..., Visitor]
) -> None:
    shown = visit("sales").get(f"/customer/{secret.open}").get_data(as_text=True)

    assert f"/customer/{secret.open}/edit" in shown


def test_names_of_answers_are_public() -> None:
    assert {"MailChange", "Saved", "SearchHit", "Policy", "hook", "hookimpl"} <= set(api.__all__)
    assert hookspecs.__doc__


def test_hook_duplicates(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    def ask() -> str:
        return visit("sales").post("/customer/duplicates/check", {"name": "台榮", "note": "no key"}).text

    prove(site, "duplicates", ask)
    calls = listen(site, "duplicates", lambda **_a: [DuplicateHit("Old system 17", ["Same name"], hint="archive")])

    text = ask()

    assert [(a["model"], dict(a["values"]), a["record"]) for _n, a in calls] == [(Customer, {"name": "台榮"}, None)]
    assert "Old system 17" in text
    assert "Same name · archive" in text
