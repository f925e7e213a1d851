"""What a try would have stored in the batches that came before: nothing of it is in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from core.exchange.imports.models import Mode

Key = tuple[Any, ...]


class Earlier:
    """The records that earlier batches of one try would have made.

    It keeps digests, since a file may have a hundred thousand rows: `records` per key, and the values of unique fields.
    """

    def __init__(self) -> None:
        self.records: dict[Key, dict[str, int]] = {}
        self._taken: dict[tuple[str, str], set[int]] = defaultdict(set)

    def keep(self, key: Key, values: Mapping[str, Any]) -> None:
        """Notes a record that a row would have made; one without a key cannot come again."""
        if key and None not in key:
            self.records[key] = _digests(values)

    def change(self, mode: Mode, key: Key, values: Mapping[str, Any]) -> str:
        """What becomes of a further row about the same record; the word that counts say it by."""
        if mode is Mode.CREATE:
            return "skipped"
        before, given = self.records[key], _digests(values)
        self.records[key] = before | given
        return "unchanged" if before == self.records[key] else "updated"

    def is_taken(self, model: str, field: str, value: Any) -> bool:
        """Whether an earlier record would have the value of a unique field."""
        return hash(repr(value)) in self._taken[model, field]

    def take(self, model: str, field: str, value: Any) -> None:
        """Notes the value of a unique field."""
        self._taken[model, field].add(hash(repr(value)))


def _digests(values: Mapping[str, Any]) -> dict[str, int]:
    # An empty cell says nothing.
    return {name: hash(repr(value)) for name, value in values.items() if value is not None}
