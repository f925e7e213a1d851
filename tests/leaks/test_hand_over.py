"""What changes hands, is shared or deleted: who loses sight of it loses it on every path at once."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer, Visit
from core import deletion
from core.access.models import ShareLevel
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.core.access.conftest import SECRET, World

Q = quote(SECRET)
BIN = [f"/{model}?bin=1" for model in ("customer", "contact", "visit")]
BIN += [f"/export/{model}.csv?bin=1" for model in ("customer", "contact", "visit")]
OF_THE_CUSTOMER = [
    "/customer",
    f"/customer?q={Q}",
    f"/customer?filter=name:contains:{Q}",
    "/customer/{theirs}",
    "/customer/{theirs}/tab/history",
    "/contact",
    f"/contact?q={Q}",
    "/contact/{their_contact}",
    f"/lookup/customer?q={Q}",
    f"/lookup/contact?q={Q}",
    f"/palette?q={Q}",
]
NAMES = (f"{SECRET}股", f"{SECRET}王")
"""As the secret stands in the names of the customer and its contact, apart from what was typed."""


def shows(visitor: Visitor, path: str, world: World) -> bool:
    text = visitor.get(path.format(**vars(world))).get_data(as_text=True)
    return any(name in text for name in NAMES)


@pytest.fixture
def deleted(world: World, cast: Cast) -> Iterator[World]:
    with cast.env("gm") as env:
        act = env.records(Customer).delete(env.get(Customer, world.theirs))
    yield world
    with cast.env("gm") as env:
        deletion.restore(env, act)


@pytest.mark.parametrize("path", BIN)
@pytest.mark.parametrize("reader", ["sales", "sales2", "accountant", "admin"])
def test_no_bin_opens_to_who_may_not_delete(
    reader: str, path: str, deleted: World, visit: Callable[[str], Visitor]
) -> None:
    answer = visit(reader).get(path)

    assert answer.status_code == 404
    assert SECRET not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", BIN)
def test_no_bin_shows_what_others_deleted(path: str, deleted: World, visit: Callable[[str], Visitor]) -> None:
    outsider, above = visit("manager").get(path), visit("gm").get(path)

    assert (outsider.status_code, above.status_code) == (200, 200)
    assert SECRET not in outsider.get_data(as_text=True)
    assert SECRET in above.get_data(as_text=True)


@pytest.fixture
def assigned(world: World, cast: Cast) -> Iterator[World]:
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, world.theirs), to=cast.manager)
    yield world
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, world.theirs), to=cast.sales2)


@pytest.mark.parametrize("path", OF_THE_CUSTOMER)
def test_a_former_owner_meets_it_nowhere(path: str, assigned: World, visit: Callable[[str], Visitor]) -> None:
    assert not shows(visit("sales2"), path, assigned)
    assert shows(visit("manager"), path, assigned)


@pytest.fixture
def collaborating(world: World, cast: Cast) -> Iterator[World]:
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, world.theirs), user=cast.sales, level=ShareLevel.READ)
    yield world
    with cast.env("gm") as env:
        env.records(Customer).unshare(env.get(Customer, world.theirs), user=cast.sales)


@pytest.mark.parametrize("path", OF_THE_CUSTOMER)
def test_a_collaborator_meets_it_while_it_is_shared(
    path: str, collaborating: World, cast: Cast, visit: Callable[[str], Visitor]
) -> None:
    met = shows(visit("sales"), path, collaborating)
    with cast.env("gm") as env:
        env.records(Customer).unshare(env.get(Customer, collaborating.theirs), user=cast.sales)

    assert met
    assert not shows(visit("sales"), path, collaborating)


@pytest.mark.parametrize("model", ["visit", "contact"])
def test_a_reading_collaborator_adds_nothing(
    model: str, collaborating: World, cast: Cast, api: Callable[[str], ApiClient], site: Site
) -> None:
    table: type[Visit] | type[Contact] = Visit if model == "visit" else Contact
    body = {"customer_id": collaborating.theirs}
    body |= {"content": "x", "visited_at": "2026-01-05T02:00:00Z"} if table is Visit else {"name": "x"}

    answer = api("sales").post(f"/{model}", body)

    assert answer.status_code == 403
    with site.system("look", write=False) as env:
        added = select(table.id).where(table.customer_id == collaborating.theirs, table.created_by == cast.sales)
        assert env.session.scalars(added).all() == []


@pytest.fixture
def moved(world: World, cast: Cast) -> Iterator[World]:
    """The contact of sales2's customer, put by gm to the one of sales."""
    with cast.env("gm") as env:
        env.records(Contact).update(env.get(Contact, world.their_contact), {"customer_id": world.mine})
    yield world
    with cast.env("gm") as env:
        env.records(Contact).update(env.get(Contact, world.their_contact), {"customer_id": world.theirs})


@pytest.mark.parametrize("path", ["/contact", f"/contact?q={Q}", "/contact/{their_contact}", f"/lookup/contact?q={Q}"])
def test_a_contact_that_moves_goes_out_of_sight_and_into_sight(
    path: str, moved: World, cast: Cast, site: Site, visit: Callable[[str], Visitor]
) -> None:
    with site.system("look", write=False) as env:
        contact = env.session.get_one(Contact, moved.their_contact)
        assert (contact.root_id, contact.root_owner_id) == (moved.mine, cast.sales)
    assert shows(visit("sales"), path, moved)
    assert not shows(visit("sales2"), path, moved)
