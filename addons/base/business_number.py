"""The check digit of Taiwan's unified business number (統一編號).

Source: 財政部財政資訊中心, 「營利事業統一編號檢查碼邏輯修正說明」, in force since April 2023, when the
divisor became 5 instead of 10 because the numbers were running out. Numbers given earlier pass as well.
"""

from __future__ import annotations

from core.api import Text, _

_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def is_business_number(value: str) -> bool:
    """Whether `value` is eight digits whose weighted sum of digit sums divides by 5.

    A 7 in the seventh place has the product 28, whose digits add up to 10, then to 1 or 0: either may count.
    """
    if len(value) != 8 or not value.isascii() or not value.isdigit():
        return False
    total = sum(sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(value, _WEIGHTS, strict=True))
    return total % 5 == 0 or (value[6] == "7" and (total + 1) % 5 == 0)


def check_business_number(value: str) -> Text | None:
    """What is wrong with the number, for `field(check=…)`; None if it is right."""
    if is_business_number(value):
        return None
    if len(value) != 8 or not value.isascii() or not value.isdigit():
        return _("A unified business number has eight digits.")
    return _("This is not a valid unified business number; please check for a typing error.")
