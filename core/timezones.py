"""The time zones that people choose from."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

NEAR = ("Asia/Taipei", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Singapore", "UTC")
REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def timezone_names() -> tuple[str, ...]:
    """IANA names, Taiwan's and its neighbours' first."""
    everywhere = sorted(name for name in available_timezones() if name.startswith(REGIONS))
    return tuple(dict.fromkeys([*NEAR, *everywhere]))
