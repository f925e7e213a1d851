"""Lists that administrators edit: each value has an immutable code, a meaning for automations, and labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.i18n import DEFAULT_LOCALE, Text, current_locale
from core.orm.tables import ListValue


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a list as declared by an addon or edited by an administrator. `labels`: locale → label."""

    code: str
    labels: Mapping[str, str]
    meaning: str = ""
    tone: str = "neutral"
    is_active: bool = True

    @property
    def label(self) -> str:
        """The label in the current language, or in whichever there is."""
        labels = self.labels
        return labels.get(current_locale()) or labels.get(DEFAULT_LOCALE) or next(iter(labels.values()), self.code)


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list that an addon declares, with the values that a new site starts with."""

    key: str
    label: Text
    values: Sequence[Value]
    meanings: Mapping[str, Text] | None = None


class Lists:
    """All values of all lists of a site, in their order."""

    def __init__(self, values: Mapping[str, Mapping[str, Value]]) -> None:
        self._values = values

    @classmethod
    def load(cls, connection: Connection) -> Lists:
        found: dict[str, dict[str, Value]] = {}
        rows = connection.execute(
            select(
                ListValue.list,
                ListValue.code,
                ListValue.labels,
                ListValue.meaning,
                ListValue.tone,
                ListValue.is_active,
            ).order_by(ListValue.list, ListValue.position, ListValue.id)
        )
        for key, code, labels, meaning, tone, is_active in rows:
            found.setdefault(key, {})[code] = Value(code, labels, meaning, tone, is_active)
        return cls(found)

    def values(self, key: str) -> Mapping[str, Value]:
        """Code → value, those switched off included: records may still hold them."""
        return self._values.get(key, {})

    def label(self, key: str, code: str) -> str:
        """What people read for the code; the code itself if the list has lost it."""
        value = self.values(key).get(code)
        return value.label if value else code

    def with_meaning(self, key: str, meaning: str) -> list[str]:
        """The codes with that meaning."""
        return [code for code, value in self.values(key).items() if value.meaning == meaning]


def values_of(pairs: Iterable[tuple[str, str, str, str]], tones: Mapping[str, str] | None = None) -> list[Value]:
    """Values from (code, 繁體中文, English, 简体中文), for an addon's declarations."""
    return [
        Value(
            code,
            {"zh_Hant_TW": tw, "en": en, "zh_Hans_CN": cn},
            meaning=code,
            tone=(tones or {}).get(code, "neutral"),
        )
        for code, tw, en, cn in pairs
    ]
