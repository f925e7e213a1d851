"""What all contributions to a place share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Something added to a place of a page. A place that begins with `*.` is that of all models which have it."""

    place: str
    after: str = ""
    before: str = ""
