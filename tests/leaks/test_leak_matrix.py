"""Every path of the product by which a row could leak, walked by an outsider, a collaborator, a manager and the owner.

The secret is part of the customer's name, of its visits and of its contact, and nowhere else. An owner must meet
it on each path (or the path would prove nothing), everybody else on none.
"""

import io
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from addons.customer.models import Customer
from core.access.models import ShareLevel
from core.site import Site
from core.testing.cast import Cast
from core.testing.leaks import Path, ask, text_of
from core.testing.web import ApiClient, Visitor
from tests.core.access.conftest import SECRET, World

Q = quote(SECRET)
PAGES = [
    "/customer",
    f"/customer?q={Q}",
    "/customer?q=075551234",
    f"/customer?filter=name:contains:{Q}",
    f"/customer?any=name:contains:{Q}&any=level:is:A",
    "/customer?sort=-name",
    "/customer?columns=name,phone,owner.name",
    "/customer/board",
    "/customer/{theirs}",
    "/customer/{theirs}/edit",
    "/customer/{theirs}/tab/timeline",
    "/customer/{theirs}/tab/details",
    "/customer/{theirs}/tab/contacts",
    "/customer/{theirs}/tab/visits",
    "/customer/{theirs}/tab/history",
    "/customer/{theirs}/field/name",
    "/contact",
    f"/contact?q={Q}",
    f"/contact?filter=customer.name:contains:{Q}",
    f"/contact?any=customer.name:contains:{Q};role:empty:yes&any=customer.name:contains:{Q}",
    "/contact?columns=name,customer.name,customer.phone",
    "/contact/{their_contact}",
    "/visit",
    f"/visit?q={Q}",
    f"/visit?filter=customer.name:contains:{Q}",
    "/visit/{their_visit}",
    "/visit/{my_visit_at_theirs}",
    f"/lookup/customer?q={Q}",
    f"/lookup/contact?q={Q}",
    f"/palette?q={Q}",
]
EXPORTS = [
    "/export/customer.csv",
    "/export/customer.xlsx",
    f"/export/customer.csv?q={Q}",
    f"/export/customer.csv?any=name:contains:{Q}&any=level:is:A",
    "/export/contact.csv?columns=name,customer.name",
    "/export/contact.csv",
    "/export/visit.csv",
]
DOCUMENTS = [
    "/customer/{theirs}/print",
    "/customer/print?ids={theirs}",
    "/contact/{their_contact}/print",
    "/visit/{their_visit}/print",
    "/visit/{my_visit_at_theirs}/print",
    "/print/customer",
    f"/print/customer?q={Q}",
    f"/print/contact?filter=customer.name:contains:{Q}",
    "/print/visit",
]
CALLS = [
    "/customer",
    f"/customer?q={Q}",
    f"/customer?filter=name:contains:{Q}",
    f"/customer?any=name:contains:{Q}&any=level:is:A",
    "/customer?sort=-name",
    "/customer/{theirs}",
    "/customer/{theirs}/history",
    "/contact",
    f"/contact?q={Q}",
    f"/contact?filter=customer.name:contains:{Q}",
    "/contact/{their_contact}",
    "/contact/{their_contact}/history",
    "/visit",
    f"/visit?filter=customer.name:contains:{Q}",
    "/visit/{their_visit}",
    "/visit/{their_visit}/history",
    "/visit/{my_visit_at_theirs}",
]
CLOSED = {"/customer/{theirs}", "/contact/{their_contact}", "/visit/{their_visit}"}
"""A record's own addresses: the same 404 as for one that never was."""

OUTSIDERS = ["sales", "manager", "accountant", "admin"]
TOLD = {("accountant", f"/lookup/customer?q={Q}")}
"""Who keeps the books chooses customers by their names, and is told the name alone."""


def _met(answer: TestResponse, path: str) -> bool:
    """Whether the secret was in the answer. What the reader typed comes back in the search box."""
    # What only repeats the question is no answer.
    text = text_of(answer).replace(Q, "")
    asked = SECRET in path or Q in path
    echo = [f'value="{SECRET}"', f">{SECRET}<", f"“{SECRET}”", f"contains:{SECRET}", f"「{SECRET}」"]
    if asked:
        for own in echo:
            text = text.replace(own, "")
        return f"{SECRET}股" in text or f"{SECRET}王" in text or f"{SECRET}的" in text
    return SECRET in text


def _is_closed(path: str) -> bool:
    return any(path.startswith(start) for start in CLOSED)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("reader", OUTSIDERS)
def test_no_page_shows_it_to_an_outsider(reader: str, path: str, world: World, visit: Callable[[str], Visitor]) -> None:
    visitor = visit(reader)

    answer = visitor.get(path.format(**vars(world)))

    assert _met(answer, path) is ((reader, path) in TOLD)
    if _is_closed(path):
        gone = visitor.get("/customer/999999")
        assert (answer.status_code, gone.status_code) == (404, 404)


@pytest.mark.parametrize("path", EXPORTS)
@pytest.mark.parametrize("reader", ["manager", "accountant", "admin"])
def test_no_export_holds_it_for_an_outsider(
    reader: str, path: str, world: World, visit: Callable[[str], Visitor]
) -> None:
    assert not _met(visit(reader).get(path), path)


