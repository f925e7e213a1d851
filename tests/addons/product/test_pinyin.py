import pytest

from addons.product.pinyin import initials_of


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("減速機", "jsj"),
        ("PLC 控制器", "plckzq"),
        ("伺服馬達 ７５０Ｗ", "sfmd750w"),
        ("螺絲 M3×10", "lsm310"),
        ("靐電容", "bdr"),
    ],
)
def test_initials_of_a_chinese_name(name: str, word: str) -> None:
    assert word in (initials_of(name) or "").split()


def test_initials_of_characters_that_are_read_in_several_ways() -> None:
    assert set((initials_of("伺服") or "").split()) >= {"cf", "sf"}


@pytest.mark.parametrize("name", ["", "Sensor X", "M3-10"])
def test_initials_of_a_name_without_chinese(name: str) -> None:
    assert initials_of(name) is None
