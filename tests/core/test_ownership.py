"""Owners, collaborators and what follows them: with two people at once, over several hops, out of one's own sight."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.access.models import Grant, Role, ShareLevel
from core.env import Env
from core.errors import AppError, Conflict, Forbidden, NotFound, Stale
from core.orm.tables import Change, ListValue
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        return int(env.records(Customer).create({"name": "台榮精密"}).id)


def _visit(env: Env, customer: int, **values: object) -> Visit:
    return env.records(Visit).create({"customer_id": customer, "content": "x", "visited_at": clock.now(), **values})


def test_a_visit_saved_during_an_assign_gets_the_new_owner(customer: int, cast: Cast, site: Site, backend: str) -> None:
    if backend == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    outcome: list[object] = []

    def save() -> None:
        try:
            with cast.env("gm") as env:
                outcome.append(_visit(env, customer).id)
        except AppError as error:
            outcome.append(error)

    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, customer), to=cast.sales2)
        other = threading.Thread(target=save)
        other.start()
        other.join(timeout=1)
        assert outcome == []
    other.join(timeout=20)

    with site.system("look", write=False) as env:
        visit = env.session.get_one(Visit, outcome[0])
        assert visit.root_owner_id == cast.sales2


def test_what_follows_a_follower_goes_along(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped
from addons.customer.models import Contact, Customer
from core.i18n import _
from core.orm.field import field
from core.orm.model import Base, Follower, Model
from core.orm.rules import Follows

class Line(Follower, Model):
    __tablename__ = "line"
    __title__ = __title_plural__ = _("Line")
    __access__ = Follows("contact_id")
    name: Mapped[str] = field(String(20), label=_("Name"), required=True)
    contact_id: Mapped[int] = field(ForeignKey("contact.id", ondelete="CASCADE"), label=_("Contact"), required=True)

from core.testing import plugin
folder = Path({str(tmp_path)!r})
url = f"sqlite:///{{folder / 'x.db'}}"
plugin._prepare(url, folder)
site = plugin.open_site(url, folder)
Base.metadata.create_all(site.engine, [Line.__table__])
cast = plugin.Cast(site)
with site.system("arrange") as env:
    a = env.records(Customer).create({{"name": "a", "owner_id": cast.sales}}).id
    b = env.records(Customer).create({{"name": "b", "owner_id": cast.sales2}}).id
    contact = env.records(Contact).create({{"name": "c", "customer_id": a}})
    line = env.records(Line).create({{"name": "l", "contact_id": contact.id}}).id
    env.records(Contact).update(contact, {{"customer_id": b}})
with site.system("look") as env:
    found = env.session.get_one(Line, line)
    print(found.root_id == b, found.root_owner_id == cast.sales2)
"""

    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert answer.stdout.split() == ["True", "True"], answer.stderr


@pytest.mark.parametrize("level", list(ShareLevel))
def test_a_collaborator_adds_only_where_editing_is_shared(level: ShareLevel, customer: int, cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, customer), user=cast.sales2, level=level)

    if level is ShareLevel.READ:
        with pytest.raises(Forbidden), cast.env("sales2") as env:
            _visit(env, customer)
        with pytest.raises(Forbidden), cast.env("sales2") as env:
            env.records(Contact).create({"name": "x", "customer_id": customer})
    else:
        with cast.env("sales2") as env:
            assert _visit(env, customer).root_owner_id == cast.sales


def test_nobody_records_visits_in_another_s_name_without_reaching_them(customer: int, cast: Cast) -> None:
    with pytest.raises(Forbidden), cast.env("sales") as env:
        _visit(env, customer, owner_id=cast.sales2)


def test_assigning_out_of_one_s_own_sight(customer: int, cast: Cast, site: Site) -> None:
    with site.system("let salespeople hand over") as env:
        role = env.session.scalars(select(Role).where(Role.preset == "salesperson")).one()
        env.session.add(Grant(role_id=role.id, model="customer", action="assign", scope="all"))
        bump(env.connection_of_core, "organisation")

    with cast.env("sales") as env:
        env.records(Customer).assign(env.get(Customer, customer), to=cast.sales2)

    with cast.env("sales2", write=False) as env:
        assert env.get(Customer, customer).owner_id == cast.sales2
    with cast.env("sales", write=False) as env, pytest.raises(NotFound):
        env.get(Customer, customer)


def test_sharing_is_part_of_the_history(customer: int, cast: Cast, site: Site) -> None:
    with cast.env("gm") as env:
        record = env.get(Customer, customer)
        env.records(Customer).share(record, user=cast.sales2, level=ShareLevel.EDIT)
        env.records(Customer).unshare(record, user=cast.sales2)

    with site.system("look", write=False) as env:
        wanted = select(Change.action, Change.user_id, Change.changes).where(Change.record_id == customer)
        found = env.session.execute(wanted.order_by(Change.id)).all()[-2:]
    assert [tuple(row) for row in found] == [
        ("share", cast.gm, {"user_id": [None, cast.sales2], "level": [None, "edit"]}),
        ("unshare", cast.gm, {"user_id": [None, cast.sales2]}),
    ]


def test_restoring_what_belonged_to_something_deleted_is_refused(customer: int, cast: Cast) -> None:
    with cast.env("gm") as env:
        contact = env.records(Contact).create({"name": "王小明", "customer_id": customer})
        act = env.records(Contact).delete(contact)
        env.records(Customer).delete(env.get(Customer, customer))

    with pytest.raises(Conflict), cast.env("gm") as env:
        env.records(Contact).restore(act)


def test_deleting_what_somebody_has_changed_since_is_refused(customer: int, cast: Cast) -> None:
    with pytest.raises(Stale), cast.env("gm") as env:
        record = env.get(Customer, customer)
        table = Customer.__table__
        changed = update(table).where(table.c.id == customer).values(version=table.c.version + 1)
        env.connection_of_core.execute(changed)

        env.records(Customer).delete(record)


def test_what_an_undone_unit_loaded_is_not_kept(site: Site, cast: Cast) -> None:

    with pytest.raises(RuntimeError), site.system("try") as env:
        env.connection_of_core.execute(ListValue.__table__.delete().where(ListValue.list == "customer.level"))
        assert env.lists.values("customer.level") == {}
        raise RuntimeError

    with cast.env("sales", write=False) as env:
        assert list(env.lists.values("customer.level")) == ["A", "B", "C", "D"]


def test_a_collaboration_ends_everywhere_on_its_day(customer: int, cast: Cast, visit: Callable[[str], Visitor]) -> None:
    end = clock.now() + timedelta(minutes=5)
    with cast.env("gm") as env:
        env.records(Contact).create({"name": "王小明", "customer_id": customer})
        env.records(Customer).share(env.get(Customer, customer), user=cast.sales2, level=ShareLevel.EDIT, until=end)
    visitor = visit("sales2")
    places = ("/customer", "/customer?q=台榮", "/contact", "/lookup/customer?q=台榮")

    during = [visitor.get(place).text for place in places]
    with clock.frozen(end):
        after = [visitor.get(place).text for place in places]
        opened = visitor.get(f"/customer/{customer}").status_code
        edited = visitor.post(f"/customer/{customer}/edit", {"name": "改名"}).status_code

    assert [name in text for name, text in zip(NAMES, during, strict=True)] == [True] * 4
    assert [name in text for name, text in zip(NAMES, after, strict=True)] == [False] * 4
    assert (opened, edited) == (404, 404)


NAMES = ("台榮精密", "台榮精密", "王小明", "台榮精密")
"""What is found at each of the places."""
