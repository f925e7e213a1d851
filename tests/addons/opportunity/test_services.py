import time
from datetime import date, timedelta
from decimal import Decimal
from threading import Thread

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer, Visit
from addons.opportunity.models import Opportunity, OpportunityStageChange, Pipeline, PipelineStage
from addons.opportunity.services.figures import forecast_of, stale_from
from core.errors import Invalid, NotFound
from core.testing.cast import Cast
from core.workflow.errors import Locked
from tests.addons.opportunity.conftest import Begin, Stages


@pytest.mark.parametrize(
    ("amount", "probability", "expected"),
    [("100", "40", "40"), ("25", "10", "3"), ("24", "10", "2"), (None, "40", None), ("0", "90", "0")],
)
def test_forecast_is_rounded_half_up(amount: str | None, probability: str, expected: str | None) -> None:
    found = forecast_of(None if amount is None else Decimal(amount), Decimal(probability))

    assert found == (None if expected is None else Decimal(expected))


def test_stale_from_counts_days() -> None:
    assert stale_from(date(2026, 2, 27), 2) == date(2026, 3, 1)
    assert stale_from(date(2026, 2, 27), None) is None


def test_a_new_one_begins_at_the_first_stage(cast: Cast, begin: Begin, stages: Stages) -> None:
    id = begin(amount=Decimal(1000))

    with cast.env("sales", write=False) as env:
        found = env.get(Opportunity, id)
        assert (found.stage_id, found.state, found.probability, found.forecast) == (stages["talk"], "open", 10, 100)
        assert found.owner_id == env.user_id


def test_a_stage_decides_on_its_pipeline(cast: Cast, begin: Begin, stages: Stages) -> None:
    with cast.env("admin") as env:
        other = env.records(Pipeline).create({"name": "Again", "position": 2}).id
        first = env.records(PipelineStage).create({"name": "ask", "pipeline_id": other, "position": 1}).id

    by_stage, by_pipeline = begin(stage_id=first), begin(pipeline_id=other)

    with cast.env("sales", write=False) as env:
        for id in (by_stage, by_pipeline):
            found = env.get(Opportunity, id)
            assert (found.pipeline_id, found.stage_id) == (other, first)


def test_moving_writes_the_log_and_the_figures(cast: Cast, begin: Begin, stages: Stages) -> None:
    id = begin(amount=Decimal(1000))

    with cast.env("sales") as env:
        moved = env.records(Opportunity).update(env.get(Opportunity, id), {"stage_id": stages["plan"]})
        assert (moved.forecast, moved.stale_on) == (400, env.today + timedelta(days=10))
    with cast.env("sales", write=False) as env:
        log = env.session.scalars(select(OpportunityStageChange).order_by(OpportunityStageChange.id)).all()
        assert [(c.from_stage_id, c.to_stage_id, c.by_id, c.days) for c in log] == [
            (None, stages["talk"], env.user_id, None),
            (stages["talk"], stages["plan"], env.user_id, 0),
        ]


def test_a_stage_asks_for_its_fields(cast: Cast, begin: Begin, stages: Stages) -> None:
    id = begin()

    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Opportunity).update(env.get(Opportunity, id), {"stage_id": stages["sign"]})

    assert set(refused.value.fields) == {"amount", "expected_close_on"}


def test_only_who_may_moves_back(cast: Cast, begin: Begin, stages: Stages) -> None:
    id = begin(amount=Decimal(5), expected_close_on=date(2030, 1, 1), stage_id=stages["sign"])

    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Opportunity).update(env.get(Opportunity, id), {"stage_id": stages["talk"]})
    with cast.env("manager") as env:
        env.records(Opportunity).update(env.get(Opportunity, id), {"stage_id": stages["talk"]})
        assert env.get(Opportunity, id).probability == 10

    assert set(refused.value.fields) == {"stage_id"}


def test_winning_closes_and_locks_and_leaves_the_customer(cast: Cast, begin: Begin, stages: Stages) -> None:
    id = begin(amount=Decimal(1000))

    with cast.env("sales") as env:
        env.workflow.perform(env.get(Opportunity, id), "win")
    with cast.env("sales") as env:
        found = env.get(Opportunity, id)
        assert (found.state, found.closed_on, found.probability, found.forecast) == ("won", env.today, 100, 1000)
        customer = env.get(Customer, found.customer_id)
        assert (customer.status, customer.deal_on) == ("potential", None)
        with pytest.raises(Locked):
            env.records(Opportunity).update(found, {"stage_id": stages["plan"]})


