from sqlalchemy import func, select

from addons.approval.models import ApprovalFlow, ApprovalRequest, ApprovalSigner
from addons.sales.models import Quote
from core.access.models import User
from core.addons import demo
from core.site import Site


def test_a_quote_of_the_demo_waits_for_the_general_manager_and_goes_with_it(demo_company: Site) -> None:
    with demo_company.system("look", write=False) as env:
        users = dict(env.session.execute(select(User.username, User.id).where(User.is_demo)).all())
        requests = env.session.scalars(select(ApprovalRequest)).all()
        quotes = [env.session.get_one(Quote, each.record_id) for each in requests]
        signers = set(env.session.scalars(select(ApprovalSigner.user_id).where(ApprovalSigner.state == "asked")))
        waiting = [quote for quote in quotes if env.workflow.waiting(quote)]
    assert requests
    assert all(quote.state == "submitted" and quote.highest_discount > 15 for quote in waiting)
    assert len(waiting) == len(requests)
    assert [each.submitter_id for each in requests] == [quote.submitted_by_id for quote in quotes]
    assert users["sales"] in {each.submitter_id for each in requests}
    assert {each.state for each in requests} == {"pending"}
    assert signers == {users["gm"]}

    demo.remove(demo_company)

    with demo_company.system("look", write=False) as env:
        left = [env.session.scalar(select(func.count(m.id))) for m in (ApprovalFlow, ApprovalRequest, ApprovalSigner)]
    assert left == [0, 0, 0]
