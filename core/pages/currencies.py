"""The currencies that amounts are in, where a record says so itself: looked up together, once per request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.orm.field import Field, Kind
from core.orm.model import Model, describe, model_of
from core.orm.parts import whole_of
from core.pages.reach import is_open

if TYPE_CHECKING:
    from core.env import Env

CODE, DECIMALS = "code", "decimals"
"""The fields of a currency."""


@dataclass(frozen=True, slots=True)
class Currency:
    """What amounts are in. An empty code is a currency that the reader may not know of."""

    code: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Way:
    """The link to the currency: of the record itself, or of the one that its link `via` leads to, such as its whole."""

    via: str
    name: str
    model: type[Model]
    """Whose link `name` is."""

    @property
    def first(self) -> str:
        """The field of the record itself that has to be read."""
        return self.via or self.name


def way_of(spec: Field) -> Way | None:
    """How a record of the field's model comes to the currency of the field; None for the company's own."""
    if spec.kind is not Kind.MONEY or not spec.currency:
        return None
    model = model_of(spec.model)
    via, _dot, name = spec.currency.rpartition(".")
    if via:
        return Way(via, name, model_of(describe(model).fields[via].target))
    whole = whole_of(model) if name not in describe(model).fields else None
    return Way("", name, model) if whole is None else Way(whole.part.via, name, whole.model)


class Currencies:
    """Finds the currency of each record: at most one statement per kind of record above, and one for currencies."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self._above: dict[tuple[Way, int], int | None] = {}
        self._known: dict[tuple[str, int], Currency] = {}

    def know_of(self, specs: Iterable[Field], records: Iterable[Model]) -> None:
        """Looks up what amounts of the records are in."""
        records = list(records)
        for way in {way for spec in specs if (way := way_of(spec)) is not None}:
            self.know(way, {getattr(record, way.first) for record in records})

    def know(self, way: Way, ids: Iterable[int | None]) -> None:
        """Looks up the currencies behind the ids that records have in the first field of the way."""
        wanted = {id for id in ids if id is not None}
        if way.via:
            missing = [id for id in wanted if (way, id) not in self._above]
            self._above.update({(way, id): found for id, found in self._read(way.model, missing, way.name)})
            wanted = {found for id in wanted if (found := self._above.get((way, id))) is not None}
        target = describe(way.model).fields[way.name].target
        missing = [id for id in wanted if (target, id) not in self._known]
        for id, code, decimals in self._read(model_of(target), missing, CODE, DECIMALS):
            self._known[target, id] = Currency(str(code), int(decimals))

    def behind(self, way: Way, id: int | None) -> Currency | None:
        """The currency behind what a record has in the first field of the way; None for the company's own."""
        if not is_open(self.env, way.model, way.name):
            return Currency("", 0)
        if id is None:
            return None
        self.know(way, [id])
        found = self._above.get((way, id)) if way.via else id
        return self._known.get((describe(way.model).fields[way.name].target, found)) if found is not None else None

    def of(self, spec: Field, record: Model) -> Currency | None:
        """What an amount of the record is in."""
        way = way_of(spec)
        return None if way is None else self.behind(way, getattr(record, way.first))

    def chosen(self, spec: Field, values: Mapping[str, Any], whole: Mapping[str, Any] | None = None) -> Currency | None:
        """What an amount is in of a record that is not stored yet; `whole` are the values of what it is a part of."""
        way = way_of(spec)
        if way is None:
            return None
        if way.via and whole is not None:
            return self.behind(Way("", way.name, way.model), whole.get(way.name))
        return self.behind(way, values.get(way.first))

    def _read(self, model: type[Model], ids: list[int], *names: str) -> Iterable[Any]:
        """Straight from the tables: the record that the reader sees says what its amounts are in."""
        if not ids:
            return []
        columns = model.__table__.c
        statement = select(columns.id, *(columns[name] for name in names)).where(columns.id.in_(ids))
        return self.env.connection_of_core.execute(statement).all()