def test_losing_needs_a_reason_and_reopening_takes_it_back(cast: Cast, begin: Begin) -> None:
    id = begin(amount=Decimal(1000))

    with cast.env("sales") as env:
        with pytest.raises(Invalid):
            env.workflow.perform(env.get(Opportunity, id), "lose")
        env.workflow.perform(env.get(Opportunity, id), "lose", lost_reason="price", lost_note="10 % cheaper")
        found = env.get(Opportunity, id)
        assert (found.lost_reason, found.forecast, found.closed_on) == ("price", 0, env.today)
        env.workflow.perform(found, "reopen")
        found = env.get(Opportunity, id)
        assert (found.state, found.lost_reason, found.closed_on, found.forecast) == ("open", None, None, 100)


def test_on_hold_it_does_not_grow_stale(cast: Cast, begin: Begin, stages: Stages) -> None:
    id = begin(stage_id=stages["plan"])

    with cast.env("sales") as env:
        env.workflow.perform(env.get(Opportunity, id), "hold", reason="budget next year")
        assert env.get(Opportunity, id).stale_on is None
        env.workflow.perform(env.get(Opportunity, id), "resume")
        assert env.get(Opportunity, id).stale_on == env.today + timedelta(days=10)


def test_a_changed_stage_changes_what_is_in_it(cast: Cast, begin: Begin, stages: Stages) -> None:
    living, closed = begin(amount=Decimal(100)), begin(amount=Decimal(100))
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Opportunity, closed), "win")

    with cast.env("admin") as env:
        stage = env.get(PipelineStage, stages["talk"])
        env.records(PipelineStage).update(stage, {"probability": Decimal(20), "stale_days": 3})

    with cast.env("sales", write=False) as env:
        found = env.get(Opportunity, living)
        assert (found.forecast, found.stale_on) == (20, env.today + timedelta(days=3))
        assert env.get(Opportunity, closed).forecast == 100


def test_a_visit_names_an_opportunity_of_its_customer(cast: Cast, begin: Begin) -> None:
    mine, other = begin(), begin()
    with cast.env("sales") as env:
        customer = env.get(Opportunity, mine).customer_id
        visit = env.records(Visit).create({"content": "Talked", "opportunity_id": mine})
        assert visit.customer_id == customer

        with pytest.raises(Invalid) as refused:
            env.records(Visit).create({"content": "Talked", "customer_id": customer, "opportunity_id": other})
        assert set(refused.value.fields) == {"opportunity_id"}


def test_a_contact_of_another_customer_is_refused(cast: Cast, begin: Begin) -> None:
    id = begin()
    with cast.env("sales") as env:
        elsewhere = env.records(Customer).create({"name": "Elsewhere"}).id
        contact = env.records(Contact).create({"name": "Lin", "customer_id": elsewhere}).id

        with pytest.raises(Invalid) as refused:
            env.records(Opportunity).update(env.get(Opportunity, id), {"contact_id": contact})
        assert set(refused.value.fields) == {"contact_id"}


def test_others_see_nothing_of_it(cast: Cast, begin: Begin) -> None:
    id = begin()

    for reader in ("manager", "gm"):
        with cast.env(reader, write=False) as env:
            assert env.get(Opportunity, id).name == "A deal"
    with cast.env("sales2", write=False) as env:
        with pytest.raises(NotFound):
            env.get(Opportunity, id)
        assert env.session.scalars(select(OpportunityStageChange)).all() == []


def test_a_stage_and_what_is_in_it_are_changed_at_once(begin: Begin, stages: Stages, cast: Cast, backend: str) -> None:
    if backend == "sqlite":
        pytest.skip("SQLite has one writer.")
    id = begin(amount=Decimal(100))
    said: list[str] = []

    def likelier() -> None:
        with cast.env("admin") as env:
            stage = env.get(PipelineStage, stages["talk"])
            env.records(PipelineStage).update(stage, {"probability": Decimal(77)})
        said.append("stage")

    other = Thread(target=likelier)
    with cast.env("sales") as env:
        opportunity = env.get(Opportunity, id)
        env.connection_of_core.execute(
            select(Customer.id).where(Customer.id == opportunity.customer_id).with_for_update(key_share=True)
        )
        other.start()
        time.sleep(0.5)
        env.records(Opportunity).update(opportunity, {"name": "Other"})
        said.append("opportunity")
    other.join(20)

    assert said == ["opportunity", "stage"]
    with cast.env("sales") as env:
        found = env.get(Opportunity, id)
        assert (found.name, found.probability) == ("Other", Decimal(77))
