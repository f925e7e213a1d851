"""The values of the lists that administrators edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from core.administration import ListValue, bump, models
from core.api import LOCALES, Conflict, Forbidden, Invalid, Kind, ListSpec, NotFound, _, describe, ngettext

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from core.api import Env

TONES = {
    "neutral": _("Grey"),
    "accent": _("Accent colour"),
    "positive": _("Green"),
    "warning": _("Amber"),
    "negative": _("Red"),
}
LONGEST = 60


class ValueInUse(Conflict):
    """Records hold the value."""

    code = "value_in_use"


class ListValues:
    """Adding, renaming, ordering, switching off and deleting the values of lists. Codes never change."""

    def __init__(self, env: Env) -> None:
        self.env = env

    def specs(self) -> list[ListSpec]:
        """The lists that the enabled addons declare."""
        return [
            spec
            for addon in self.env.site.registry.addons
            if addon.name in self.env.enabled
            for spec in addon.contributed("lists", "LISTS", ())
        ]

    def spec(self, key: str) -> ListSpec:
        """The list of that key. Raises `NotFound`."""
        found = next((spec for spec in self.specs() if spec.key == key), None)
        if found is None:
            raise NotFound()
        return found

    def values(self, key: str) -> Sequence[ListValue]:
        """The list's values in their order."""
        with self.env.system("values of a list") as session:
            return session.scalars(
                select(ListValue).where(ListValue.list == key).order_by(ListValue.position, ListValue.id)
            ).all()

    def value(self, key: str, id: int) -> ListValue:
        """One value of the list. Raises `NotFound`."""
        found = next((value for value in self.values(key) if value.id == id), None)
        if found is None:
            raise NotFound()
        return found

    def add(self, key: str, *, labels: Mapping[str, str], tone: str = "neutral", meaning: str = "") -> int:
        """A new value at the end of the list. Its code is made by us and never shown. Returns its id."""
        spec = self._editable(key)
        present = self.values(key)
        row = {
            "list": key,
            "code": _free_code({value.code for value in present}),
            "position": max((value.position for value in present), default=0) + 1,
            "is_active": True,
            **self._checked(spec, labels, tone, meaning),
        }
        id = self.env.connection_of_core.execute(insert(ListValue).values(row).returning(ListValue.id))
        self._changed()
        return int(id.scalar_one())

    def change(self, key: str, id: int, *, labels: Mapping[str, str], tone: str, meaning: str, is_active: bool) -> None:
        """Gives the value other labels, another tone or meaning, or switches it off: then it is not offered."""
        spec = self._editable(key)
        self.value(key, id)
        self._update(id, **self._checked(spec, labels, tone, meaning), is_active=is_active)

    def switch(self, key: str, ids: Sequence[int], *, on: bool) -> None:
        """Offers the values, or no longer; records keep what they hold."""
        self._editable(key)
        for value in self._chosen(key, ids):
            self._update(value.id, is_active=on)

    def move(self, key: str, ids: Sequence[int], *, by: int) -> None:
        """Moves the values up (`by` = -1) or down (+1), past those that are not among them."""
        self._editable(key)
        self._chosen(key, ids)
        order, moving = [value.id for value in self.values(key)], set(ids)
        places = range(1, len(order)) if by < 0 else range(len(order) - 2, -1, -1)
        for place in places:
            other = place - 1 if by < 0 else place + 1
            if order[place] in moving and order[other] not in moving:
                order[place], order[other] = order[other], order[place]
        for position, id in enumerate(order, 1):
            self._update(id, position=position)

    def delete(self, key: str, ids: Sequence[int]) -> None:
        """Deletes values that no record holds, in the recycle bin either. Raises `ValueInUse`."""
        self._editable(key)
        for value in self._chosen(key, ids):
            count = self.count(key, value.code)
            if count:
                raise ValueInUse(
                    ngettext(
                        "{count} record holds “{value}”. Switch it off instead.",
                        "{count} records hold “{value}”. Switch it off instead.",
                        count,
                        value=self.env.lists.label(key, value.code),
                    )
                )
            self.env.connection_of_core.execute(delete(ListValue).where(ListValue.id == value.id))
        self._changed()

    def count(self, key: str, code: str) -> int:
        """How many records hold the value, those of disabled addons and of the recycle bin among them."""
        found = 0
        for model in models().values():
            for spec in describe(model).fields.values():
                if spec.list == key:
                    holds = self._holds(model.__table__.c[spec.name], spec.kind, code)
                    statement = select(func.count()).select_from(model.__table__).where(holds)
                    found += self.env.connection_of_core.scalar(statement) or 0
        return found

    def _holds(self, column: ColumnElement[object], kind: Kind, code: str) -> ColumnElement[bool]:
        if kind is not Kind.CHOICES:
            return column == code
        if self.env.connection_of_core.dialect.name == "postgresql":
            return column.cast(JSONB).op("@>")(func.jsonb_build_array(code))
        return (
            select(1)
            .select_from(each := func.json_each(column).table_valued("value"))
            .where(each.c.value == code)
            .exists()
        )

    def _editable(self, key: str) -> ListSpec:
        if not self.env.actor.may("settings", "edit"):
            raise Forbidden()
        return self.spec(key)

    def _chosen(self, key: str, ids: Sequence[int]) -> list[ListValue]:
        wanted = set(ids)
        found = [value for value in self.values(key) if value.id in wanted]
        if len(found) != len(wanted):
            raise NotFound()
        return found

    def _checked(self, spec: ListSpec, labels: Mapping[str, str], tone: str, meaning: str) -> dict[str, object]:
        given = {locale: labels.get(locale, "").strip() for locale in LOCALES}
        problems = {
            f"label_{locale}": _("At most {limit} characters.", limit=LONGEST)
            for locale, text in given.items()
            if len(text) > LONGEST
        }
        first = self.env.site.default_locale(self.env)
        if not given[first]:
            problems[f"label_{first}"] = _("Please fill in this field.")
        if tone not in TONES:
            problems["tone"] = _("Please choose from the list.")
        if meaning and spec.meanings is not None and meaning not in spec.meanings:
            problems["meaning"] = _("Please choose from the list.")
        if problems:
            raise Invalid(problems)
        return {"labels": {locale: text for locale, text in given.items() if text}, "tone": tone, "meaning": meaning}

    def _update(self, id: int, **values: object) -> None:
        self.env.connection_of_core.execute(update(ListValue).where(ListValue.id == id).values(**values))
        self._changed()

    def _changed(self) -> None:
        bump(self.env.connection_of_core, "lists")


def _free_code(taken: set[str]) -> str:
    number = len(taken) + 1
    while f"v{number}" in taken:
        number += 1
    return f"v{number}"
