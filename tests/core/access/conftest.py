"""Three customers for the leak tests: one of `sales`, one of `sales2`, one that `sales2` shares with `sales`."""

from dataclasses import dataclass

import pytest

from addons.customer.models import Contact, Customer, Visit
from core.access.models import ShareLevel
from core.clock import now
from core.site import Site
from core.testing.cast import Cast


@dataclass(frozen=True)
class World:
    """Ids of records: `mine` belongs to sales, `theirs` to sales2, `shared` to sales2 and is shared with sales."""

    mine: int
    theirs: int
    shared: int
    my_visit: int
    their_visit: int
    their_contact: int
    my_visit_at_theirs: int
    """A visit that sales made before the customer went to sales2."""


SECRET = "祕密機電"
"""In the name of what sales may not see, and nowhere else."""


@pytest.fixture
def world(site: Site, cast: Cast) -> World:
    """The world, made anew."""
    return make_world(site, cast)


def make_world(site: Site, cast: Cast) -> World:
    """Puts the three customers and what follows them into the site."""
    found = {}
    with cast.env("sales") as env:
        found["mine"] = env.records(Customer).create({"name": "台榮精密", "level": "A"}).id
        found["my_visit"] = env.records(Visit).create(_visit(found["mine"], "談了新機台")).id
    with cast.env("sales2") as env:
        theirs = {"name": f"{SECRET}股份有限公司", "phone": "07-555-1234", "level": "B"}
        found["theirs"] = env.records(Customer).create(theirs).id
        found["their_visit"] = env.records(Visit).create(_visit(found["theirs"], f"{SECRET}的報價")).id
        contact = {"name": f"{SECRET}王", "customer_id": found["theirs"]}
        found["their_contact"] = env.records(Contact).create(contact).id
        found["shared"] = env.records(Customer).create({"name": "共用客戶", "level": "C"}).id
    with site.system("arrange a visit by the former owner") as env:
        values = _visit(found["theirs"], "舊的拜訪") | {"owner_id": cast.sales}
        found["my_visit_at_theirs"] = env.records(Visit).create(values).id
    with cast.env("gm") as env:
        record = env.get(Customer, found["shared"])
        env.records(Customer).share(record, user=cast.sales, level=ShareLevel.READ)
    return World(**found)


def _visit(customer_id: int, content: str) -> dict[str, object]:
    return {"customer_id": customer_id, "method": "phone", "content": content, "visited_at": now()}
