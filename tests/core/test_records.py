"""Creating, changing, deleting and restoring records, with what two people do to each other."""

from datetime import date

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.access.models import FieldGrant, Grant, Role, User
from core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from core.orm.tables import Change
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast


def _customer(cast: Cast, who: str = "sales", **values: object) -> int:
    with cast.env(who) as env:
        return int(env.records(Customer).create({"name": "台榮精密", **values}).id)


def _history(site: Site, id: int) -> list[tuple[str, dict[str, list[object]]]]:
    with site.system("look", write=False) as env:
        wanted = select(Change).where(Change.model == "customer", Change.record_id == id).order_by(Change.id)
        return [(entry.action, entry.changes) for entry in env.session.scalars(wanted)]


def test_creating_fills_owner_number_and_history(site: Site, cast: Cast) -> None:
    id = _customer(cast, level="A", phone="02-2345-6789")

    with cast.env("sales", write=False) as env:
        record = env.get(Customer, id)
        assert (record.owner_id, record.number, record.version) == (cast.sales, "C00001", 1)
    action, changes = _history(site, id)[0]
    assert action == "create"
    assert changes["name"] == [None, "台榮精密"]
    assert changes["level"] == [None, "A"]


def test_numbers_count_up(cast: Cast) -> None:
    first, second = _customer(cast), _customer(cast)

    with cast.env("sales", write=False) as env:
        assert [env.get(Customer, id).number for id in (first, second)] == ["C00001", "C00002"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": 5}, "name"),
        ({"email": "nobody"}, "email"),
        ({"phone": "abc"}, "phone"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"level": "Z"}, "level"),
        ({"tags": "vip"}, "tags"),
        ({"next_contact_on": "tomorrow"}, "next_contact_on"),
        ({"next_contact_on": date(115, 1, 1)}, "next_contact_on"),
        ({"owner_id": 999999}, "owner_id"),
        ({"parent_id": 999999}, "parent_id"),
        ({"nothing": 1}, "nothing"),
        ({"number": "C1"}, "number"),
        ({"last_visit_on": date(2026, 1, 1)}, "last_visit_on"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(values: dict[str, object], field: str, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused, cast.env("gm") as env:
        env.records(Customer).create({"name": "台榮精密", **values})

    assert list(refused.value.fields) == [field]


def test_text_is_trimmed_and_normalised(cast: Cast) -> None:
    id = _customer(cast, name="  cafe\u0301  ", website="example.com", note="a\r\nb")

    with cast.env("sales", write=False) as env:
        record = env.get(Customer, id)
        assert (record.name, record.website, record.note) == ("café", "https://example.com", "a\nb")


def test_changing_records_before_and_after(site: Site, cast: Cast) -> None:
    id = _customer(cast)

    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, id), {"name": "台榮精密機械", "level": "B"}, version=1)

    action, changes = _history(site, id)[-1]
    assert action == "update"
    assert changes == {"name": ["台榮精密", "台榮精密機械"], "level": [None, "B"]}


def test_saving_nothing_new_leaves_version_and_history(site: Site, cast: Cast) -> None:
    id = _customer(cast)

    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, id), {"name": "台榮精密"})

    with cast.env("sales", write=False) as env:
        assert env.get(Customer, id).version == 1
    assert len(_history(site, id)) == 1


def test_an_old_version_is_refused_and_nothing_is_lost(cast: Cast) -> None:
    id = _customer(cast)
    with cast.env("manager") as env:
        env.records(Customer).update(env.get(Customer, id), {"level": "A"}, version=1)

    with pytest.raises(Stale) as stale, cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, id), {"level": "D"}, version=1)

    assert (stale.value.model, stale.value.id, stale.value.version) == ("customer", id, 2)
    with cast.env("sales", write=False) as env:
        assert env.get(Customer, id).level == "A"


def test_who_may_read_but_not_edit_is_told_so(cast: Cast, site: Site) -> None:
    id = _customer(cast)
    with site.system("a role that reads") as env:
        role = env.session.scalars(select(Role).where(Role.preset == "accountant")).one()
        env.session.add(Grant(role_id=role.id, model="customer", action="read", scope="all"))
        bump(env.connection_of_core, "organisation")

    with pytest.raises(Forbidden), cast.env("accountant") as env:
        env.records(Customer).update(env.get(Customer, id), {"level": "D"})


