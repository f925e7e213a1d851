"""A worker is really killed in the middle of an import, and of undoing one: nothing double, nothing lost."""

import io
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from addons.customer.models import Contact, Customer
from core.exchange.imports import asked, drafts
from core.exchange.imports.models import ImportedRecord, ImportState, Mode
from core.jobs import lifeline, outbox
from core.jobs.outbox import OUTBOX
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from tests.core.jobs.test_processes import ROOT, environment, until

__all__ = ["environment"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

COUNT = 600
WORKER = """
import time
from core.exchange.imports import batch, running, undoing
running.ROWS = undoing.RECORDS = 20
for owner, name in ((running, "_write"), (undoing, "_undo")):
    def slowly(*arguments, done=getattr(owner, name), **given):
        time.sleep(0.05)
        return done(*arguments, **given)
    setattr(owner, name, slowly)
from core.jobs.worker import main
main()
"""


@pytest.fixture
def backend() -> str:
    return "sqlite"


def worker(environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = lifeline.tied([sys.executable, "-c", WORKER], stop=signal.SIGKILL)
    return subprocess.Popen(command, env=environ, cwd=ROOT, start_new_session=True)


def killed_twice_and_done(site: Site, environ: dict[str, str], job: int) -> list[int]:
    """Lets workers do the job and kills two of them in the middle; returns how far the job was each time."""
    at: list[int] = []
    for _ in range(2):
        process = worker(environ)
        before = at[-1] if at else 0
        until(lambda before=before: outbox.sweep(site) >= 0 and progress(site, job)[1] > before + 60, 60)  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        process.wait()
        at.append(progress(site, job)[1])
    last = worker(environ)
    try:
        until(lambda: outbox.sweep(site) >= 0 and progress(site, job)[0] == "done", 90)
    finally:
        last.kill()
        last.wait()
    return at


def progress(site: Site, job: int) -> tuple[str, int]:
    with site.engine.connect() as connection:
        row = connection.execute(select(OUTBOX.c.state, OUTBOX.c.done_count).where(OUTBOX.c.id == job)).one()
    return row.state, row.done_count


def counted(cast: Cast, what: Callable[[], object]) -> int:
    with cast.site.system("count", write=False) as env:
        return int(env.connection_of_core.scalar(select(func.count()).select_from(what())) or 0)  # type: ignore[arg-type]


def test_nothing_is_double_or_lost_when_workers_are_killed(site: Site, cast: Cast, environment: dict[str, str]) -> None:
    text = "name,person\n" + "".join(f"客戶{number},聯絡人{number}\n" for number in range(COUNT))
    received = drafts.receive(site.settings, io.BytesIO(text.encode()), "customers.csv")
    with cast.env("gm") as env:
        draft = drafts.put_in(env, Customer, received)
        columns = {0: "customer.name", 1: "contact.name"}
        drafts.arrange(env, draft.id, columns=columns, keys=[], mode=Mode.CREATE)
        job = drafts.start(env, draft.id, is_try=False)

    killed_at = killed_twice_and_done(site, environment, job)

    assert all(0 < rows < COUNT for rows in killed_at)
    with cast.env("gm") as env:
        done = asked.own(env, draft.id)
        assert (done.state, done.counts) == (ImportState.DONE, {"rows": COUNT, "created": COUNT, "refused": 0})
        assert sorted(env.session.scalars(select(Customer.name))) == sorted(f"客戶{n}" for n in range(COUNT))
        assert sorted(env.session.scalars(select(Contact.name))) == sorted(f"聯絡人{n}" for n in range(COUNT))
    assert counted(cast, lambda: ImportedRecord.__table__) == 2 * COUNT
    assert (
        counted(cast, lambda: select(Change.id).where(Change.action == "create", Change.model == "customer").subquery())
        == COUNT
    )

    with cast.env("gm") as env:
        job = drafts.undo(env, draft.id)
    killed_at = killed_twice_and_done(site, environment, job)

    assert all(0 < records < 2 * COUNT for records in killed_at)
    with cast.env("gm") as env:
        undone = asked.own(env, draft.id)
        assert (undone.state, undone.counts["undone"], undone.counts["kept"]) == (ImportState.UNDONE, 2 * COUNT, 0)
        for model in (Customer, Contact):
            alive = select(func.count(model.id)).where(model.deleted_at.is_(None))
            assert env.session.scalar(alive) == 0
    assert counted(cast, lambda: ImportedRecord.__table__) == 0
