from decimal import Decimal

import pytest

from addons.sales.capitals import in_capitals


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("12000", "新臺幣壹萬貳仟元整"),
        ("0", "新臺幣零元整"),
        ("10", "新臺幣壹拾元整"),
        ("100010", "新臺幣壹拾萬零壹拾元整"),
        ("600600006", "新臺幣陸億零陸拾萬零陸元整"),
        ("12000.5", "新臺幣壹萬貳仟元伍角整"),
        ("12000.56", "新臺幣壹萬貳仟元伍角陸分"),
    ],
)
def test_amounts_are_written_as_on_cheques(amount: str, said: str) -> None:
    assert in_capitals(Decimal(amount), "TWD", "zh_Hant_TW") == said


def test_simplified_characters_and_other_currencies() -> None:
    assert in_capitals(Decimal(62000), "CNY", "zh_Hans_CN") == "人民币陆万贰仟元整"
    assert in_capitals(Decimal(20), "USD", "zh_Hant_TW") == "美元貳拾元整"
    assert in_capitals(Decimal(20), "SEK", "zh_Hant_TW") == "SEK貳拾元整"


def test_what_has_no_capitals_is_left_out() -> None:
    assert in_capitals(Decimal(20), "TWD", "en") == ""
    assert in_capitals(Decimal("1.234"), "TWD", "zh_Hant_TW") == ""
    assert in_capitals(Decimal(10) ** 16, "TWD", "zh_Hant_TW") == ""
