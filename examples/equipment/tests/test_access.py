"""What an addon takes away of machines takes away their checks as well, two links below the customer."""

from typing import Any

import pytest

from addons.equipment.models import Equipment, EquipmentCheck
from addons.equipment.tests.conftest import MakeMachine
from core.api import Env
from core.errors import AppError
from core.orm.listing import ListRequest, count
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import install


def test_what_hides_a_machine_hides_its_checks(site: Site, cast: Cast, make_machine: MakeMachine) -> None:
    def access_rules(actor: Any, model: Any, action: str, columns: Any) -> Any:
        return columns.name != "Secret" if model is Equipment and actor.member.username != "gm" else None

    def numbers(env: Env) -> list[int]:
        return [count(env, ListRequest(model)).number for model in (Equipment, EquipmentCheck)]

    secret, other = make_machine(name="Secret"), make_machine(name="Press")
    with cast.env("sales") as env:
        made = [{"equipment_id": id, "due_on": env.today} for id in (secret, other)]
        checks = [env.records(EquipmentCheck).create(values).id for values in made]

    install(site, "secretive", access_rules)

    with cast.env("sales") as env:
        assert numbers(env) == [1, 1]
        for action in ("read", "edit", "delete"):
            assert env.ids_within(EquipmentCheck, set(checks), action) <= {checks[1]}
        with pytest.raises(AppError), env.savepoint():
            env.records(EquipmentCheck).create({"equipment_id": secret, "due_on": env.today})
    with cast.env("gm", write=False) as env:
        assert numbers(env) == [2, 2]
