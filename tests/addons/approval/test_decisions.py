"""A quote goes through its flow: who is asked, what their decisions do, and what does not count as one."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from addons.approval.errors import DecidedAlready, Ended, NotAsked, NotSubmitter, OwnDocument, Unreadable
from addons.approval.models import ApprovalEntry, ApprovalRequest, ApprovalSigner
from addons.approval.services import Approvals, Seen, Substitutes
from addons.sales.models import Quote
from core.access.models import Grant
from core.api import Forbidden, Invalid, Locked, NotFound, Role, Stale, Waiting
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from tests.addons.approval.conftest import MakeFlow, MakeQuote


def state(site: Site, id: int) -> tuple[str, str]:
    """The state of the quote, and that of its last request."""
    with site.system("look", write=False) as env:
        wanted = (
            select(ApprovalRequest.state).where(ApprovalRequest.record_id == id).order_by(ApprovalRequest.id.desc())
        )
        return env.session.get_one(Quote, id).state, env.session.scalar(wanted.limit(1)) or ""


def request_of(site: Site, id: int) -> int:
    with site.system("look", write=False) as env:
        return env.session.scalars(select(ApprovalRequest.id).where(ApprovalRequest.record_id == id)).all()[-1]


def asked(site: Site, cast: Cast, id: int) -> list[str]:
    names = {number: name for name, number in cast.ids.items()}
    with site.system("look", write=False) as env:
        wanted = select(ApprovalSigner.user_id).where(
            ApprovalSigner.request_id == request_of(site, id), ApprovalSigner.state == "asked"
        )
        return [names[user] for user in env.session.scalars(wanted.order_by(ApprovalSigner.id))]


def trail(site: Site, id: int) -> list[tuple[str, str]]:
    with site.system("look", write=False) as env:
        wanted = select(ApprovalEntry).where(ApprovalEntry.request_id == request_of(site, id))
        return [(entry.action, entry.opinion) for entry in env.session.scalars(wanted.order_by(ApprovalEntry.id))]


def decide(cast: Cast, by: str, id: int, name: str = "approve", **given: Any) -> Any:
    """On the quote itself, as the page and the API do it."""
    with cast.env(by) as env:
        return env.workflow.perform(env.get(Quote, id), name, **given)


def act(cast: Cast, site: Site, by: str, id: int, name: str, **given: Any) -> Any:
    """On the request."""
    with cast.env(by) as env:
        service = Substitutes if hasattr(Substitutes, name) else Approvals
        return getattr(env.service(service), name)(request_of(site, id), **given)


def test_without_a_flow_the_grant_alone_decides(site: Site, cast: Cast, make_quote: MakeQuote) -> None:
    id = make_quote()

    assert decide(cast, "manager", id).state == "approved"
    assert state(site, id) == ("approved", "")


def test_a_submitted_quote_waits_and_is_approved_step_by_step(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager", "gm")
    id = make_quote()

    assert (state(site, id), asked(site, cast, id)) == (("submitted", "pending"), ["manager"])
    with pytest.raises(Locked), cast.env("sales") as env:
        env.records(Quote).update(env.get(Quote, id), {"name": "anders"})
    first = decide(cast, "manager", id)
    assert (first.state, len(first.waiting), asked(site, cast, id)) == ("submitted", 1, ["gm"])
    second = decide(cast, "gm", id)

    assert (second.state, second.waiting) == ("approved", ())
    assert state(site, id) == ("approved", "approved")
    assert trail(site, id) == [("submitted", ""), ("approved", ""), ("approved", "")]


def test_only_a_flow_whose_conditions_hold_applies_and_the_first_counts(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("gm", name="big", conditions=["name:contains:big"], position=2)
    make_flow("manager", name="first", conditions=["name:contains:big", "name:contains:first"], position=1)
    make_flow("accountant", name="off", is_active=False, position=1)

    small, big, first = make_quote(), make_quote(name="big"), make_quote(name="big first")

    assert state(site, small) == ("submitted", "")
    assert (asked(site, cast, big), asked(site, cast, first)) == (["gm"], ["manager"])


def test_reject_makes_the_transition_reject_with_the_opinion(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow(["manager", "gm"])
    id = make_quote()

    done = decide(cast, "manager", id, "reject", reason="too cheap")

    assert done.state == "draft"
    assert (state(site, id), asked(site, cast, id)) == (("draft", "rejected"), [])
    assert trail(site, id)[-1] == ("rejected", "too cheap")


def test_send_back_and_withdraw_make_the_transition_recall(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    sent, taken, withdrawn = make_quote(), make_quote(), make_quote()

    act(cast, site, "manager", sent, "send_back", opinion="please explain")
    decide(cast, "sales", taken, "recall")
    with cast.env("sales") as env:
        env.workflow.withdraw(env.get(Quote, withdrawn), reason="changed my mind")

    assert state(site, sent) == ("draft", "sent_back")
    assert state(site, taken) == state(site, withdrawn) == ("draft", "withdrawn")


def test_all_any_and_in_turn(site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow) -> None:
    people = {"who": "users", "users": [cast.manager, cast.gm]}
    for how in ("all", "any", "turn"):
        make_flow(people | {"how": how}, name=how, conditions=[f"name:is:{how}"])
    everybody, anybody, turn = (make_quote(name=how) for how in ("all", "any", "turn"))

    assert [asked(site, cast, id) for id in (everybody, anybody, turn)] == [
        ["manager", "gm"],
        ["manager", "gm"],
        ["manager"],
    ]
    with pytest.raises(NotAsked):
        decide(cast, "gm", turn)
    for id in (everybody, anybody, turn):
        decide(cast, "manager", id)
    assert [state(site, id)[0] for id in (everybody, anybody, turn)] == ["submitted", "approved", "submitted"]
    assert asked(site, cast, turn) == ["gm"]
    for id in (everybody, turn):
        decide(cast, "gm", id)
    assert [state(site, id)[0] for id in (everybody, turn)] == ["approved", "approved"]


def test_what_is_no_decision_is_said_clearly(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow(["manager", "gm"])
    id = make_quote(by="manager", owner_id=cast.manager)
    assert asked(site, cast, id) == ["gm"]

    with pytest.raises(OwnDocument):
        decide(cast, "manager", id)
    with pytest.raises(Stale):
        decide(cast, "gm", id, version=99)
    with pytest.raises(NotSubmitter):
        decide(cast, "gm", id, "recall")
    with pytest.raises(NotFound):
        act(cast, site, "sales2", id, "approve")
    with pytest.raises(Waiting):
        decide(cast, "gm", id, "void", reason="x")
    decide(cast, "gm", id)
    with pytest.raises(DecidedAlready):
        act(cast, site, "gm", id, "approve")


def test_who_comes_too_late_is_told_who_has_decided_and_how(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow({"who": "users", "users": [cast.manager, cast.gm], "how": "any"})
    approved, rejected, withdrawn = make_quote(), make_quote(), make_quote()
    act(cast, site, "manager", approved, "approve")
    act(cast, site, "manager", rejected, "reject", opinion="no")
    decide(cast, "sales", withdrawn, "recall")

    told = []
    for id in (approved, rejected, withdrawn):
        with pytest.raises(Ended) as refused:
            act(cast, site, "gm", id, "approve")
        told.append(str(refused.value.message).split(" in the meantime")[0].split(" ", 1)[1])

    assert [text.split("has ")[1] for text in told] == ["approved this", "rejected this", "withdrawn this"]


def test_pressing_twice_decides_one_step_of_two(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager", "manager", "gm")
    id = make_quote()
    seen = Seen(step=0)

    act(cast, site, "manager", id, "approve", seen=seen)
    with pytest.raises(DecidedAlready):
        act(cast, site, "manager", id, "approve", seen=seen)

    assert asked(site, cast, id) == ["manager"]
    assert [action for action, _opinion in trail(site, id)] == ["submitted", "approved"]


def test_a_decision_on_what_has_changed_since_does_not_count(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    id = make_quote()
    with site.system("look", write=False) as env:
        version = env.session.get_one(Quote, id).version
    with site.system("somebody changes it") as env:
        env.session.get_one(Quote, id).note = "changed"

    with pytest.raises(Stale):
        act(cast, site, "manager", id, "approve", seen=Seen(step=0, version=version))

    assert state(site, id) == ("submitted", "pending")


def test_who_may_not_read_the_document_any_more_leaves_the_decision_to_somebody_else(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    id = make_quote()
    with site.system("manager loses sight of quotes") as env:
        role = env.session.scalar(select(Role.id).where(Role.preset == "manager"))
        env.session.execute(delete(Grant).where(Grant.model == "quote", Grant.role_id == role))
        bump(env.connection_of_core, "organisation")

    with pytest.raises(Unreadable):
        act(cast, site, "manager", id, "approve")
    act(cast, site, "manager", id, "delegate", to=cast.gm)

    assert asked(site, cast, id) == ["gm"]


def test_the_last_decider_stands_on_the_document_as_who_has_approved_it(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager", "gm")
    id = make_quote()
    decide(cast, "manager", id)

    act(cast, site, "gm", id, "approve")

    with site.system("look", write=False) as env:
        assert env.session.get_one(Quote, id).approved_by_id == cast.gm


def test_deciding_twice_is_noticed(site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow) -> None:
    make_flow(["manager", "gm"])
    id = make_quote()
    decide(cast, "manager", id)

    with pytest.raises(DecidedAlready):
        decide(cast, "manager", id)


def test_the_submitter_signs_where_the_flow_says_so(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager", self_approval=True)
    id = make_quote(by="manager", owner_id=cast.manager)

    assert decide(cast, "manager", id).state == "approved"


def test_a_decision_needs_no_grant_to_approve(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    """The salesperson sees the quote of the manager as its customer is theirs, and may not approve quotes."""
    make_flow({"who": "users", "users": [cast.sales]})
    id = make_quote(by="sales", submits=False)
    with cast.env("manager") as env:
        env.workflow.perform(env.get(Quote, id), "submit")

    assert decide(cast, "sales", id).state == "approved"


def test_a_flow_that_changes_leaves_running_requests_as_they_are(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    from addons.approval.models import ApprovalFlow

    flow = make_flow("manager", "gm")
    id = make_quote()
    with cast.env("admin") as env:
        changed = {"steps": [{"who": "users", "users": [cast.manager]}]}
        env.records(ApprovalFlow).update(env.get(ApprovalFlow, flow), changed)

    decide(cast, "manager", id)

    assert asked(site, cast, id) == ["gm"]


def test_delegating_leaves_the_decision_to_somebody_who_may_see_the_document(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    id = make_quote()

    with pytest.raises(Invalid, match="may not see"):
        act(cast, site, "manager", id, "delegate", to=cast.sales2)
    with pytest.raises(Invalid, match="submitted"):
        act(cast, site, "manager", id, "delegate", to=cast.sales)
    act(cast, site, "manager", id, "delegate", to=cast.gm)

    assert asked(site, cast, id) == ["gm"]
    with pytest.raises(NotAsked):
        decide(cast, "manager", id)
    assert decide(cast, "gm", id).state == "approved"


@pytest.mark.parametrize(("place", "order"), [("before", ["gm", "manager"]), ("after", ["manager", "gm"])])
def test_a_signer_is_added_before_or_after(
    place: str, order: list[str], site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    id = make_quote()

    act(cast, site, "manager", id, "add_signer", to=cast.gm, place=place, opinion="what do you think?")

    assert asked(site, cast, id) == [order[0]]
    decide(cast, order[0], id)
    assert (state(site, id)[0], asked(site, cast, id)) == ("submitted", [order[1]])
    assert decide(cast, order[1], id).state == "approved"


def test_where_nobody_can_decide_submitter_and_administrators_are_told(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    from core.notifications import reading

    make_flow("manager")
    id = make_quote(by="manager", owner_id=cast.manager)

    assert state(site, id) == ("submitted", "stuck")
    for who in ("manager", "admin"):
        with cast.env(who, write=False) as env:
            assert "step 1" in reading.latest(env, 1)[0].text
    with pytest.raises(Forbidden):
        act(cast, site, "gm", id, "appoint", to=cast.gm)
    with pytest.raises(Invalid):
        act(cast, site, "admin", id, "appoint", to=cast.sales2)
    act(cast, site, "admin", id, "appoint", to=cast.gm)
    assert decide(cast, "gm", id).state == "approved"


def test_a_flow_that_cannot_be_judged_holds_the_document_back(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    from addons.approval.errors import BrokenFlow
    from addons.approval.models import ApprovalFlow

    flow = make_flow("gm")
    with site.system("the field of an addon that is gone") as env:
        env.session.get_one(ApprovalFlow, flow).conditions = ["nothing:is:1"]
    id = make_quote(submits=False)

    with pytest.raises(BrokenFlow, match="flow"):
        decide(cast, "sales", id, "submit")

    assert state(site, id) == ("draft", "")
