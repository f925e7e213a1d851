"""Why an addon cannot be used: in words for people, with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from core.i18n import Text, in_a_row


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and the remedy. `trace` is for the log: where in the addon's code it happened."""

    causes: Sequence[Text]
    remedy: Text
    trace: str = ""

    @property
    def cause(self) -> str:
        """All causes in the current language."""
        return in_a_row(str(cause) for cause in self.causes)

    def as_json(self) -> dict[str, Any]:
        """The problem as plain data, to be kept or sent to another process."""
        texts = [{"message": text.message, "arguments": _plain(text)} for text in (*self.causes, self.remedy)]
        return {"causes": texts[:-1], "remedy": texts[-1], "trace": self.trace}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """The problem that `as_json` gave."""
        causes = [Text(text["message"], **text["arguments"]) for text in found["causes"]]
        return cls(causes, Text(found["remedy"]["message"], **found["remedy"]["arguments"]), found["trace"])


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An addon that is there and is not loaded. `because_of` names the addon that it needs and that is to blame."""

    name: str
    problem: Problem
    path: Path
    title: str = ""
    version: str = ""
    because_of: str = ""


def _plain(text: Text) -> dict[str, str]:
    return {name: str(value) for name, value in text.arguments.items()}
