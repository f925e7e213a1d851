"""Handing over what somebody owns and looks after: who may, who gets it, and what happens on the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from addons.customer.models import Contact, Customer, OwnershipPeriod, Visit
from core import clock, handover, ownership
from core.access import users
from core.access.models import ApiToken, Department, Grant, Share, ShareLevel, User
from core.errors import Conflict, Forbidden, Invalid
from core.handover import posts, running
from core.handover.models import Handover
from core.handover.plan import HandoverRuns
from core.jobs import lifeline, outbox, showing, worker
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.notifications import reading
from core.orm.tables import Change
from core.orm.versions import bump
from core.saved_views.models import SavedView
from core.site import Site
from core.testing.cast import PASSWORD, Cast
from core.testing.queries import queries
from core.testing.web import Visitor

ROOT = Path(__file__).parents[3]


@pytest.fixture
def customers(cast: Cast) -> list[int]:
    """Ten of the salesperson of North, each with a contact; one has a visit."""
    with cast.env("sales") as env:
        ids = [int(env.records(Customer).create({"name": f"客戶 {n}"}).id) for n in range(10)]
        for id in ids:
            env.records(Contact).create({"name": "王小明", "customer_id": id})
        env.records(Visit).create({"customer_id": ids[0], "content": "看廠", "next_contact_on": env.today})
    return ids


def plan(*successors: int, **given: Any) -> handover.Plan:
    return handover.Plan({"customer": list(successors)}, **given)


def start(cast: Cast, who: str, leaver: str, wanted: handover.Plan) -> int:
    with cast.env(who) as env:
        return handover.begin(env, env.get(User, cast.ids[leaver]), wanted)


def owners(site: Site) -> dict[int | None, int]:
    with site.system("test", write=False) as env:
        counted = select(Customer.owner_id, func.count()).group_by(Customer.owner_id)
        return dict(env.session.execute(counted).all())


def state(site: Site, username: str) -> str:
    with site.system("test", write=False) as env:
        return str(env.session.scalars(select(User.state).where(User.username == username)).one())


def test_what_somebody_has_is_counted(cast: Cast, customers: list[int]) -> None:
    with cast.env("admin", write=False) as env:
        found = {each.info.key: (each.count, each.is_root) for each in handover.holdings(env, cast.sales)}
        due = [(str(label), number) for label, number in handover.holdings(env, cast.sales)[0].due]

    assert found == {"customer": (10, True), "visit": (1, False)}
    assert due == [("Next contact", 1)]


def test_everything_goes_to_the_successor_with_history(site: Site, cast: Cast, customers: list[int]) -> None:
    job = start(cast, "admin", "sales", plan(cast.manager, reason="離職交接"))

    assert worker.execute(site, job)

    assert owners(site) == {cast.manager: 10}
    assert state(site, "sales") == "left"
    with cast.env("manager", write=False) as env:
        assert env.session.scalar(select(func.count()).select_from(Contact)) == 10
        periods = env.session.execute(
            select(OwnershipPeriod.owner_id, OwnershipPeriod.reason, OwnershipPeriod.by_id)
            .where(OwnershipPeriod.customer_id == customers[0])
            .order_by(OwnershipPeriod.id)
        ).all()
        told = [each.text for each in reading.latest(env, 10)]
        roots = set(env.session.scalars(select(Contact.root_owner_id)))
    assert [tuple(period) for period in periods] == [
        (cast.sales, None, cast.sales),
        (cast.manager, "離職交接", cast.admin),
    ]
    assert told == ["王俊傑 handed 10 records of 林怡君 over to you"]
    assert roots == {cast.manager}
    with site.system("test", write=False) as env:
        wanted = (Change.model == "customer", Change.action == "assign", Change.record_id == customers[3])
        change = env.session.scalars(select(Change).where(*wanted)).one()
        assert (change.user_id, change.reason) == (cast.admin, "離職交接")
        assert change.changes == {"owner_id": [cast.sales, cast.manager]}


def test_what_somebody_did_stays_told_of_them(site: Site, cast: Cast, customers: list[int]) -> None:
    worker.execute(site, start(cast, "admin", "sales", plan(cast.manager)))

    with cast.env("manager", write=False) as env:
        assert list(env.session.scalars(select(Visit.owner_id))) == [cast.sales]


def test_several_get_them_in_turn_also_across_batches(
    site: Site, cast: Cast, customers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 3)

    worker.execute(site, start(cast, "admin", "sales", plan(cast.manager, cast.sales2, cast.gm)))

    assert owners(site) == {cast.manager: 4, cast.sales2: 3, cast.gm: 3}
    with cast.env("sales2", write=False) as env:
        assert [each.text for each in reading.latest(env, 5)] == ["王俊傑 handed 3 records of 林怡君 over to you"]


def test_sign_in_ends(site: Site, cast: Cast, customers: list[int], visit: Callable[[str], Visitor]) -> None:
    browser = visit("sales")
    with site.system("test") as env:
        token = users.new_token(env, cast.sales, "test")

    worker.execute(site, start(cast, "admin", "sales", plan(cast.manager)))

    assert browser.get("/customer").status_code == 303
    with site.system("test", write=False) as env:
        assert users.user_for_token(env.connection_of_core, token) is None
        assert users.verify_password(env, "sales", PASSWORD) is None
        assert env.connection_of_core.scalar(select(ApiToken.revoked_at)) is not None


def test_posts_are_filled(site: Site, cast: Cast) -> None:
    with site.system("test") as env:
        north = env.session.scalars(select(Department).where(Department.name == "North")).one()
        env.records(Department).update(north, {"manager_id": cast.manager})
        manager = env.get(User, cast.manager)
        env.records(User).update(manager, {"supervisor_id": cast.gm})
        for id in (cast.sales, cast.sales2):
            env.records(User).update(env.get(User, id), {"supervisor_id": cast.manager})
    with cast.env("gm") as env:
        customer = env.records(Customer).create({"name": "分享"})
        env.records(Customer).share(customer, user=cast.manager, level=ShareLevel.EDIT)

    wanted = handover.Plan({}, departments=cast.sales2, reports=cast.sales2, shares=cast.sales2)
    worker.execute(site, start(cast, "admin", "manager", wanted))

    with site.system("test", write=False) as env:
        assert env.session.scalar(select(Department.manager_id).where(Department.name == "North")) == cast.sales2
        found = dict(env.session.execute(select(User.id, User.supervisor_id)).all())
        assert (found[cast.sales], found[cast.sales2]) == (cast.sales2, cast.gm)
        assert list(env.session.scalars(select(Share.user_id))) == [cast.sales2]
    with cast.env("sales2", write=False) as env:
        assert list(env.session.scalars(select(Customer.name))) == ["分享"]
    assert state(site, "manager") == "left"


def test_who_stays_keeps_the_posts_that_nobody_is_named_for(site: Site, cast: Cast) -> None:
    with site.system("test") as env:
        env.records(User).update(env.get(User, cast.sales), {"supervisor_id": cast.manager})
        env.records(User).update(env.get(User, cast.sales2), {"supervisor_id": cast.manager})

    worker.execute(site, start(cast, "admin", "manager", handover.Plan({}, leaves=False)))
    with site.system("test", write=False) as env:
        kept = set(env.session.scalars(select(User.supervisor_id).where(User.id.in_([cast.sales, cast.sales2]))))
    worker.execute(site, start(cast, "admin", "manager", handover.Plan({})))

    assert kept == {cast.manager}
    with site.system("test", write=False) as env:
        assert set(env.session.scalars(select(User.supervisor_id))) == {None}


def test_views_that_others_use_find_somebody_else(site: Site, cast: Cast) -> None:
    with site.system("test") as env:
        row = {"model": "customer", "query": {}, "position": 1, "is_default": False, "version": 1}
        row |= {"owner_id": cast.manager, "updated_at": clock.now()}
        for audience in ("private", "everybody"):
            env.connection_of_core.execute(insert(SavedView).values(**row, name=audience, audience=audience))

    with cast.env("admin", write=False) as env:
        assert handover.posts_of(env, cast.manager).views == 1
    worker.execute(site, start(cast, "admin", "manager", handover.Plan({}, views=cast.gm)))

    with site.system("test", write=False) as env:
        assert dict(env.session.execute(select(SavedView.audience, SavedView.owner_id)).all()) == {
            "private": cast.manager,
            "everybody": cast.gm,
        }


def test_collaborations_change_hands_in_a_few_statements(site: Site, cast: Cast) -> None:
    def shared(count: int) -> int:
        with cast.env("gm") as env:
            for number in range(count):
                customer = env.records(Customer).create({"name": f"分享 {number}"})
                env.records(Customer).share(customer, user=cast.manager, level=ShareLevel.READ)
            # The successor collaborates on the last one already.
            env.records(Customer).share(customer, user=cast.sales2, level=ShareLevel.EDIT)
        with site.system("test") as env, queries(site) as seen:
            posts.fill(env, env.get(User, cast.manager), handover.Plan({}, shares=cast.sales2))
        return len(seen.statements)

    few, many = shared(2), shared(30)

    assert few == many
    with site.system("test", write=False) as env:
        found = list(env.session.execute(select(Share.user_id, Share.level)))
    assert sorted(found) == [(cast.sales2, "edit")] * 2 + [(cast.sales2, "read")] * 30


@pytest.mark.parametrize(
    ("successor", "message"),
    [
        ("sales", "Somebody else has to take over."),
        ("gone", "Please choose an active user."),
        ("admin", "王俊傑 has no role that may see Customers."),
    ],
)
def test_who_cannot_take_over(site: Site, cast: Cast, customers: list[int], successor: str, message: str) -> None:
    with site.system("test") as env:
        users.disable(env, env.get(User, cast.sales2))
    id = cast.sales2 if successor == "gone" else cast.ids[successor]

    with pytest.raises(Invalid) as refused:
        start(cast, "admin", "sales", plan(id))

    assert [str(text) for text in refused.value.fields["customer"]] == [message]
    assert owners(site) == {cast.sales: 10}


def test_two_people_at_once(site: Site, cast: Cast, customers: list[int]) -> None:
    start(cast, "admin", "sales", plan(cast.manager))

    with pytest.raises(HandoverRuns):
        start(cast, "gm", "sales", plan(cast.gm, leaves=False, posts=False))


def test_one_that_has_failed_gives_way(site: Site, cast: Cast, customers: list[int]) -> None:
    first = start(cast, "admin", "sales", plan(cast.manager))
    with outbox.writing(site) as connection:
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == first).values(state=JobState.FAILED.value))

    worker.execute(site, start(cast, "admin", "sales", plan(cast.gm)))

    assert owners(site) == {cast.gm: 10}
    with site.system("test", write=False) as env:
        assert env.connection_of_core.scalar(select(func.count()).where(Handover.done_at.is_(None))) == 0


def test_a_manager_hands_over_within_their_scope(site: Site, cast: Cast, customers: list[int]) -> None:
    with cast.env("manager") as env:
        leaver = env.get(User, cast.sales)
        assert handover.may_hand_over(env, leaver)
        assert not handover.may_end(env, leaver)
        assert not handover.may_hand_over(env, env.get(User, cast.sales2))
    with pytest.raises(Forbidden):
        start(cast, "manager", "sales", plan(cast.manager))
    with pytest.raises(Invalid):
        start(cast, "manager", "sales", plan(cast.sales2, leaves=False, posts=False))

    worker.execute(site, start(cast, "manager", "sales", plan(cast.manager, leaves=False, posts=False)))

    assert owners(site) == {cast.manager: 10}
    assert state(site, "sales") == "active"


def test_nobody_else_may(cast: Cast, customers: list[int]) -> None:
    for who in ("sales2", "accountant", "sales"):
        with pytest.raises(Forbidden):
            start(cast, who, "sales", plan(cast.gm, leaves=False, posts=False))


def test_the_last_administrator_stays(cast: Cast) -> None:
    with pytest.raises((Conflict, Forbidden)):
        start(cast, "admin", "admin", handover.Plan({}))


def test_a_right_that_is_taken_away_ends_it(site: Site, cast: Cast, customers: list[int]) -> None:
    job = start(cast, "manager", "sales", plan(cast.manager, leaves=False, posts=False))
    with site.system("test") as env:
        env.connection_of_core.execute(update(Grant.__table__).where(Grant.action == "assign").values(scope="none"))
        bump(env.connection_of_core, "organisation")

    worker.execute(site, job)

    assert owners(site) == {cast.sales: 10}
    with cast.env("manager", write=False) as env:
        assert showing.shown(env, job).state == "failed"


def test_a_successor_who_has_left_meanwhile_gets_nothing(site: Site, cast: Cast, customers: list[int]) -> None:
    job = start(cast, "admin", "sales", plan(cast.manager))
    with site.system("test") as env:
        users.disable(env, env.get(User, cast.manager))

    worker.execute(site, job)

    assert owners(site) == {cast.sales: 10}
    assert state(site, "sales") == "active"
    with cast.env("admin", write=False) as env:
        shown = showing.shown(env, job)
    assert shown.state == "failed"
    assert shown.failure == "A successor cannot take over any more. Please choose an active user."


def test_it_goes_on_where_a_worker_died(
    site: Site, cast: Cast, customers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 4)
    job = start(cast, "admin", "sales", plan(cast.manager))
    whole, calls = ownership.give, count(1)

    def dies_at_second(*args: Any, **given: Any) -> int:
        if next(calls) == 2:
            raise RuntimeError("the worker dies")
        return whole(*args, **given)

    with monkeypatch.context() as patched:
        patched.setattr(ownership, "give", dies_at_second)
        worker.execute(site, job)
        half = owners(site)
    with outbox.writing(site) as connection:
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == job).values(available_at=clock.now()))
    worker.execute(site, job)

    assert half == {cast.sales: 6, cast.manager: 4}
    assert owners(site) == {cast.manager: 10}
    with cast.env("manager", write=False) as env:
        assert [each.text for each in reading.latest(env, 5)] == ["王俊傑 handed 10 records of 林怡君 over to you"]


RUNNER = """
import sys, time
from core import ownership
from core.config import Settings
from core.handover import posts, running
from core.jobs import worker
from core.site import Site
running.BATCH = 2
whole = ownership.give
def slowly(*args, **given):
    time.sleep(0.3)
    return whole(*args, **given)
ownership.give = slowly
worker.execute(Site.open(Settings.load()), int(sys.argv[1]))
"""


def test_it_survives_kill_9(site: Site, cast: Cast, customers: list[int]) -> None:
    job = start(cast, "admin", "sales", plan(cast.manager, cast.gm))
    environment = {
        **os.environ,
        "NINEKCRM_DATA": str(site.settings.data),
        "NINEKCRM_DATABASE_URL": site.settings.database_url,
    }
    command = lifeline.tied([sys.executable, "-c", RUNNER, str(job)], stop=signal.SIGKILL)
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    try:
        _until(lambda: owners(site).get(cast.manager, 0) >= 1)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    half = owners(site)

    _until(lambda: outbox.take_back(site) == 1)
    worker.execute(site, job)

    assert 0 < half[cast.sales] < 10
    assert owners(site) == {cast.manager: 5, cast.gm: 5}
    assert state(site, "sales") == "left"
    with site.system("test", write=False) as env:
        periods = select(func.count()).select_from(OwnershipPeriod).where(OwnershipPeriod.until.is_(None))
        assert env.session.scalar(periods) == 10


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
