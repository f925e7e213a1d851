"""Opportunities on the pages of customers."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from addons.customer.models import Contact, Customer
from addons.opportunity.models import Opportunity
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.addons.opportunity.conftest import Begin, Stages

Visit = Callable[[str], Visitor]


def test_one_click_on_a_customer_begins_with_what_is_known(visit: Visit, cast: Cast, stages: Stages) -> None:
    with cast.env("sales") as env:
        owner = env.user_id
        customer = env.records(Customer).create({"name": "Known"}).id
        contact = env.records(Contact).create({"name": "Lin", "customer_id": customer}).id

    def begun(who: str) -> dict[str, list[str]]:
        answer = visit(who).post(f"/customer/{customer}/actions/new_opportunity", {})
        assert urlsplit(answer.location).path == "/opportunity/new"
        return parse_qs(urlsplit(answer.location).query)

    mine, of_the_manager = begun("sales"), begun("manager")
    form = visit("sales").get(f"/opportunity/new?customer_id={customer}").get_data(as_text=True)

    assert (mine["customer_id"], mine["contact_id"]) == ([str(customer)], [str(contact)])
    assert of_the_manager["owner_id"] == [str(owner)]
    assert f'value="{stages["talk"]}"' in form


def test_the_customer_lists_its_opportunities(visit: Visit, cast: Cast, begin: Begin) -> None:
    id = begin()
    with cast.env("sales", write=False) as env:
        customer = env.get(Opportunity, id).customer_id

    page = visit("sales").get(f"/customer/{customer}/tab/opportunities").get_data(as_text=True)

    assert "A deal" in page
    assert visit("sales2").get(f"/customer/{customer}/tab/opportunities").status_code == 404


def test_opportunities_go_with_their_customer(cast: Cast, begin: Begin) -> None:
    id = begin()
    with cast.env("gm") as env:
        customer = env.get(Customer, env.get(Opportunity, id).customer_id)
        env.records(Customer).assign(customer, to=cast.ids["sales2"])

    with cast.env("sales2", write=False) as env:
        assert env.get(Opportunity, id).name == "A deal"
