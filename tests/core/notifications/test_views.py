"""The bell and the page of notifications."""

import re
from collections.abc import Callable

from addons.customer.models import Customer
from core.i18n import _
from core.notifications import reading
from core.site import Site
from core.testing.cast import Cast
from core.testing.queries import queries
from core.testing.web import Visitor

Visit = Callable[[str], Visitor]


def tell(cast: Cast, *users: str, url: str = "") -> None:
    with cast.env("gm") as env:
        env.notify([cast.ids[user] for user in users], _("Saved"), url=url)


def bell(visitor: Visitor) -> tuple[str, str]:
    """What stands on the bell, and what it is called."""
    html = visitor.get("/preferences").text
    button = re.search(
        r'data-controller="popover bell" aria-label="([^"]*)".*?data-bell-count[^>]*>([^<]*)<', html, re.S
    )
    assert button is not None
    return button[2], button[1]


def test_the_bell_counts_what_is_unread(cast: Cast, visit: Visit) -> None:
    before = bell(visit("sales"))
    for _number in range(3):
        tell(cast, "sales")

    assert before == ("", "Notifications")
    assert bell(visit("sales")) == ("3", "Notifications, 3 unread")
    assert visit("sales").get("/notifications/count").json == {
        "unread": 3,
        "shown": "3",
        "label": "Notifications, 3 unread",
    }
    assert bell(visit("manager")) == ("", "Notifications")


def test_the_bell_costs_one_statement(site: Site, cast: Cast, visit: Visit) -> None:
    visitor, counts = visit("sales"), []
    for _round in range(2):
        visitor.get("/preferences")
        with queries(site) as seen:
            visitor.get("/preferences")
        counts.append(len([text for text in seen.statements if "core_notification" in text]))
        for _number in range(30):
            tell(cast, "sales")

    assert counts == [1, 1]


def test_following_one_marks_it_and_leads_on(cast: Cast, visit: Visit) -> None:
    tell(cast, "sales", url="/customer")
    tell(cast, "sales")
    with cast.env("sales", write=False) as env:
        newest, oldest = (told.id for told in reading.latest(env, 2))

    there, nowhere = visit("sales").get(f"/notifications/{oldest}"), visit("sales").get(f"/notifications/{newest}")

    assert (there.status_code, there.headers["Location"]) == (303, "/customer")
    assert nowhere.headers["Location"] == "/notifications"
    assert bell(visit("sales"))[0] == ""


def test_a_link_to_another_site_is_not_followed(cast: Cast, visit: Visit) -> None:
    tell(cast, "sales", url="https://elsewhere.example/")
    with cast.env("sales", write=False) as env:
        id = reading.latest(env, 1)[0].id

    assert visit("sales").get(f"/notifications/{id}").headers["Location"] == "/notifications"


def test_somebody_elses_is_not_there(cast: Cast, visit: Visit) -> None:
    tell(cast, "sales")
    with cast.env("sales", write=False) as env:
        id = reading.latest(env, 1)[0].id

    for reader in ("gm", "admin", "manager"):
        assert visit(reader).get(f"/notifications/{id}").status_code == 404
        assert visit(reader).post(f"/notifications/{id}/read").status_code == 404
        visit(reader).post("/notifications/read")
        assert "Saved" not in visit(reader).get("/notifications/panel").text
    assert bell(visit("sales"))[0] == "1"


def test_all_are_marked_at_once(cast: Cast, visit: Visit) -> None:
    tell(cast, "sales", "manager")
    tell(cast, "sales", "manager")

    visit("sales").post("/notifications/read")

    assert (bell(visit("sales"))[0], bell(visit("manager"))[0]) == ("", "2")


def test_those_of_one_page_are_marked_when_it_was_seen(cast: Cast, visit: Visit) -> None:
    tell(cast, "sales", url="/jobs/7")
    tell(cast, "sales", url="/jobs/8")

    answer = visit("sales").post("/notifications/read", {"url": "/jobs/7"}, **{"HX-Request": "true"})

    assert answer.status_code == 204
    assert bell(visit("sales"))[0] == "1"


def test_older_ones_are_on_the_next_page(cast: Cast, visit: Visit) -> None:
    with cast.env("gm") as env:
        for number in range(60):
            env.notify([cast.sales], _("{name} created", name=f"n{number}"))

    first = visit("sales").get("/notifications").text
    older = re.search(r'href="(/notifications\?before=\d+)"', first)
    assert older is not None
    second = visit("sales").get(older[1]).text

    assert [number for number in range(60) if f"n{number} created" in first] == list(range(10, 60))
    assert [number for number in range(60) if f"n{number} created" in second] == list(range(10))
    assert "?before=" not in second


def test_a_name_that_may_no_longer_be_seen_is_on_no_page(cast: Cast, visit: Visit) -> None:
    with cast.env("sales") as env:
        id = env.records(Customer).create({"name": "台榮精密機械", "status": "potential"}).id
    for owner in ("sales2", "manager"):
        with cast.env("gm") as env:
            env.records(Customer).assign(env.get(Customer, id), to=cast.ids[owner], reason="")

    pages = [visit("sales2").get(path).text for path in ("/notifications", "/notifications/panel")]

    assert ["台榮精密機械" in page for page in pages] == [False, False]
    assert all("台榮○○機械" in page for page in pages)


def test_the_copy_by_mail_is_ones_own_choice(cast: Cast, visit: Visit) -> None:
    visitor = visit("sales")

    visitor.post("/notifications/preferences", {"by_mail": "1"})
    on = visitor.get("/notifications").text
    visitor.post("/notifications/preferences", {})
    off = visitor.get("/notifications").text

    assert 'id="by-mail" value="1" checked' in on
    assert 'id="by-mail" value="1" checked' not in off
