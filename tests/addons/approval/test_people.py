"""Whom a step means: a role, supervisors and managers so many levels up, and who of them can decide."""

from typing import Any

import pytest
from sqlalchemy import select, update

from addons.approval.people import asked_by
from addons.approval.steps import Step
from addons.sales.models import Quote
from core.access.models import Department, User
from core.api import Role
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from tests.addons.approval.conftest import MakeQuote


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def quote(site: Site, cast: Cast, make_quote: MakeQuote) -> int:
    """A draft of sales, below manager, below gm; manager leads North, which is below the house that gm leads."""
    id = make_quote(submits=False)
    with site.system("an organisation") as env:
        for user, above in ((cast.sales, cast.manager), (cast.manager, cast.gm), (cast.gm, cast.sales)):
            env.session.execute(update(User).where(User.id == user).values(supervisor_id=above))
        house = env.records(Department).create({"name": "House"})
        north = env.session.scalars(select(Department).where(Department.name == "North")).one()
        env.session.flush()
        for department, manager, parent in ((house, cast.gm, None), (north, cast.manager, house.id)):
            department.manager_id, department.parent_id = manager, parent
        env.session.flush()
        bump(env.connection_of_core, "organisation")
    return id


def asked(cast: Cast, quote: int, by: str = "sales", **step: Any) -> list[str]:
    names = {number: name for name, number in cast.ids.items()}
    with cast.env(by) as env:
        record = env.get(Quote, quote)
        found = asked_by(env, Step(**step), record, submitter=env.user_id, self_approval=False)
    return [names[each.user] for each in found]


@pytest.mark.parametrize(
    ("who", "levels", "expected"),
    [
        ("supervisor", 1, ["manager"]),
        ("supervisor", 2, ["gm"]),
        # Above gm comes sales again: a circle has an end.
        ("supervisor", 3, []),
        ("manager", 1, ["manager"]),
        ("manager", 2, ["gm"]),
        ("manager", 3, []),
    ],
)
def test_levels_above_who_submits(cast: Cast, quote: int, who: str, levels: int, expected: list[str]) -> None:
    assert asked(cast, quote, who=who, levels=levels) == expected


def test_above_the_owner_whoever_submits(cast: Cast, quote: int) -> None:
    assert asked(cast, quote, by="gm", who="supervisor", whose="owner") == ["manager"]
    assert asked(cast, quote, by="manager", who="supervisor", whose="submitter") == ["gm"]


def test_a_manager_is_not_above_themselves(cast: Cast, quote: int) -> None:
    assert asked(cast, quote, by="manager", who="manager", levels=1) == ["gm"]


def test_a_role_means_those_who_have_it_and_may_read_the_document_but_its_submitter(
    site: Site, cast: Cast, quote: int
) -> None:
    with site.system("look", write=False) as env:
        roles = dict(env.session.execute(select(Role.preset, Role.id)).all())

    assert asked(cast, quote, who="role", role=roles["manager"]) == ["manager"]
    assert asked(cast, quote, by="manager", who="role", role=roles["manager"]) == []
    # sales2 has the role and does not see the quote; sales has submitted it.
    assert asked(cast, quote, who="role", role=roles["salesperson"]) == []
    assert asked(cast, quote, who="role", role=999_999) == []
