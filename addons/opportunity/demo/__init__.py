"""The opportunities of the demo company: what its customers might buy, and what became of it over the last year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select

from addons.customer.models import Contact, Customer, Visit
from addons.opportunity.demo.deals import LOST_NOTES, PIPELINES, deal_name
from addons.opportunity.models import Opportunity, OpportunityStageChange, Pipeline, PipelineStage, VisitOpportunity
from addons.opportunity.services.figures import HUNDRED, forecast_of, stale_from
from core.api import Env, User, acting_as, backdate, clock

SEED = 11
OPPORTUNITIES = 90
STATES = (("open", 52), ("on_hold", 6), ("won", 20), ("lost", 12))
STATUSES = {
    "open": ("intent", "potential", "won"),
    "on_hold": ("intent", "potential"),
    "won": ("won",),
    "lost": ("lost", "intent", "potential"),
}
"""What customers an opportunity in a state is for."""


def load(env: Env) -> None:
    """Pipelines and opportunities, the same every day but for the dates."""
    _Loader(env).load()


class _Loader:
    """Writes them in a few flushes, each as somebody's doing, and moves them into the past."""

    def __init__(self, env: Env) -> None:
        self.env, self.random, self.today = env, Random(SEED), env.today
        self.users: dict[str, int] = dict(env.session.execute(select(User.username, User.id).where(User.is_demo)).all())
        self.stages: dict[int, list[PipelineStage]] = {}
        self.pipelines: list[Pipeline] = []
        self.moments: list[tuple[Opportunity, datetime]] = []

    def load(self) -> None:
        """Everything, one thing after the other."""
        self._add_pipelines()
        self._read_customers()
        made: dict[int | None, list[Opportunity]] = defaultdict(list)
        for state in [state for state, number in STATES for _place in range(number)]:
            customer = self._customer(state)
            made[customer.owner_id].append(self._opportunity(state, customer))
        for owner, found in made.items():
            with acting_as(self.env, owner) as session:
                session.add_all(found)
        backdate(self.env, self.moments)
        everything = [opportunity for found in made.values() for opportunity in found]
        self._add_changes(everything)
        self._name_in_visits(everything)

    def _add_pipelines(self) -> None:
        with acting_as(self.env, self.users["admin"]) as session:
            self.pipelines = [Pipeline(name=name, position=place) for place, (name, _s) in enumerate(PIPELINES, 1)]
            session.add_all(self.pipelines)
            session.flush()
            for pipeline, (_name, stages) in zip(self.pipelines, PIPELINES, strict=True):
                self.stages[pipeline.id] = [
                    PipelineStage(
                        pipeline_id=pipeline.id,
                        name=stage.name,
                        position=place,
                        probability=Decimal(stage.probability),
                        stale_days=stage.stale_days,
                        required_fields=list(stage.required),
                        backwards=stage.backwards,
                        tone=stage.tone,
                    )
                    for place, stage in enumerate(stages, 1)
                ]
                session.add_all(self.stages[pipeline.id])
            session.flush()
        setup = [*self.pipelines, *(stage for stages in self.stages.values() for stage in stages)]
        backdate(self.env, [(record, clock.now() - timedelta(days=730)) for record in setup])

    def _read_customers(self) -> None:
        """Those that somebody looks after, and who is talked to there."""
        wanted = select(Customer).where(Customer.owner_id.is_not(None)).order_by(Customer.id)
        self.customers: dict[str, list[Customer]] = defaultdict(list)
        for customer in self.env.session.scalars(wanted):
            self.customers[customer.status].append(customer)
        rows = self.env.session.execute(
            select(Contact.customer_id, Contact.id).order_by(Contact.is_primary, Contact.id.desc())
        )
        self.contacts: dict[int, int] = dict(rows.all())
        self.turns: dict[str, int] = defaultdict(int)

    def _customer(self, state: str) -> Customer:
        """The next one that such an opportunity fits."""
        fitting = [customer for status in STATUSES[state] for customer in self.customers[status]]
        self.turns[state] += 1
        return fitting[(self.turns[state] * 7) % len(fitting)]

    def _opportunity(self, state: str, customer: Customer) -> Opportunity:
        random, is_repeat = self.random, customer.status == "won" and self.random.random() < 0.6
        pipeline = self.pipelines[1 if is_repeat else 0]
        stages = self.stages[pipeline.id]
        stage = stages[-1] if state == "won" else random.choice(stages[:-1] if state == "lost" else stages)
        amount = Decimal(random.randint(8, 320) * 10_000)
        closed = self._closed_on(state, customer)
        since = (closed or self.today) - timedelta(days=random.randint(2, 40 if closed else 17))
        received = customer.received_on or since
        since = max(since, min(received, self.today))
        probability = {"won": HUNDRED, "lost": Decimal(0)}.get(state, stage.probability)
        opportunity = Opportunity(
            name=deal_name(random, customer.industry, is_repeat=is_repeat),
            customer_id=customer.id,
            contact_id=self.contacts.get(customer.id),
            state=state,
            pipeline_id=pipeline.id,
            stage_id=stage.id,
            amount=amount,
            probability=probability,
            forecast=forecast_of(amount, probability),
            expected_close_on=closed or self.today + timedelta(days=random.randint(-12, 150)),
            closed_on=closed,
            stage_since=self._at(since),
            stale_on=stale_from(since, stage.stale_days) if state == "open" else None,
            source="repeat" if is_repeat else random.choice(("visit", "enquiry", "exhibition", "referral", "tender")),
            owner_id=customer.owner_id,
        )
        if state == "lost":
            opportunity.lost_reason, opportunity.lost_note = random.choice(LOST_NOTES)
        began = max(since - timedelta(days=random.randint(10, 70)), min(received, since))
        self.moments.append((opportunity, self._at(began)))
        return opportunity

    def _closed_on(self, state: str, customer: Customer) -> date | None:
        """A deal is won on the day on which the customer first bought, or later."""
        if state not in ("won", "lost"):
            return None
        on = self.today - timedelta(days=self.random.randint(5, 330))
        return max(on, min(customer.deal_on or on, self.today)) if state == "won" else on

    def _add_changes(self, found: Sequence[Opportunity]) -> None:
        """One by one through the stages before, in the days that there were."""
        began = {id(opportunity): at for opportunity, at in self.moments}
        changes = [change for each in found for change in self._changes(each, began[id(each)])]
        with acting_as(self.env, None) as session:
            session.add_all(changes)
        backdate(self.env, [(change, change.changed_at) for change in changes])

    def _changes(self, opportunity: Opportunity, began: datetime) -> list[OpportunityStageChange]:
        stages = self.stages[opportunity.pipeline_id]
        passed = stages[: next(place for place, stage in enumerate(stages, 1) if stage.id == opportunity.stage_id)]
        step = (opportunity.stage_since - began) / max(len(passed) - 1, 1)
        moments = [began + step * place for place in range(len(passed))]
        moments[-1] = opportunity.stage_since
        return [
            OpportunityStageChange(
                opportunity_id=opportunity.id,
                from_stage_id=passed[place - 1].id if place else None,
                to_stage_id=stage.id,
                changed_at=moments[place],
                by_id=opportunity.owner_id,
                days=(moments[place] - moments[place - 1]).days if place else None,
            )
            for place, stage in enumerate(passed)
        ]

    def _name_in_visits(self, found: Sequence[Opportunity]) -> None:
        """The visits to a customer while it had one opportunity were about that one."""
        theirs: dict[int, list[Opportunity]] = defaultdict(list)
        for opportunity in found:
            theirs[opportunity.customer_id].append(opportunity)
        began = {id(opportunity): at for opportunity, at in self.moments}
        single = {customer: each[0] for customer, each in theirs.items() if len(each) == 1}
        with acting_as(self.env, None) as session:
            for visit in session.scalars(select(Visit).where(Visit.customer_id.in_(single))):
                opportunity = single[visit.customer_id]
                if visit.visited_at >= began[id(opportunity)]:
                    VisitOpportunity.of(visit).id = opportunity.id

    def _at(self, day: date) -> datetime:
        """Some minute of that day where the company is, but not in the future."""
        minute = self.random.randrange(9 * 60, 18 * 60, 5)
        moment = datetime.combine(day, time(), self.env.company_timezone) + timedelta(minutes=minute)
        return min(moment, clock.now())
