"""The page where administrators change the templates of numbers."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from addons.base.services.numbering import Numberings
from addons.customer.models import Customer
from core.errors import Forbidden, Invalid
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

KEY = "customer.number"
URL = f"/settings/numbering/{KEY}"


@pytest.fixture
def visitor(visit: Callable[[str], Visitor]) -> Visitor:
    return visit("admin")


def number(cast: Cast) -> str:
    with cast.env("sales") as env:
        return str(env.records(Customer).create({"name": "x"}).number)


def test_the_list_shows_template_and_next_number(cast: Cast, visitor: Visitor) -> None:
    number(cast)

    page = visitor.get("/settings/numbering").get_data(as_text=True)

    assert "Customers › Customer number" in page
    assert "<code>C{#####}</code>" in page
    assert "<code>C00002</code>" in page


def test_the_form_shows_the_template_and_the_next_number(visitor: Visitor) -> None:
    page = visitor.get(URL).get_data(as_text=True)

    assert 'value="C{#####}"' in page
    assert ">C00001</output>" in page
    assert "<code>{roc}</code>" in page


def test_another_template_holds_for_the_numbers_to_come(site: Site, cast: Cast, visitor: Visitor) -> None:
    first = number(cast)

    answer = visitor.post(URL, {"template": "K-{#####}"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/numbering")
    assert (first, number(cast)) == ("C00001", "K-00002")
    with site.system("look", write=False) as env:
        entry = env.session.scalars(select(Change).where(Change.model == "settings")).one()
    assert entry.changes == {"numbering.customer.number": ["C{#####}", "K-{#####}"]}


def test_an_empty_template_goes_back_to_the_addons_own(cast: Cast, visitor: Visitor) -> None:
    visitor.post(URL, {"template": "K-{#####}"})

    visitor.post(URL, {"template": ""})

    assert number(cast) == "C00001"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("C", "There must be one counter, such as {####}."),
        ("C{month}{###}", "“{month}” is not a part of a number."),
        ("C{mm}{####}", "A number with the month needs the year as well."),
        ("C-{yyyy}{mm}{dd}-{##########}", "At most 20 characters; these are 21."),
    ],
)
def test_a_template_that_cannot_be_is_refused_at_its_field(visitor: Visitor, template: str, message: str) -> None:
    answer = visitor.post(URL, {"template": template})

    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert f'value="{template}"' in answer.get_data(as_text=True)


def test_a_counter_is_not_made_narrower_than_it_is_by_now(site: Site, cast: Cast) -> None:
    with site.system("many customers") as env:
        from core.orm.numbers import advance

        advance(env.connection_of_core, KEY, 999)

    with cast.env("admin") as env:
        with pytest.raises(Invalid) as refused:
            env.service(Numberings).save(KEY, "C{###}")
        env.service(Numberings).save(KEY, "C{####}")

    assert str(refused.value.fields["template"][0]) == "The counter needs at least 4 places by now."


def test_the_preview_shows_the_next_number_or_what_is_wrong(visitor: Visitor) -> None:
    good = visitor.get(f"{URL}/preview?template=X-%7B%23%23%23%7D").get_data(as_text=True)
    bad = visitor.get(f"{URL}/preview?template=X").get_data(as_text=True)

    assert good == "X-001"
    assert bad == "There must be one counter, such as {####}."


def test_who_may_not_change_settings_sees_nothing(cast: Cast, visit: Callable[[str], Visitor]) -> None:
    for address in ("/settings/numbering", URL, f"{URL}/preview"):
        assert visit("gm").get(address).status_code == 403
    with cast.env("gm") as env, pytest.raises(Forbidden):
        env.service(Numberings).save(KEY, "C{###}")


def test_a_field_without_numbers_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/settings/numbering/customer.name").status_code == 404
