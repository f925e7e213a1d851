"""Looking records up: in link fields, and in the palette."""

import pytest

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.site import Site
from core.testing.cast import Cast

from .conftest import Browse, make, restrict


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def customers(cast: Cast) -> None:
    with cast.env("gm") as env:
        make(env, Customer, name="宏岳自動化設備公司", owner_id=cast.gm, phone="02-2345-6789")
        make(env, Customer, name="宏達鋼鐵", owner_id=cast.sales, phone="02-2345-0000")


def labels(browse: Browse, username: str, q: str) -> list[tuple[str, str, str, bool]]:
    groups = browse(username).get("/palette", query_string={"q": q}).json["groups"]
    items = [item for group in groups for item in group["items"]]
    return [(i["label"], i["hint"], i["url"], i.get("masked", False)) for i in items]


def test_lookup_finds_what_one_may_open(browse: Browse) -> None:
    found = browse("sales").get("/lookup/customer?q=宏").json

    assert found == [{"id": 2, "label": "宏達鋼鐵", "hint": "C00002"}]


def test_lookup_of_users_and_of_nothing(browse: Browse, cast: Cast) -> None:
    users = browse("sales").get("/lookup/user?q=林").json

    assert [(user["id"], user["label"]) for user in users] == [(cast.sales, "林怡君")]
    assert browse("sales").get("/lookup/session?q=x").status_code == 404
    assert browse("admin").get("/lookup/customer?q=宏").json == []


def test_palette_finds_records_and_masks_what_one_may_not_open(browse: Browse) -> None:
    found = labels(browse, "sales", "宏")

    assert ("宏達鋼鐵", "C00002", "/customer/2", False) in found
    assert not any(masked for *_rest, masked in found)
    assert ("宏岳○○公司", "", "", True) in labels(browse, "sales", "宏岳")


def test_palette_tells_nothing_of_other_fields_of_hidden_records(browse: Browse) -> None:
    assert labels(browse, "sales", "2345-6789") == []
    assert labels(browse, "sales", "C00001") == []
    assert [label for label, *_rest in labels(browse, "gm", "2345-6789")] == ["宏岳自動化設備公司"]


def test_palette_tells_nothing_to_who_may_not_read_the_kind(browse: Browse) -> None:
    assert labels(browse, "accountant", "宏岳") == []


def test_palette_does_not_find_by_a_hidden_name(browse: Browse, site: Site) -> None:
    restrict(site, "salesperson", "customer", "name", "hidden")

    assert labels(browse, "sales", "宏達") == []
    assert labels(browse, "sales", "宏岳") == []


def test_palette_without_words_offers_pages_and_commands(browse: Browse) -> None:
    found = labels(browse, "sales", "")

    assert ("New Customer", "", "/customer/new", False) in found
    assert any(url == "/customer" for _label, _hint, url, _masked in found)
    assert all(url != "/customer/new" for _label, _hint, url, _masked in labels(browse, "accountant", ""))


def test_a_link_is_looked_for_where_another_one_says(browse: Browse, cast: Cast) -> None:
    with cast.env("gm") as env:
        for name, customer in (("王小明", 1), ("陳大文", 2)):
            make(env, Contact, name=name, customer_id=customer)
        make(env, Visit, customer_id=2, content="談", contact_id=None)
    browser = browse("gm")

    composer, inline = browser.get("/customer/2").text, browser.get("/visit/1/field/contact_id").text
    found = browser.get("/lookup/contact?filter=customer_id:is:2&q=").json

    for html in (composer, inline):
        assert 'data-lookup-url="/lookup/contact?filter=customer_id%3Ais%3A2"' in html
    assert [hit["label"] for hit in found] == ["陳大文"]
    assert browse("sales2").get("/lookup/contact?filter=customer_id:is:2&q=").json == []


def test_the_palette_gives_no_outline_of_what_others_wrote(browse: Browse, cast: Cast) -> None:
    with cast.env("gm") as env:
        customer = make(env, Customer, name="別人的客戶", owner_id=cast.gm).id
        make(env, Visit, customer_id=customer, content="談到訂金的事", visited_at=clock.now())

    assert labels(browse, "sales", "訂金") == []
