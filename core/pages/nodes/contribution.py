"""What all contributions to a place share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Something added to a place of a page."""

    place: str
    after: str = ""
    before: str = ""
