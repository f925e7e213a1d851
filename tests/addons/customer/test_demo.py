import time
from collections import Counter

import pytest
from sqlalchemy import func, inspect, select, text

from addons.base.business_number import is_business_number
from addons.customer.models import Contact, Customer, OwnershipPeriod, Visit
from addons.opportunity.models import Opportunity
from addons.sales.models import Quote
from core import clock
from core.access import users
from core.access.models import Department, Share, User
from core.addons import demo
from core.deletion import restore
from core.errors import Conflict
from core.orm.tables import Change
from core.site import Site


def rows(site: Site) -> dict[str, list[str]]:
    """Everything in the database but the insides of search indexes, counters of numbers included."""
    found = {}
    with site.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            if name != "core_version" and not name.endswith(("_search_data", "_search_idx")):
                found[name] = sorted(str(tuple(r)) for r in connection.execute(text(f'SELECT * FROM "{name}"')))
    return found


def count(site: Site, model: type) -> int:
    with site.system("count", write=False) as env:
        return int(env.session.scalar(select(func.count()).select_from(model)) or 0)


def test_demo_loads_a_company_within_seconds(company: Site) -> None:
    before = count(company, User)
    started = time.monotonic()

    demo.load(company)

    assert time.monotonic() - started < 60
    assert demo.is_loaded(company)
    assert (count(company, Customer), count(company, Contact), count(company, Visit)) == (120, 200, 400)
    assert count(company, User) - before == 15
    with company.system("look", write=False) as env:
        departments = env.session.scalars(select(Department.name).order_by(Department.id)).all()
        assert list(departments)[-3:] == ["北區業務部", "南區業務部", "管理部"]
        assert env.setting("company.name") == "宏岳自動化設備股份有限公司"
        assert is_business_number(env.setting("company.business_number"))


def test_demo_is_plausible(demo_company: Site) -> None:
    with demo_company.system("look", write=False) as env:
        customers = env.session.scalars(select(Customer)).all()
        visits = env.session.scalars(select(Visit)).all()
        assert len({c.region for c in customers}) == 7
        assert len({c.industry for c in customers}) == 8
        assert len({c.name for c in customers}) == 120
        assert {c.status for c in customers} == {"potential", "intent", "won", "lost", "invalid"}
        assert all(is_business_number(c.tax_id) for c in customers if c.tax_id)
        assert sum(c.last_visit_on is None for c in customers) == 14
        assert sum(c.next_contact_on is not None and c.next_contact_on < env.today for c in customers) >= 10
        assert sum(c.owner_id is None for c in customers) == 4
        assert len({c.parent_id for c in customers if c.parent_id}) == 2
        assert all(v.visited_at <= clock.now() for v in visits)
        assert min((clock.now() - v.visited_at).days for v in visits) < 31
        assert max((clock.now() - v.visited_at).days for v in visits) <= 366
        assert len({v.content for v in visits}) == 400
        sentences = Counter(s for v in visits for s in v.content.split("。") if len(s) > 12)
        assert max(sentences.values()) < 20
        assert env.session.scalar(select(func.count()).select_from(Share)) == 6


def test_demo_agrees_with_itself(demo_company: Site) -> None:
    with demo_company.system("look", write=False) as env:
        for customer in env.session.scalars(select(Customer)):
            visits = env.session.scalars(
                select(Visit).where(Visit.customer_id == customer.id).order_by(Visit.visited_at)
            ).all()
            if visits:
                assert customer.last_visit_on == visits[-1].visited_at.astimezone(env.timezone).date()
                assert customer.next_contact_on == visits[-1].next_contact_on
            periods = env.session.scalars(
                select(OwnershipPeriod).where(OwnershipPeriod.customer_id == customer.id)
            ).all()
            lasting = [period for period in periods if period.until is None]
            assert [period.owner_id for period in lasting] == [customer.owner_id]
            assert customer.created_at < clock.now()
            contacts = env.session.scalars(select(Contact).where(Contact.customer_id == customer.id)).all()
            assert sum(contact.is_primary for contact in contacts) == (1 if contacts else 0)
            assert {v.root_owner_id for v in visits} <= {customer.owner_id}


def test_demo_history_lies_in_the_past_and_has_authors(demo_company: Site) -> None:
    with demo_company.system("look", write=False) as env:
        entries = env.session.scalars(select(Change).where(Change.model == "customer")).all()
        assert Counter(entry.action for entry in entries) == {"create": 120, "assign": 23}
        assert all((clock.now() - entry.at).total_seconds() > 3600 for entry in entries)
        assert all(entry.user_id is not None for entry in entries)
        assert all(entry.reason for entry in entries if entry.action == "assign")


