from sqlalchemy import func, select

from addons.opportunity.models import Opportunity, OpportunityStageChange, Pipeline, PipelineStage
from core.site import Site


def test_the_demo_opportunities(demo_company: Site) -> None:
    with demo_company.system("look", write=False) as env:
        counts = {m.__tablename__: env.session.scalar(select(func.count(m.id))) for m in (Pipeline, PipelineStage)}
        states = dict(
            env.session.execute(select(Opportunity.state, func.count(Opportunity.id)).group_by(Opportunity.state)).all()
        )
        stale = env.session.scalar(
            select(func.count(Opportunity.id)).where(Opportunity.stale_on < env.today, Opportunity.state == "open")
        )
        future = env.session.scalar(select(func.count(Opportunity.id)).where(Opportunity.closed_on > env.today))
        last = select(func.max(OpportunityStageChange.id)).group_by(OpportunityStageChange.opportunity_id)
        astray = env.session.scalar(
            select(func.count(OpportunityStageChange.id))
            .join(Opportunity, Opportunity.id == OpportunityStageChange.opportunity_id)
            .where(OpportunityStageChange.id.in_(last), OpportunityStageChange.to_stage_id != Opportunity.stage_id)
        )

    assert counts == {"pipeline": 2, "pipeline_stage": 8}
    assert states == {"open": 52, "on_hold": 6, "won": 20, "lost": 12}
    assert stale is not None
    assert 3 <= stale <= 20
    assert (future, astray) == (0, 0)
