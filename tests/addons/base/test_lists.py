import pytest

from addons.base.services import ListValues
from addons.base.services.lists import ValueInUse
from core.access import presets
from core.errors import Forbidden, Invalid, NotFound
from core.site import Site
from core.testing.cast import Cast

LEVELS = "customer.level"
TAGS = "customer.tag"


def codes(cast: Cast, key: str = LEVELS) -> list[str]:
    with cast.env("admin", write=False) as env:
        return [value.code for value in env.service(ListValues).values(key)]


def ids(cast: Cast, *wanted: str, key: str = LEVELS) -> list[int]:
    with cast.env("admin", write=False) as env:
        return [value.id for value in env.service(ListValues).values(key) if value.code in wanted]


def test_lists_are_seeded_in_order_with_meanings(site: Site, cast: Cast) -> None:
    assert codes(cast) == ["A", "B", "C", "D"]
    assert len(codes(cast, "customer.region")) == 22
    with site.system("look", write=False, locale="zh_Hant_TW") as env:
        assert env.lists.label("customer.status", "won") == "成交"
        assert env.lists.with_meaning("customer.status", "lost") == ["lost"]


def test_value_is_added_at_the_end_with_a_code_of_its_own(cast: Cast) -> None:
    with cast.env("admin") as env:
        env.service(ListValues).add(LEVELS, labels={"zh_Hant_TW": "特級", "en": "Special"}, tone="accent")

    assert codes(cast) == ["A", "B", "C", "D", "v5"]
    with cast.env("sales") as env:
        assert env.lists.label(LEVELS, "v5") == "Special"
        assert env.records("customer").create({"name": "台榮精密", "level": "v5"}).level == "v5"


def test_value_is_renamed_and_keeps_its_code(cast: Cast) -> None:
    (id,) = ids(cast, "A")
    with cast.env("admin") as env:
        env.service(ListValues).change(
            LEVELS, id, labels={"zh_Hant_TW": "重要"}, tone="warning", meaning="60", is_active=True
        )

    with cast.env("sales", write=False, locale="zh_Hant_TW") as env:
        value = env.lists.values(LEVELS)["A"]
        assert (value.label, value.tone, value.meaning) == ("重要", "warning", "60")


def test_values_move_past_the_others_together(cast: Cast) -> None:
    with cast.env("admin") as env:
        env.service(ListValues).move(LEVELS, ids(cast, "C", "D"), by=-1)
    assert codes(cast) == ["A", "C", "D", "B"]

    with cast.env("admin") as env:
        env.service(ListValues).move(LEVELS, ids(cast, "A", "C"), by=1)
    assert codes(cast) == ["D", "A", "C", "B"]


def test_value_that_is_switched_off_stays_readable(cast: Cast) -> None:
    with cast.env("sales") as env:
        id = env.records("customer").create({"name": "台榮精密", "level": "D"}).id

    with cast.env("admin") as env:
        env.service(ListValues).switch(LEVELS, ids(cast, "D"), on=False)

    with cast.env("sales", write=False) as env:
        assert env.lists.values(LEVELS)["D"].is_active is False
        assert env.lists.label(LEVELS, env.records("customer").get(id).level) == "D"


def test_used_value_is_not_deleted_even_if_only_the_bin_holds_it(cast: Cast) -> None:
    with cast.env("gm") as env:
        made = env.records("customer").create({"name": "台榮精密", "level": "B", "tags": ["technical"]})
        env.records("customer").delete(made)

    for key, code in ((LEVELS, "B"), (TAGS, "technical")):
        with cast.env("admin") as env, pytest.raises(ValueInUse) as refused:
            env.service(ListValues).delete(key, ids(cast, code, key=key))
        assert str(refused.value.message).startswith("1 record holds")
    assert "B" in codes(cast)


def test_unused_value_is_deleted_and_not_seeded_again(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env:
        env.service(ListValues).delete(LEVELS, ids(cast, "D"))

    presets.install(site)

    assert codes(cast) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"labels": {"en": "Only English"}}, "label_zh_Hant_TW"),
        ({"labels": {"zh_Hant_TW": "字" * 61}}, "label_zh_Hant_TW"),
        ({"labels": {"zh_Hant_TW": "好"}, "tone": "purple"}, "tone"),
        ({"labels": {"zh_Hant_TW": "好"}, "meaning": "nonsense"}, "meaning"),
    ],
)
def test_value_that_makes_no_sense_is_refused(cast: Cast, values: dict[str, object], field: str) -> None:
    with cast.env("admin") as env, pytest.raises(Invalid) as refused:
        env.service(ListValues).add("customer.status", **values)  # type: ignore[arg-type]

    assert list(refused.value.fields) == [field]


def test_lists_are_edited_by_those_who_may_edit_settings(cast: Cast) -> None:
    for username in ("sales", "manager", "gm", "accountant"):
        with cast.env(username) as env, pytest.raises(Forbidden):
            env.service(ListValues).add(LEVELS, labels={"zh_Hant_TW": "特級"})


def test_unknown_list_and_value_are_not_found(cast: Cast) -> None:
    with cast.env("admin") as env:
        with pytest.raises(NotFound):
            env.service(ListValues).add("customer.colour", labels={"zh_Hant_TW": "紅"})
        with pytest.raises(NotFound):
            env.service(ListValues).delete(LEVELS, [999_999])
