"""What a company begins with that has no demo data."""

import pytest
from sqlalchemy import func, select

from addons.opportunity.models import Pipeline, PipelineStage
from core.addons import lifecycle, starting
from core.site import Site


@pytest.fixture
def backend() -> str:
    return "sqlite"


def names(site: Site) -> list[str]:
    with site.system("look", write=False) as env:
        return list(env.session.scalars(select(Pipeline.name).order_by(Pipeline.id)))


def test_site_begins_with_what_its_addons_need(site: Site) -> None:
    with site.system("begin") as env:
        starting.begin(env)
        stages = env.session.scalar(select(func.count()).select_from(PipelineStage))

    assert names(site) == ["銷售流程"]
    assert stages == 5


def test_nothing_is_added_where_something_is(site: Site) -> None:
    with site.system("a pipeline of the company's own") as env:
        env.session.add(Pipeline(name="專案", position=1))
    with site.system("begin") as env:
        starting.begin(env)

    assert names(site) == ["專案"]


def test_addon_that_is_enabled_later_begins_then(site: Site) -> None:
    with site.system("off") as env:
        lifecycle.disable(env, "opportunity")
    with site.system("begin") as env:
        starting.begin(env)
    with site.system("off still") as env:
        assert "opportunity" not in env.enabled
    with site.system("on") as env:
        lifecycle.enable(env, "opportunity")

    assert names(site) == ["銷售流程"]
