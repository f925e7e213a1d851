"""Amounts in the capitals of Chinese business papers, which nobody can alter with a stroke: 新臺幣壹萬貳仟元整."""

from __future__ import annotations

from decimal import Decimal

from cn2an import an2cn

NAMES = {
    "TWD": ("新臺幣", "新台币"),
    "CNY": ("人民幣", "人民币"),
    "HKD": ("港幣", "港币"),
    "USD": ("美元", "美元"),
    "EUR": ("歐元", "欧元"),
    "JPY": ("日圓", "日元"),
}
"""Currency → what it is called in traditional and in simplified characters; others by their code."""

_TRADITIONAL = str.maketrans("贰陆万亿负", "貳陸萬億負")


def in_capitals(amount: Decimal, currency: str, locale: str) -> str:
    """The amount with the name of its currency; "" in a language without such capitals, and beyond two decimals."""
    if not locale.startswith("zh") or amount != round(amount, 2) or abs(amount) >= 10**16:
        return ""
    is_simplified = locale == "zh_Hans_CN"
    said = str(an2cn(format(amount.normalize(), "f"), "rmb"))
    said = said if said.endswith(("整", "分")) else f"{said}整"
    name = NAMES.get(currency, (currency, currency))[is_simplified]
    return name + (said if is_simplified else said.translate(_TRADITIONAL))
