"""What happens by itself: deadlines, reminders, deputies, and people who cannot decide any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from addons.approval.jobs import watch
from addons.approval.models import ApprovalDeputy, ApprovalEntry, ApprovalRequest, ApprovalSigner
from addons.approval.services import Approvals
from addons.sales.models import Quote
from core.access.models import User
from core.api import clock
from core.notifications import reading
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from tests.addons.approval.conftest import MakeFlow, MakeQuote


@pytest.fixture
def backend() -> str:
    return "sqlite"


@contextmanager
def in_days(number: int) -> Iterator[None]:
    with clock.frozen(clock.now() + timedelta(days=number)):
        yield


def signers(site: Site, cast: Cast) -> list[tuple[str, str]]:
    names = {number: name for name, number in cast.ids.items()}
    with site.system("look", write=False) as env:
        rows = env.session.execute(select(ApprovalSigner.user_id, ApprovalSigner.state).order_by(ApprovalSigner.id))
        return [(names[user], state) for user, state in rows]


def state(site: Site) -> str:
    with site.system("look", write=False) as env:
        return env.session.scalars(select(ApprovalRequest.state)).one()


def told(cast: Cast, who: str) -> list[str]:
    with cast.env(who, write=False) as env:
        return [each.text for each in reading.latest(env, 20)]


def away(cast: Cast, who: str, instead: str, *, days: int = 5) -> None:
    with cast.env(who) as env:
        values = {"to_id": cast.ids[instead], "since": env.today, "until": env.today + timedelta(days=days)}
        env.records(ApprovalDeputy).create({"user_id": cast.ids[who]} | values)


def leave(site: Site, user: int) -> None:
    with site.system("somebody leaves") as env:
        env.session.execute(update(User).where(User.id == user).values(state="disabled"))
        bump(env.connection_of_core, "organisation")


def test_signers_are_reminded_once_a_day_from_the_day_before_and_the_submitter_hears_of_it_once(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow({"who": "users", "users": [cast.manager], "days": 3})
    make_quote()
    reminders, late = [], []

    for day in (1, 2, 2, 3, 4, 5):
        with in_days(day):
            watch(site)
            reminders.append(sum("still waits" in text for text in told(cast, "manager")))
            late.append(sum("overdue" in text for text in told(cast, "sales")))

    assert reminders == [0, 1, 1, 2, 3, 4]
    assert late == [0, 0, 0, 0, 1, 1]


def test_a_deputy_steps_in_for_who_goes_away_and_the_decision_counts(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    id = make_quote()
    away(cast, "manager", "gm")

    watch(site)
    watch(site)

    assert signers(site, cast) == [("manager", "delegated"), ("gm", "asked")]
    with cast.env("gm") as env:
        assert env.workflow.perform(env.get(Quote, id), "approve").state == "approved"


def test_a_deputy_is_asked_from_the_beginning_if_they_may_decide_and_is_not_once_the_days_are_over(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    away(cast, "manager", "gm", days=1)

    make_quote()
    with in_days(2):
        make_quote()

    assert signers(site, cast) == [("gm", "asked"), ("manager", "asked")]


def test_a_deputy_who_may_not_see_the_document_does_not_step_in(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    away(cast, "manager", "sales2")
    make_quote()

    watch(site)

    assert signers(site, cast) == [("manager", "asked")]


def test_of_any_one_who_leaves_is_missed_and_of_all_the_request_is_stuck_until_somebody_can(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow({"who": "users", "users": [cast.manager, cast.gm], "how": "any"})
    make_quote()
    leave(site, cast.manager)

    watch(site)
    assert (state(site), signers(site, cast)) == ("pending", [("manager", "dropped"), ("gm", "asked")])
    leave(site, cast.gm)
    watch(site)

    assert state(site) == "stuck"
    assert "nobody" in told(cast, "admin")[0].lower()


def test_a_step_for_which_there_was_nobody_is_asked_once_there_is_somebody(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow({"who": "supervisor"})
    make_quote()
    assert (state(site), signers(site, cast)) == ("stuck", [])

    with site.system("they get a supervisor") as env:
        env.session.execute(update(User).where(User.id == cast.sales).values(supervisor_id=cast.manager))
        bump(env.connection_of_core, "organisation")
    watch(site)

    assert (state(site), signers(site, cast)) == ("pending", [("manager", "asked")])


def test_what_is_over_or_gone_keeps_nobody_from_being_looked_after(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow({"who": "users", "users": [cast.manager], "days": 1})
    gone, over, _last = make_quote(), make_quote(), make_quote()
    with site.system("gone") as env:
        env.session.execute(update(ApprovalRequest).where(ApprovalRequest.record_id == gone).values(record_id=999_999))
    with cast.env("manager") as env:
        request = env.session.scalars(select(ApprovalRequest.id).where(ApprovalRequest.record_id == over)).one()
        env.service(Approvals).approve(request)

    with in_days(1):
        watch(site)

    assert sum("still waits" in text for text in told(cast, "manager")) == 1


def test_the_trail_says_of_the_deputy_that_the_system_has_asked_them(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    make_quote()
    away(cast, "manager", "gm")

    watch(site)

    with site.system("look", write=False) as env:
        last = env.session.scalars(select(ApprovalEntry).order_by(ApprovalEntry.id.desc()).limit(1)).one()
        assert (last.action, last.user_id, last.other_id) == ("delegated", None, cast.gm)
