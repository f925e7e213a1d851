"""A record is locked as it is stored now, also where it was loaded before somebody else changed it."""

import pytest

from addons.customer.models import Customer
from addons.customer.services.stored import locked
from core.orm.locking import locked_now
from core.site import Site
from core.testing.cast import Cast


@pytest.fixture
def backend() -> str:
    # SQLite has one writer: nobody else changes anything meanwhile.
    return "postgresql"


@pytest.mark.parametrize("lock", [lambda session, id: locked_now(session, Customer, id), locked])
def test_what_was_loaded_before_is_read_anew(lock: object, site: Site, cast: Cast) -> None:
    with cast.env("sales") as env:
        id = env.records(Customer).create({"name": "台榮精密"}).id
    with site.system("somebody reads") as waiting:
        before = waiting.session.get_one(Customer, id)
        with site.system("somebody else writes") as env:
            env.session.get_one(Customer, id).name = "大同精密"

        found = lock(waiting.session, id)  # type: ignore[operator]

        assert (found.name, found is before) == ("大同精密", True)
