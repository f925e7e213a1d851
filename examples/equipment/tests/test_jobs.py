"""What runs in the background for machines, and what the start page shows of them."""

from datetime import timedelta

from sqlalchemy import select

from addons.equipment.jobs import AHEAD, warranty_ends
from addons.equipment.models import Equipment
from addons.equipment.pages import in_service
from addons.equipment.tests.conftest import MakeMachine
from core.notifications.models import Notification
from core.site import Site
from core.testing.cast import Cast


def test_technicians_are_told_a_month_before_the_warranty_ends(
    site: Site, cast: Cast, make_machine: MakeMachine
) -> None:
    ids = [make_machine(name=name) for name in ("soon", "later")]
    with site.system("warranties for a test") as env:
        for id, days in zip(ids, (0, 1), strict=True):
            record = env.session.get_one(Equipment, id)
            env.workflow.perform(record, "start")
            record.warranty_until = env.today + AHEAD + timedelta(days=days)

    with site.system("run the job") as env:
        warranty_ends(env)

    with site.system("look", write=False) as env:
        told = env.session.scalars(select(Notification)).all()
    assert [(row.user_id, row.kind) for row in told] == [(cast.sales, "equipment.warranty")]


def test_the_figure_counts_what_the_reader_sees(cast: Cast, make_machine: MakeMachine) -> None:
    id = make_machine()
    with cast.env("sales") as env:
        env.workflow.perform(env.get(Equipment, id), "start")

    with cast.env("sales") as env:
        mine = in_service(env)
    with cast.env("sales2") as env:
        theirs = in_service(env)

    assert (mine.value, theirs.value) == (1, 0)
