"""Pages of cards: what each holds, that one costs only itself, and that each reader arranges them alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from markupsafe import Markup

from addons.customer.models import Customer
from core import clock
from core.i18n import Text
from core.pages import dashboards
from core.pages.catalogue import catalogue_of
from core.pages.nodes import Card, Chart, DashboardPage, Figure
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[..., Visitor]
SCRIPT = {"HX-Request": "true"}
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture(autouse=True)
def cards(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts cards, and pages for them, on the site, beside three that are there."""
    with site.system("look", write=False) as env:
        found = catalogue_of(env)
    three = [card for card in found.cards if card.key in ("to_contact", "overdue", "recent_customers")]
    pages = replace(found, cards=three)
    monkeypatch.setattr(dashboards, "catalogue_of", lambda env: pages)

    def put(*nodes: Any) -> None:
        found = [node for node in nodes if isinstance(node, Card)]
        more = {node.key: node for node in nodes if isinstance(node, DashboardPage)}
        changed = replace(pages, cards=[*pages.cards, *found], dashboards={**pages.dashboards, **more})
        monkeypatch.setattr(dashboards, "catalogue_of", lambda env: changed)

    return put


def keys(html: str) -> list[str]:
    """The cards of a page in their order."""
    return re.findall(r'data-card-url="/dashboard/\w+/card/(\w+)"', html)


def boom(_env: Any) -> Markup:
    raise ZeroDivisionError


def test_the_start_page_names_its_cards_and_waits_for_none(visit: Visit, cards: Callable[..., None]) -> None:
    cards(Card(key="broken", label=Text("Broken"), render=boom))

    answer = visit("sales").get("/")

    assert answer.status_code == 200
    assert keys(answer.text) == ["to_contact", "overdue", "recent_customers", "broken"]


def test_a_card_that_fails_costs_only_itself(visit: Visit, cards: Callable[..., None], app: Any) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    cards(Card(key="broken", label=Text("Broken"), render=boom))
    visitor = visit("sales")

    assert visitor.get("/dashboard/home/card/broken", **SCRIPT).status_code == 500
    assert visitor.get("/dashboard/home/card/overdue", **SCRIPT).status_code == 200


def test_a_list_shows_what_its_reader_may_see(cast: Cast, visit: Visit) -> None:
    for owner in ("sales", "sales2"):
        with cast.env(owner) as env:
            values = {"name": f"客戶 {owner}", "status": "potential"}
            env.records(Customer).create(values | {"next_contact_on": env.today - timedelta(days=3)})

    html = visit("sales").get("/dashboard/home/card/overdue", **SCRIPT).text

    assert '<a class="card-row-name" href="/customer/1">客戶 sales</a>' in html
    assert "3 days ago" in html
    assert "sales2" not in html
    assert html.lstrip().startswith('<header class="card-head">')


def test_a_browser_without_scripts_gets_a_page(visit: Visit) -> None:
    html = visit("sales").get("/dashboard/home/card/overdue").text

    assert "<!doctype html>" in html
    assert "Overdue contacts" in html


def test_a_figure_compares(visit: Visit, cards: Callable[..., None]) -> None:
    figure = Figure(
        value=1234, text=Text("visits"), before=1300, compared=Text("since May"), is_good=True, url="/visit"
    )
    cards(Card(key="visits", label=Text("Visits"), figure=lambda env: figure))

    html = visit("sales").get("/dashboard/home/card/visits", **SCRIPT).text

    assert '<span class="figure-value">1,234</span>' in html
    assert 'class="figure-change figure-negative"' in html
    assert "-66" in html
    assert "since May" in html
    assert '<a href="/visit">Show all' in html


@pytest.mark.parametrize(("kind", "shape", "count"), [("bar", "<rect", 3), ("line", "<circle", 3)])
def test_a_chart_is_drawn_and_told(visit: Visit, cards: Callable[..., None], kind: Any, shape: str, count: int) -> None:
    chart = Chart(kind=kind, points=[("May", 5), ("June", 12), ("<July>", 0)], text=Text("Visits per month"))
    cards(Card(key="months", label=Text("Months"), chart=lambda env: chart))

    html = visit("sales").get("/dashboard/home/card/months", **SCRIPT).text

    assert html.count(shape) == count
    assert '<table class="visually-hidden"><caption>Visits per month</caption>' in html
    assert "<tr><th scope=row>June</th><td>12</td></tr>" in html
    assert "&lt;July&gt;" in html
    assert "style=" not in html


