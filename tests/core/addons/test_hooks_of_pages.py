"""Hooks that put something on pages."""

from collections.abc import Callable

from addons.customer.models import Customer
from core.access.models import User
from core.addons.answers import DuplicateHit, SearchHit
from core.env import Env
from core.pages.nodes import Card, Menu
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.addons.hooking import install
from tests.core.addons.listening import create, listen, prove


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


def test_hook_duplicates(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    def ask() -> str:
        return visit("sales").post("/customer/duplicates/check", {"name": "台榮", "note": "no key"}).text

    prove(site, "duplicates", ask)
    calls = listen(site, "duplicates", lambda **_a: [DuplicateHit("Old system 17", ["Same name"], hint="archive")])

    text = ask()

    assert [(a["model"], dict(a["values"]), a["record"]) for _n, a in calls] == [(Customer, {"name": "台榮"}, None)]
    assert "Old system 17" in text
    assert "Same name · archive" in text
