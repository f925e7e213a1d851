"""What is left when a process really dies, and when many write at once. Each part runs in processes of its own."""

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from addons.customer.models import Customer
from core.orm import migrations
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from core.testing.plugin import open_site

ROOT = Path(__file__).resolve().parents[2]
OPEN = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from core.testing.plugin import open_site
from addons.customer.models import Customer
site = open_site(sys.argv[1], Path(sys.argv[2]))
"""


def _start(site: Site, script: str, *arguments: object) -> subprocess.Popen[str]:
    url = site.settings.database_url
    command = [sys.executable, "-c", OPEN + textwrap.dedent(script), url, str(site.settings.data)]
    return subprocess.Popen(
        [*command, *map(str, arguments)], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _run(site: Site, script: str, *arguments: object) -> int:
    process = _start(site, script, *arguments)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode


def _counts(site: Site) -> tuple[int, int]:
    with site.system("count", write=False) as env:
        changes = select(func.count()).select_from(Change).where(Change.model == "customer")
        customers = env.session.scalar(select(func.count()).select_from(Customer))
        return int(customers or 0), int(env.session.scalar(changes) or 0)


def test_a_process_killed_in_a_save_leaves_nothing_half_done(site: Site, cast: Cast) -> None:
    script = """
    with site.env(int(sys.argv[3]), write=True) as env:
        env.records(Customer).create({"name": "killed"})
        os.kill(os.getpid(), signal.SIGKILL)
    """

    assert _run(site, script, cast.sales) == -signal.SIGKILL

    assert _counts(site) == (0, 0)
    with cast.env("sales") as env:
        assert env.records(Customer).create({"name": "after"}).number == "C00001"


@pytest.mark.parametrize("statement", [3, 40, 90])
def test_a_process_killed_in_a_migration_leaves_whole_steps(
    statement: int, backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if backend != "sqlite":
        pytest.skip("PostgreSQL undoes a killed connection's transaction; the engine without a server is the risk.")
    site = open_site(f"sqlite:///{tmp_path / 'new.db'}", tmp_path)
    script = """
    from core.orm import migrations
    seen = 0
    @event.listens_for(site.engine, "after_cursor_execute")
    def count(*_):
        global seen
        seen += 1
        if seen == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
    migrations.upgrade(site)
    """

    assert _run(site, script, statement) == -signal.SIGKILL

    tables = set(inspect(site.engine).get_table_names())
    assert ("core_user" in tables) == ("core" not in migrations.pending(site))
    migrations.upgrade(site)
    assert migrations.pending(site) == []
    site.dispose()


def test_many_at_once_get_different_numbers(site: Site, cast: Cast) -> None:
    script = """
    for _ in range(10):
        with site.env(int(sys.argv[3]), write=True) as env:
            env.records(Customer).create({"name": "one of many"})
    """

    processes = [_start(site, script, cast.sales) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors

    with site.system("look", write=False) as env:
        numbers = env.session.scalars(select(Customer.number)).all()
        assert sorted(numbers) == [f"C{n:05d}" for n in range(1, 31)]


def test_of_two_who_save_at_once_one_is_told(site: Site, cast: Cast) -> None:
    with cast.env("sales") as env:
        id = env.records(Customer).create({"name": "contested"}).id
    script = """
    from core.errors import Stale
    with site.env(int(sys.argv[3]), write=True) as env:
        record = env.get(Customer, int(sys.argv[4]))
        print("ready", flush=True)
        try:
            env.records(Customer).update(record, {"note": sys.argv[5]}, version=1)
            print("saved", flush=True)
        except Stale:
            print("stale", flush=True)
    """

    processes = [_start(site, script, who, id, f"by {who}") for who in (cast.sales, cast.manager)]
    outcomes = sorted(process.communicate(timeout=60)[0].split()[-1] for process in processes)

    assert outcomes == ["saved", "stale"]
    with cast.env("sales", write=False) as env:
        assert env.get(Customer, id).version == 2