def test_a_salesperson_cannot_delete(cast: Cast) -> None:
    id = _customer(cast)

    with pytest.raises(Forbidden), cast.env("sales") as env:
        env.records(Customer).delete(env.get(Customer, id))


def test_deleting_takes_along_and_restoring_brings_back(cast: Cast) -> None:
    id = _customer(cast)
    with cast.env("sales") as env:
        contact = env.records(Contact).create({"name": "王小明", "customer_id": id}).id
        visit = env.records(Visit).create({"customer_id": id, "content": "x", "visited_at": clock.now()}).id

    with cast.env("manager") as env:
        act = env.records(Customer).delete(env.get(Customer, id))
    for who in ("sales", "gm"):
        with cast.env(who, write=False) as env:
            for model, gone in ((Customer, id), (Contact, contact), (Visit, visit)):
                with pytest.raises(NotFound):
                    env.get(model, gone)
    with cast.env("manager") as env:
        assert env.records(Customer).restore(act) == ("customer", id)

    with cast.env("sales", write=False) as env:
        assert env.get(Customer, id).name == "台榮精密"
        assert env.get(Contact, contact).name == "王小明"
        assert env.get(Visit, visit).content == "x"


def test_what_was_deleted_before_is_not_restored_along(cast: Cast) -> None:
    id = _customer(cast)
    with cast.env("manager") as env:
        contact = env.records(Contact).create({"name": "王小明", "customer_id": id}).id
        env.records(Contact).delete(env.get(Contact, contact))
        act = env.records(Customer).delete(env.get(Customer, id))

    with cast.env("manager") as env:
        env.records(Customer).restore(act)

    with cast.env("manager", write=False) as env, pytest.raises(NotFound):
        env.get(Contact, contact)


def test_only_who_could_delete_may_restore(cast: Cast) -> None:
    id = _customer(cast)
    with cast.env("manager") as env:
        act = env.records(Customer).delete(env.get(Customer, id))

    for who in ("sales", "sales2"):
        with pytest.raises(NotFound), cast.env(who) as env:
            env.records(Customer).restore(act)


def test_a_user_with_records_is_not_deleted(cast: Cast) -> None:
    _customer(cast)

    with pytest.raises(Conflict) as refused, cast.env("admin") as env:
        env.records(User).delete(env.get(User, cast.sales))

    assert "Customers" in str(refused.value.message)


def test_a_taken_sign_in_name_is_refused_at_its_field(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused, cast.env("admin") as env:
        env.records(User).create({"name": "x", "username": "sales"})

    assert list(refused.value.fields) == ["username"]


@pytest.mark.parametrize("level", ["read", "hidden", "masked"])
def test_a_field_below_edit_is_not_written(level: str, site: Site, cast: Cast) -> None:
    id = _customer(cast)
    with site.system("restrict a field") as env:
        role = env.session.scalars(select(Role).where(Role.preset == "salesperson")).one()
        env.session.add(FieldGrant(role_id=role.id, model="customer", field="level", level=level))
        bump(env.connection_of_core, "organisation")

    with pytest.raises(Invalid) as refused, cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, id), {"level": "A"})

    assert list(refused.value.fields) == ["level"]


@pytest.mark.parametrize(("level", "is_refused"), [("read", False), ("masked", True), ("hidden", True)])
def test_sending_back_the_stored_value_tells_nothing(level: str, is_refused: bool, site: Site, cast: Cast) -> None:
    id = _customer(cast, level="A")
    with site.system("restrict a field") as env:
        role = env.session.scalars(select(Role).where(Role.preset == "salesperson")).one()
        env.session.add(FieldGrant(role_id=role.id, model="customer", field="level", level=level))
        bump(env.connection_of_core, "organisation")

    with cast.env("sales") as env:
        record = env.get(Customer, id)
        if is_refused:
            with pytest.raises(Invalid):
                env.records(Customer).update(record, {"level": "A"})
        else:
            assert env.records(Customer).update(record, {"level": "A"}).version == 1
