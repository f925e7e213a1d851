import pytest

from core.access.models import Department
from core.errors import Forbidden, Invalid
from core.testing.cast import Cast


def test_department_does_not_lie_within_itself(cast: Cast) -> None:
    with cast.env("admin") as env:
        top = env.records(Department).create({"name": "總公司"}).id
        middle = env.records(Department).create({"name": "業務處", "parent_id": top}).id
        low = env.records(Department).create({"name": "北區", "parent_id": middle}).id

    for parent in (top, middle, low):
        with cast.env("admin") as env, pytest.raises(Invalid) as refused:
            env.records(Department).update(env.get(Department, top), {"parent_id": parent})
        assert list(refused.value.fields) == ["parent_id"]


def test_department_moves_elsewhere_in_the_tree(cast: Cast) -> None:
    with cast.env("admin") as env:
        first = env.records(Department).create({"name": "一處"}).id
        second = env.records(Department).create({"name": "二處"}).id
        moved = env.records(Department).create({"name": "一組", "parent_id": first}).id

    with cast.env("admin") as env:
        env.records(Department).update(env.get(Department, moved), {"parent_id": second})

    with cast.env("admin", write=False) as env:
        assert env.actor.organisation.below(second) == {second, moved}
        assert env.actor.organisation.below(first) == {first}


def test_only_the_administrator_changes_departments(cast: Cast) -> None:
    for username in ("sales", "manager", "gm", "accountant"):
        with cast.env(username) as env, pytest.raises(Forbidden):
            env.records(Department).create({"name": "新部門"})
