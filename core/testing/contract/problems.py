"""What is wrong with an addon: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. `where` is a file with its line, a class or an address."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n    → {self.remedy}"


def demand_none(problems: Iterable[Problem]) -> None:
    """Fails the running test with all of them, without the traceback, which would lead into the contract."""
    found = [str(problem) for problem in problems]
    if found:
        pytest.fail("\n".join(found), pytrace=False)