def test_who_may_not_export_gets_no_file(world: World, visit: Callable[[str], Visitor]) -> None:
    assert visit("sales2").get("/export/customer.csv").status_code == 403


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("reader", OUTSIDERS)
def test_no_document_holds_it_for_an_outsider(
    reader: str, path: str, world: World, visit: Callable[[str], Visitor], api: Callable[[str], ApiClient]
) -> None:
    answer = ask(visit(reader), api(reader), Path(path.format(**vars(world))))

    assert not _met(answer, path)
    if _is_closed(path):
        assert answer.status_code == 404


@pytest.mark.parametrize("path", DOCUMENTS)
def test_each_document_holds_it_for_the_owner(
    path: str, world: World, visit: Callable[[str], Visitor], api: Callable[[str], ApiClient]
) -> None:
    assert _met(ask(visit("sales2"), api("sales2"), Path(path.format(**vars(world)))), path)


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize("reader", OUTSIDERS)
def test_no_call_answers_it_to_an_outsider(
    reader: str, path: str, world: World, api: Callable[[str], ApiClient]
) -> None:
    answer = api(reader).get(path.format(**vars(world)))

    assert not _met(answer, path)
    if _is_closed(path):
        assert answer.status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_each_page_shows_it_to_the_owner(path: str, world: World, visit: Callable[[str], Visitor]) -> None:
    assert _met(visit("sales2").get(path.format(**vars(world))), path)


@pytest.mark.parametrize("path", EXPORTS)
def test_each_export_holds_it_for_who_sees_all(path: str, world: World, visit: Callable[[str], Visitor]) -> None:
    assert _met(visit("gm").get(path), path)


@pytest.mark.parametrize("path", CALLS)
def test_each_call_answers_it_to_the_owner(path: str, world: World, api: Callable[[str], ApiClient]) -> None:
    assert _met(api("sales2").get(path.format(**vars(world))), path)


@pytest.fixture
def shared_with_sales(world: World, cast: Cast) -> Iterator[World]:
    """Sales becomes a collaborator, for reading, of what belongs to sales2."""
    with cast.env("gm") as env:
        record = env.get(Customer, world.theirs)
        env.records(Customer).share(record, user=cast.sales, level=ShareLevel.READ)
    yield world
    with cast.env("gm") as env:
        env.records(Customer).unshare(env.get(Customer, world.theirs), user=cast.sales)


@pytest.mark.parametrize("path", ["/customer/{theirs}", "/contact/{their_contact}", "/visit/{their_visit}"])
def test_a_collaborator_reads_and_changes_nothing(
    path: str, shared_with_sales: World, api: Callable[[str], ApiClient], site: Site
) -> None:
    client, address = api("sales"), path.format(**vars(shared_with_sales))
    field = "content" if "visit" in path else "name"

    assert client.get(address).status_code == 200
    assert client.patch(address, {field: "x"}).status_code == 403
    assert client.call("DELETE", address).status_code == 403
    with site.system("look", write=False) as env:
        assert env.session.get(Customer, shared_with_sales.theirs).name.startswith(SECRET)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("path", sorted(CLOSED))
def test_an_outsider_cannot_write_what_cannot_be_seen(
    path: str, method: str, world: World, api: Callable[[str], ApiClient]
) -> None:
    answer = api("sales").call(method, path.format(**vars(world)), {"name": "x"} if method == "PATCH" else None)

    assert answer.status_code == 404


def test_a_filter_by_a_made_up_id_names_nothing(world: World, visit: Callable[[str], Visitor]) -> None:
    page = visit("sales").get(f"/customer?filter=parent_id:is:{world.theirs}").get_data(as_text=True)

    assert "○" not in page
    assert SECRET[:2] not in page


def test_error_messages_do_not_tell(world: World, api: Callable[[str], ApiClient]) -> None:
    client = api("sales")
    body = {"customer_id": world.theirs, "content": "x", "visited_at": "2026-01-05T02:00:00Z"}

    hidden = client.post("/visit", body)
    missing = client.post("/visit", body | {"customer_id": 999999})

    assert hidden.status_code == missing.status_code == 422
    assert hidden.json == missing.json


def test_a_duplicate_of_a_hidden_unique_value_says_no_more_than_that(
    world: World, api: Callable[[str], ApiClient]
) -> None:
    answer = api("sales").get(f"/customer?filter=id:is:{world.theirs}")

    assert answer.status_code in (200, 400)
    assert SECRET not in answer.get_data(as_text=True)


def test_a_file_of_a_hidden_record_is_the_same_404(world: World, visit: Callable[[str], Visitor]) -> None:
    owner = visit("sales2")
    made = owner.post(f"/customer/{world.theirs}/files", _upload(), Accept="application/json")
    assert made.status_code == 201, made.get_data(as_text=True)
    address = made.json["data"][0]["url"]

    with owner.get(address) as answer:
        assert answer.get_data(as_text=True) == SECRET
    assert visit("sales").get(address).status_code == 404
    assert visit("sales").post(f"/customer/{world.theirs}/files", _upload()).status_code == 404


def _upload() -> dict[str, object]:
    return {"file": (io.BytesIO(SECRET.encode()), "quote.txt")}
