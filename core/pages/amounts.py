"""Numbers as people read them: grouped, with as many decimals as they have, money with its currency."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.numbers import get_currency_precision, get_currency_symbol

if TYPE_CHECKING:
    from core.env import Env

DEFAULT_CURRENCY = "TWD"
WITHOUT_DECIMALS = {"TWD": 0}
"""Where practice differs from the tables of CLDR: nobody in Taiwan writes cents."""


def decimals_of(currency: str) -> int:
    """How many decimals an amount in that currency has at least."""
    return WITHOUT_DECIMALS.get(currency, get_currency_precision(currency))


@lru_cache(maxsize=256)
def number_formatter(locale: str, least: int, most: int) -> Callable[[Decimal | int], str]:
    """Formats a number with `least` decimals, and up to `most` where it has them; rounds half up."""
    group, point = _symbols(locale)
    unit, few = Decimal(1).scaleb(-most), Decimal(1).scaleb(-least)

    def formatted(value: Decimal | int) -> str:
        if isinstance(value, int):
            text = f"{value:,}"
        else:
            rounded = value.quantize(unit, ROUND_HALF_UP)
            short = rounded.quantize(few)
            text = f"{short:,f}" if short == rounded else f"{rounded:,f}".rstrip("0")
        if (group, point) != (",", "."):
            text = text.translate({ord(","): group, ord("."): point})
        return text

    return formatted


@lru_cache(maxsize=256)
def currency_symbol(currency: str, locale: str) -> str:
    """The symbol before amounts: $ or NT$ for TWD, by the reader's language."""
    return get_currency_symbol(currency, locale)


def money_formatter(locale: str, code: str, least: int, most: int) -> Callable[[Decimal], str]:
    """Formats an amount: -NT$1,200, KWD 1.500. Without a code it is a mere number."""
    number, symbol = number_formatter(locale, least, most), currency_symbol(code, locale) if code else ""
    symbol += "\u00a0" if symbol[-1:].isalpha() else ""

    def formatted(value: Decimal) -> str:
        sign, size = ("-", -value) if value < 0 else ("", value)
        return f"{sign}{symbol}{number(size)}"

    return formatted


def money_text(env: Env, amount: Decimal, *, currency: str = "", decimals: int | None = None) -> str:
    """An amount with its currency as the reader writes it: NT$1,200. Without `currency` it is the company's own."""
    code = currency or str(env.setting("company.currency") or DEFAULT_CURRENCY)
    return money_formatter(env.locale, code, decimals_of(code) if decimals is None else decimals, 4)(amount)


@lru_cache(maxsize=32)
def _symbols(locale: str) -> tuple[str, str]:
    symbols = Locale.parse(locale).number_symbols
    latin = symbols.get("latn", symbols)
    return str(latin.get("group", ",")), str(latin.get("decimal", "."))