def test_a_card_is_not_there_for_who_may_not_see_it(visit: Visit, cards: Callable[..., None]) -> None:
    cards(Card(key="secret", label=Text("Secret"), render=lambda env: Markup("x"), grant=("role", "edit")))

    for path in ("/dashboard/home/card/secret", "/dashboard/home/card/nothing", "/dashboard/nothing"):
        assert visit("sales").get(path).status_code == 404
    assert "Secret" not in visit("sales").get("/dashboard/home/arrange").text
    assert visit("admin").get("/dashboard/home/card/secret").status_code == 200
    assert visit("accountant").get("/dashboard/home/card/overdue").status_code == 404


def test_an_addon_has_a_page_of_its_own(visit: Visit, cards: Callable[..., None]) -> None:
    page = DashboardPage(key="numbers", label=Text("Numbers"), grant=("customer", "read"))
    cards(page, Card(place="numbers", key="one", label=Text("One"), render=lambda env: Markup("<p>1</p>")))

    assert keys(visit("sales").get("/dashboard/numbers").text) == ["one"]
    assert "<p>1</p>" in visit("sales").get("/dashboard/numbers/card/one").text
    assert "one" not in keys(visit("sales").get("/").text)
    assert visit("accountant").get("/dashboard/numbers").status_code == 404
    assert visit("accountant").get("/dashboard/numbers/card/one").status_code == 404


def arranged(**more: str | list[str]) -> dict[str, Any]:
    return {
        "order": ["recent_customers", "to_contact", "overdue"],
        "shown": ["recent_customers", "overdue"],
        "width-recent_customers": "4",
        "height-recent_customers": "3",
    } | more


def test_each_reader_arranges_the_page_alone(visit: Visit) -> None:
    visitor = visit("sales")

    answer = visitor.post("/dashboard/home/arrange", arranged())
    html = visitor.get("/").text

    assert answer.headers["Location"] == "/"
    assert keys(html) == ["recent_customers", "overdue"]
    assert 'class="card dash-card dash-w4 dash-h3" aria-labelledby="card-recent_customers"' in html
    assert keys(visit("sales2").get("/").text) == ["to_contact", "overdue", "recent_customers"]


def test_back_to_default(visit: Visit) -> None:
    visitor = visit("sales")
    visitor.post("/dashboard/home/arrange", arranged())

    visitor.post("/dashboard/home/arrange", arranged(reset="1"))

    assert keys(visitor.get("/").text) == ["to_contact", "overdue", "recent_customers"]


def test_a_button_moves_a_card_without_scripts(visit: Visit) -> None:
    visitor = visit("sales")

    answer = visitor.post("/dashboard/home/arrange", arranged(up="overdue", shown=["to_contact", "overdue"]))

    assert answer.headers["Location"] == "/dashboard/home/arrange"
    order = re.findall(r'name="order" value="(\w+)"', visitor.get("/dashboard/home/arrange").text)
    assert order == ["recent_customers", "overdue", "to_contact"]


def test_a_new_card_comes_where_its_addon_puts_it(visit: Visit, cards: Callable[..., None]) -> None:
    visitor = visit("sales")
    visitor.post("/dashboard/home/arrange", arranged(shown=["recent_customers", "to_contact", "overdue"]))

    cards(Card(key="fresh", label=Text("Fresh"), render=lambda env: Markup("x")))

    assert keys(visitor.get("/").text) == ["recent_customers", "fresh", "to_contact", "overdue"]


def test_nonsense_is_not_kept(visit: Visit) -> None:
    visitor = visit("sales")

    visitor.post(
        "/dashboard/home/arrange",
        arranged(order=["overdue", "nothing", "overdue"], shown=["overdue"], **{"width-overdue": "99"}),
    )
    html = visitor.get("/").text

    assert "dash-w1 dash-h1" in html
    assert keys(html) == ["to_contact", "overdue", "recent_customers"]