def test_demo_people_sign_in_and_see_what_they_should(demo_company: Site) -> None:
    seen = {}
    for username, _description in demo.SIGN_INS:
        with demo_company.system("look", write=False) as env:
            id = users.verify_password(env, username, demo.PASSWORD)
            assert id is not None
        with demo_company.env(id) as env:
            seen[username] = env.session.scalar(select(func.count(Customer.id))) or 0
    with demo_company.system("look", write=False) as env:
        assert users.verify_password(env, "liu.tsunghan", demo.PASSWORD) is None
    assert seen["gm"] == 120
    assert 15 < seen["sales"] < seen["manager"] < 120
    assert (seen["accountant"], seen["admin"]) == (0, 0)


def test_demo_is_searchable_for_those_who_may(demo_company: Site) -> None:
    with demo_company.system("look", write=False) as env:
        manager = env.session.scalars(select(User.id).where(User.username == "manager")).one()
        name = env.session.scalars(select(Customer.name).order_by(Customer.id)).first()
    assert name is not None
    with demo_company.env(manager) as env:
        assert env.actor.may("customer", "read")


def test_demo_removed_leaves_nothing(company: Site) -> None:
    before = rows(company)
    demo.load(company)

    demo.remove(company)

    assert rows(company) == before
    assert not demo.is_loaded(company)


def test_demo_loads_again_after_it_was_removed(demo_company: Site) -> None:
    demo.remove(demo_company)

    demo.load(demo_company)

    with demo_company.system("look", write=False) as env:
        assert env.session.scalar(select(func.min(Customer.number))) == "C00001"


def test_demo_takes_what_people_added_to_it_and_leaves_what_is_theirs(company: Site) -> None:
    with company.system("look", write=False) as env:
        gm = env.session.scalars(select(User.id).where(User.username == "real.gm")).one()
    with company.env(gm, write=True) as env:
        own = env.records(Customer).create({"name": "真正的客戶", "next_contact_on": env.today}).id
        act = env.records(Customer).delete(env.records(Customer).create({"name": "刪掉的"}))
    demo.load(company)
    with company.env(gm, write=True) as env:
        theirs = env.session.scalars(select(Customer).where(Customer.parent_id.is_(None)).order_by(Customer.id)).all()
        example = next(c for c in theirs if c.id != own)
        env.records(Visit).create({"customer_id": example.id, "content": "真人寫的紀錄"})
        env.records(Contact).create({"name": "新窗口", "customer_id": example.id})
        env.records(Customer).update(env.get(Customer, own), {"parent_id": example.id})
        sold_to = {
            *env.session.scalars(select(Quote.customer_id)),
            *env.session.scalars(select(Opportunity.customer_id)),
        }
        binned = next(c for c in theirs if c.id not in {own, example.id, *sold_to})
        env.records(Customer).delete(binned)
        sales = env.session.scalars(select(User.id).where(User.username == "sales")).one()
    with company.env(gm, write=True) as env:
        env.records(Customer).assign(env.get(Customer, own), to=sales)

    demo.remove(company)

    with company.env(gm, write=True) as env:
        kept = env.records(Customer).get(own)
        assert (kept.name, kept.owner_id, kept.parent_id) == ("真正的客戶", None, None)
        assert kept.number == "C00001"
        restore(env, act)
    assert (count(company, Customer), count(company, Contact), count(company, Visit)) == (2, 0, 0)
    with company.system("look", write=False) as env:
        left = set(env.session.scalars(select(Change.model).where(Change.model.in_(("visit", "contact")))))
        assert left == set()


def test_demo_keeps_settings_that_were_changed_since(demo_company: Site) -> None:
    from addons.base.services import CompanySettings

    with demo_company.system("arrange") as env:
        assert env.setting("company.name") == "宏岳自動化設備股份有限公司"
        env.service(CompanySettings).save({"phone": "02-8765-4321"})

    demo.remove(demo_company)

    with demo_company.system("look", write=False) as env:
        assert (env.setting("company.name"), env.setting("company.phone")) == (None, "02-8765-4321")
        assert env.setting("company.address") is None


def test_demo_leaves_a_company_with_particulars_of_its_own_alone(company: Site) -> None:
    from addons.base.services import CompanySettings

    with company.system("arrange") as env:
        env.service(CompanySettings).save({"name": "真公司", "phone": "02-2345-6789"})

    demo.load(company)

    with company.system("look", write=False) as env:
        assert (env.setting("company.name"), env.setting("company.phone")) == ("真公司", "02-2345-6789")
        assert env.setting("company.address") is None


def test_demo_is_not_loaded_twice(demo_company: Site) -> None:
    with pytest.raises(Conflict):
        demo.load(demo_company)

    assert count(demo_company, Customer) == 120


def test_demo_does_not_take_real_peoples_names(site: Site) -> None:
    with pytest.raises(Conflict) as refused:
        demo.load(site)

    assert "admin" in str(refused.value.message)
    assert not demo.is_loaded(site)
    assert count(site, Customer) == 0
