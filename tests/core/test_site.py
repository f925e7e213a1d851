"""A site: units of work that are stored or undone as a whole, and safe mode."""

import subprocess
import sys

import pytest

from addons.customer.models import Customer
from core.access.models import User
from core.errors import Forbidden, NotFound
from core.site import Site
from core.testing.cast import Cast


def test_an_exception_undoes_the_whole_unit(cast: Cast) -> None:
    with pytest.raises(RuntimeError), cast.env("sales") as env:
        id = env.records(Customer).create({"name": "x"}).id
        raise RuntimeError

    with cast.env("sales", write=False) as env, pytest.raises(NotFound):
        env.get(Customer, id)


def test_callbacks_run_after_the_commit_only(cast: Cast) -> None:
    called: list[str] = []

    with cast.env("sales") as env:
        env.after_commit(lambda: called.append("kept"))
        assert called == []
    with pytest.raises(RuntimeError), cast.env("sales") as env:
        env.after_commit(lambda: called.append("undone"))
        raise RuntimeError

    assert called == ["kept"]


def test_who_is_disabled_cannot_act(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env:
        env.records(User).update(env.get(User, cast.sales), {"state": "disabled"})

    with pytest.raises(Forbidden), cast.env("sales"):
        pass


def test_a_change_of_department_counts_at_once(site: Site, cast: Cast) -> None:
    with cast.env("sales2") as env:
        id = env.records(Customer).create({"name": "x"}).id
    with cast.env("manager", write=False) as env, pytest.raises(NotFound):
        env.get(Customer, id)

    with cast.env("admin") as env:
        north = env.get(User, cast.manager).department_id
        env.records(User).update(env.get(User, cast.sales2), {"department_id": north})

    with cast.env("manager", write=False) as env:
        assert env.get(Customer, id).name == "x"


def test_safe_mode_loads_base_alone() -> None:
    script = "from core.addons.registry import Registry; from core.site import SAFE;" + (
        "print([a.name for a in Registry.discover(only=SAFE).addons])"
    )

    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)

    assert answer.stdout.strip() == "['base']"
