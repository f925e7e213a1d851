"""Public holidays of the country that the company is in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import holidays

from core.i18n import current_locale

if TYPE_CHECKING:
    from core.env import Env

COUNTRY = "TW"
LANGUAGES = {"zh_Hant_TW": "zh_TW", "zh_Hans_CN": "zh_CN", "en": "en_US"}


def holidays_between(env: Env, first: date, last: date) -> Mapping[date, str]:
    """Day → what it is called in the current language, of the days from `first` to `last` that people have off."""
    country = str(env.setting("company.country") or COUNTRY)
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= _of_year(country, year, current_locale())
    return {day: name for day, name in found.items() if first <= day <= last}


@lru_cache(maxsize=200)
def _of_year(country: str, year: int, locale: str) -> dict[date, str]:
    try:
        return dict(holidays.country_holidays(country, years=year, language=LANGUAGES.get(locale)))
    except NotImplementedError:
        # Nothing is known of that country.
        return {}
