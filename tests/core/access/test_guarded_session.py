"""Every way in which a statement could reach a row past its rule."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import (
    Session,
    aliased,
    joinedload,
    lazyload,
    make_transient_to_detached,
    selectinload,
    subqueryload,
)
from sqlalchemy.orm.exc import ObjectDeletedError

from addons.customer.models import Contact, Customer, Visit
from core.access.models import ApiToken, Grant
from core.errors import AccessViolation, Forbidden, Invalid
from core.testing.cast import Cast
from tests.core.access.conftest import SECRET, World

OPEN = {"台榮精密", "共用客戶"}


def _names(session: Session, statement: Any) -> set[Any]:
    return {row[0] for row in session.execute(statement)}


READS: dict[str, Callable[[Session, World], set[Any]]] = {
    "entities": lambda s, w: {c.name for c in s.scalars(select(Customer))},
    "columns": lambda s, w: _names(s, select(Customer.name)),
    "alias": lambda s, w: _names(s, select(aliased(Customer).name)),
    "alias of subquery": lambda s, w: _names(s, select(aliased(Customer, select(Customer).subquery()).name)),
    "legacy query": lambda s, w: {c.name for c in s.query(Customer).all()},
    "union": lambda s, w: _names(s, union_all(select(Customer.name), select(Customer.name))),
    "order by hidden": lambda s, w: _names(s, select(Customer.name).order_by(Customer.level)),
    "in list of ids": lambda s, w: _names(
        s, select(Customer.name).where(Customer.id.in_([w.mine, w.theirs, w.shared]))
    ),
    "self join": lambda s, w: _self_join(s),
}


def _self_join(session: Session) -> set[Any]:
    other = aliased(Customer)
    return _names(session, select(other.name).join(Customer, Customer.id == other.id))


@pytest.mark.parametrize("way", READS)
def test_reads_find_only_what_may_be_seen(way: str, world: World, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert READS[way](env.session, world) == OPEN


def test_get_answers_none_for_a_hidden_record(world: World, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert env.session.get(Customer, world.theirs) is None
        assert env.session.get(Customer, world.mine).name == "台榮精密"


@pytest.mark.parametrize("loader", [joinedload, selectinload, subqueryload, lazyload])
def test_loading_along_a_relationship_hides_the_target(loader: Any, world: World, cast: Cast) -> None:
    statement = select(Visit).where(Visit.id == world.my_visit_at_theirs)
    with cast.env("sales", write=False) as env:
        visit = env.session.scalars(statement.options(loader(Visit.customer))).one()

        assert visit.customer is None


def test_aggregates_count_only_what_may_be_seen(world: World, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert env.session.scalar(select(func.count()).select_from(Customer)) == 2
        assert env.session.scalar(select(func.count(Customer.id))) == 2
        assert env.session.scalar(select(func.count()).where(Customer.name.contains(SECRET))) == 0
        assert env.session.scalar(select(func.max(Customer.level))) == "C"


ORACLES = {
    "exists": lambda: exists().where(Customer.id == Visit.customer_id, Customer.name.contains(SECRET)),
    "in": lambda: Visit.customer_id.in_(select(Customer.id).where(Customer.name.contains(SECRET))),
    "has": lambda: Visit.customer.has(Customer.name.contains(SECRET)),
    "scalar subquery": lambda: (
        select(func.count()).where(Customer.id == Visit.customer_id, Customer.name.contains(SECRET)).scalar_subquery()
        > 0
    ),
    "literal subquery": lambda: (
        select(literal(1)).where(Customer.id == Visit.customer_id, Customer.name.contains(SECRET)).scalar_subquery()
        == 1
    ),
}


@pytest.mark.parametrize("way", ORACLES)
def test_conditions_on_hidden_records_never_hold(way: str, world: World, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert env.session.scalars(select(Visit).where(ORACLES[way]())).all() == []


def test_a_child_is_seen_by_its_own_owner_or_through_its_root(world: World, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert set(env.session.scalars(select(Visit.id))) == {world.my_visit, world.my_visit_at_theirs}
        assert env.session.scalars(select(Contact)).all() == []


REFUSED: dict[str, Callable[[Session], Any]] = {
    "text": lambda s: s.execute(text("SELECT name FROM customer")),
    "core table": lambda s: s.execute(select(Customer.__table__)),
    "core column": lambda s: s.execute(select(Customer.__table__.c.name)),
    "alias of core table": lambda s: s.execute(select(Customer.id, Customer.__table__.alias().c.name)),
    "core table in FROM": lambda s: s.execute(select(func.count()).select_from(Customer.__table__)),
    "core table in JOIN": lambda s: s.execute(select(Visit.id).join(Customer.__table__, literal(True))),
    "core table in a subquery": lambda s: s.execute(
        select(Visit.id).where(exists(select(func.count()).select_from(Customer.__table__)))
    ),
    "light table": lambda s: s.execute(select(Visit.id).select_from(table("customer", column("name")))),
    "text among columns": lambda s: s.execute(select(Visit.id, text("(SELECT max(name) FROM customer)"))),
    "text in WHERE": lambda s: s.execute(select(Visit.id).where(text("1 = 1"))),
    "text in ORDER BY": lambda s: s.execute(select(Visit.id).order_by(text("1"))),
    "literal column": lambda s: s.execute(select(Visit.id, literal_column("(SELECT max(name) FROM customer)"))),
    "from_statement of text": lambda s: s.scalars(select(Customer).from_statement(text("SELECT * FROM customer"))),
    "exists without a row": lambda s: s.execute(select(exists().where(Customer.name.contains(SECRET)))),
    "text in a loader option": lambda s: s.scalars(
        select(Visit).options(joinedload(Visit.customer.and_(text("1 = 1"))))
    ),
    "connection": lambda s: s.connection(),
    "bulk save": lambda s: s.bulk_save_objects([]),
    "bulk insert": lambda s: s.bulk_insert_mappings(Customer, []),
    "INSERT": lambda s: s.execute(insert(Customer), [{"name": "x"}]),
    "UPDATE": lambda s: s.execute(update(Customer).values(name="x")),
    "UPDATE by keys": lambda s: s.execute(update(Customer), [{"id": 1, "name": "x"}]),
    "DELETE": lambda s: s.execute(delete(Customer)),
    "grants": lambda s: s.execute(select(Grant)),
    "tokens in a condition": lambda s: s.execute(select(Visit.id).where(exists().where(ApiToken.id > 0))),
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_cannot_be_guarded_is_refused(way: str, world: World, cast: Cast) -> None:
    with pytest.raises(AccessViolation), cast.env("sales") as env:
        REFUSED[way](env.session)


def test_a_record_made_up_from_an_id_is_not_filled(world: World, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        forged = Customer(id=world.theirs)
        make_transient_to_detached(forged)
        env.session.add(forged)

        with pytest.raises(ObjectDeletedError):
            _ = forged.name


def _create_for_another(session: Session, world: World, cast: Cast) -> None:
    session.add(Customer(name="x", status="potential", kind="company", owner_id=cast.sales2))


def _give_away(session: Session, world: World, cast: Cast) -> None:
    session.get(Customer, world.mine).owner_id = cast.sales2


def _edit_shared_for_reading(session: Session, world: World, cast: Cast) -> None:
    session.get(Customer, world.shared).name = "x"


def _delete_for_good(session: Session, world: World, cast: Cast) -> None:
    session.delete(session.get(Customer, world.mine))


def _mark_deleted(session: Session, world: World, cast: Cast) -> None:
    record = session.get(Customer, world.mine)
    record.deleted_at = record.created_at


def _forge(session: Session, world: World, cast: Cast) -> None:
    forged = Customer(id=world.theirs, version=1, name="old")
    make_transient_to_detached(forged)
    session.add(forged)
    forged.name = "x"


@pytest.mark.parametrize(
    "write",
    [_create_for_another, _give_away, _edit_shared_for_reading, _delete_for_good, _mark_deleted],
)
def test_writes_beyond_the_rules_are_forbidden(write: Any, world: World, cast: Cast) -> None:
    with pytest.raises(Forbidden), cast.env("sales") as env:
        write(env.session, world, cast)
        env.session.flush()

    with cast.env("gm", write=False) as env:
        assert env.session.get(Customer, world.mine).owner_id == cast.sales
        assert env.session.get(Customer, world.shared).name == "共用客戶"


def test_a_forged_record_is_not_written(world: World, cast: Cast) -> None:
    with pytest.raises((Forbidden, ObjectDeletedError)), cast.env("sales") as env:
        _forge(env.session, world, cast)
        env.session.flush()


def test_a_link_to_a_hidden_record_is_refused(world: World, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused, cast.env("sales") as env:
        env.session.get(Customer, world.mine).parent_id = world.theirs
        env.session.flush()

    assert list(refused.value.fields) == ["parent_id"]


def test_a_visit_at_a_hidden_customer_is_refused(world: World, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused, cast.env("sales") as env:
        env.records(Visit).create(
            {
                "customer_id": world.theirs,
                "content": "x",
                "visited_at": env.get(Customer, world.mine).created_at,
            }
        )

    assert list(refused.value.fields) == ["customer_id"]


def test_an_ended_share_shows_nothing(world: World, cast: Cast) -> None:
    from datetime import timedelta

    from core import clock

    with cast.env("gm") as env:
        shared = env.get(Customer, world.shared)
        from core.access.models import ShareLevel

        env.records(Customer).share(
            shared, user=cast.sales, level=ShareLevel.READ, until=clock.now() + timedelta(days=1)
        )
    with cast.env("sales", write=False) as env:
        assert env.session.get(Customer, world.shared) is not None

    with clock.frozen(clock.now() + timedelta(days=2)), cast.env("sales", write=False) as env:
        assert env.session.get(Customer, world.shared) is None


def test_assigning_moves_the_whole_history(world: World, cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, world.mine), to=cast.sales2, reason="區域調整")

    with cast.env("sales2", write=False) as env:
        assert env.session.get(Customer, world.mine).owner_id == cast.sales2
        assert env.session.get(Visit, world.my_visit).root_owner_id == cast.sales2
    with cast.env("sales", write=False) as env:
        assert env.session.get(Customer, world.mine) is None


def test_the_manager_assigns_within_reach_only(world: World, cast: Cast) -> None:
    with pytest.raises(Forbidden), cast.env("manager") as env:
        env.records(Customer).assign(env.get(Customer, world.mine), to=cast.sales2)

    with cast.env("manager") as env:
        env.records(Customer).assign(env.get(Customer, world.mine), to=cast.manager)
        assert env.get(Customer, world.mine).owner_id == cast.manager


def test_a_system_session_sees_all_and_its_writing_is_recorded(world: World, cast: Cast) -> None:
    from core.orm.tables import SystemAccess

    with cast.env("sales") as env, env.system("test") as session:
        assert session.get(Customer, world.theirs).name.startswith(SECRET)
        session.get(Customer, world.theirs).note = "x"

    with cast.site.system("look", write=False) as env:
        found = env.session.execute(select(SystemAccess.user_id, SystemAccess.reason)).all()
        assert (cast.sales, "test") in [tuple(row) for row in found]
