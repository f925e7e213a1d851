"""The base classes of everything that is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sqlalchemy import ForeignKey, Index, Integer, MetaData, Table, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from core.addons.origin import addon_of
from core.i18n import Text, _
from core.orm.field import Field, Kind, field
from core.orm.rules import Follows, Owned, Rule, SystemOnly
from core.orm.types import Id, UTCDateTime

if TYPE_CHECKING:
    from core.duplicates.declaration import Likeness
    from core.orm.parts import Part
    from core.workflow.declaration import Workflow

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_known: list[dict[str, type[Model]]] = []
"""What `models()` found, until another class is mapped: it is asked many times in each request."""


class Base(DeclarativeBase):
    """The registry of all tables, of core and of every installed addon."""

    metadata = MetaData(naming_convention=NAMING)

    __addon__: ClassVar[str] = "core"
    """The addon whose migrations make the table, from the name of the module."""

    __access__: ClassVar[Rule] = SystemOnly()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.__addon__ = addon_of(cls.__module__)
        super().__init_subclass__(**kwargs)
        _known.clear()


class CoreModel(Base):
    """A table of the framework itself: no history, and closed to users' sessions unless it says otherwise."""

    __abstract__ = True
    __about__: ClassVar[tuple[str, str] | None] = None
    """The two columns that name a record of any model, its key and its id, in tables of what belongs to records."""

    id: Mapped[int] = mapped_column(Id, primary_key=True)


class Model(Base):
    """A business record: with fields, history, an optimistic lock, undoable deletion, and a row rule.

    A subclass sets `__tablename__`, `__title__` and `__title_plural__`, `__access__`, and `__display__`, the field
    that names a record. `__key__` names the model in URLs and the API, where the table's name is not fit for it.
    """

    __abstract__ = True
    __title__: ClassVar[Text]
    __title_plural__: ClassVar[Text]
    __key__: ClassVar[str] = ""
    __display__: ClassVar[str] = "name"
    __icon__: ClassVar[str] = "circle"
    __sort__: ClassVar[str] = "-id"
    """How a list is sorted at first: a sortable field, descending with a leading minus."""
    __workflow__: ClassVar[Workflow | None] = None
    """The states of the records, and the ways between them."""
    __duplicates__: ClassVar[Sequence[Likeness]] = ()
    """By what records are recognised that are probably the same."""
    __outlines__: ClassVar[bool] = False
    """Whether the search over everything shows, by an outline of its name, that a record is there which is not the
    reader's to open, so that two do not work on the same without knowing."""
    __parts__: ClassVar[Mapping[str, Part]] = {}
    """The records of other models that belong to one of this and are written with it, by what they are called."""
    __bumps__: ClassVar[str] = ""
    """The version that grows whenever a record of this model changes, for what workers cache of it."""

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, nullable=False)
    created_at: Mapped[datetime] = field(
        UTCDateTime, label=_("Created at"), readonly=True, history=False, required=True
    )
    created_by: Mapped[int | None] = field(
        ForeignKey("core_user.id"), label=_("Created by"), readonly=True, history=False
    )
    updated_at: Mapped[datetime] = field(
        UTCDateTime, label=_("Changed at"), readonly=True, history=False, required=True
    )
    updated_by: Mapped[int | None] = field(
        ForeignKey("core_user.id"), label=_("Changed by"), readonly=True, history=False
    )
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_by: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))
    deletion: Mapped[int | None] = mapped_column(Id, index=True)
    """What one act of deleting took together, restored together."""

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}

    @classmethod
    def key(cls) -> str:
        """The model's name in URLs, the API, grants and filters."""
        return cls.__key__ or cls.__tablename__


class Follower:
    """The columns that a model with the rule `Follows` carries, stamped by core and never set by a client.

    `root_id` is the owned record at the end of the chain, `root_owner_id` its owner: copied, so that a list never
    has to join to know who may see a row.
    """

    root_id: Mapped[int] = mapped_column(Id, nullable=False)
    root_owner_id: Mapped[int | None] = mapped_column(Id)


@dataclass(frozen=True)
class ModelInfo:
    """What is known of a model: `fields` in the order declared, `root` the owned model that it follows or itself."""

    key: str
    model: type[Model]
    fields: dict[str, Field]
    rule: Rule
    addon: str

    @property
    def table(self) -> Table:
        return cast("Table", self.model.__table__)

    @property
    def title(self) -> Text:
        return self.model.__title__

    @property
    def title_plural(self) -> Text:
        return self.model.__title_plural__

    @property
    def display(self) -> str:
        return self.model.__display__

    @property
    def searched(self) -> Sequence[str]:
        """The names of the fields whose text is in the search index."""
        return [f.name for f in self.fields.values() if f.search]

    @cached_property
    def files(self) -> Sequence[Field]:
        """The fields that hold files."""
        return [f for f in self.fields.values() if f.kind.is_file]

    @property
    def owner(self) -> str:
        """The field that holds the record's own owner, or ""."""
        return self.rule.owner if isinstance(self.rule, Owned | Follows) else ""

    @property
    def root(self) -> type[Model] | None:
        """The owned model whose shares and owner decide on this one; None where no owner decides."""
        if isinstance(self.rule, Owned):
            return self.model
        if isinstance(self.rule, Follows):
            return describe(model_of(self.fields[self.rule.link].target)).root
        return None


SYSTEM_FIELDS = ("created_at", "created_by", "updated_at", "updated_by")


def describe(model: type[Model]) -> ModelInfo:
    """The model's fields, bound to their names, its own first and the system's last."""
    info = _described.get(model)
    if info is None:
        info = _described[model] = _describe(model)
    return info


_described: dict[type[Model], ModelInfo] = {}


def extended(model: type[Model], relationships: Mapping[str, Any]) -> None:
    """Says that the model has got columns since it was described, and relationships to come with `finish_tables`."""
    _described.pop(model, None)
    _to_come.extend((model, name, value) for name, value in relationships.items())


_to_come: list[tuple[type[Model], str, Any]] = []


def _describe(model: type[Model]) -> ModelInfo:
    found: dict[str, Field] = {}
    for attribute in inspect(model).column_attrs:
        column = attribute.columns[0]
        spec = column.info.get("field")
        if isinstance(spec, Field):
            target = _target(column) if spec.kind is Kind.LINK else ""
            addon = column.info.get("owner", model.__addon__)
            bound = spec.bind(name=attribute.key, model=model.key(), target=target, addon=addon)
            found[attribute.key] = _of_workflow(model, bound)
    own = {name: f for name, f in found.items() if name not in SYSTEM_FIELDS}
    system = {name: found[name] for name in SYSTEM_FIELDS if name in found}
    return ModelInfo(model.key(), model, own | system, model.__access__, model.__addon__)


def _of_workflow(model: type[Model], spec: Field) -> Field:
    """The field that holds the state takes its choices from the workflow, which alone writes it."""
    flow = model.__workflow__
    if flow is None or spec.name != flow.field:
        return spec
    return spec.bind(readonly=True, options=flow.labels, tones=flow.tones, default=flow.initial)


def models() -> dict[str, type[Model]]:
    """Every mapped model by its key, core's and the installed addons'."""
    if not _known:
        mappers = sorted(Base.registry.mappers, key=lambda m: m.class_.__tablename__)
        _known.append({m.class_.key(): m.class_ for m in mappers if issubclass(m.class_, Model)})
    return _known[0]


def model_of(key: str) -> type[Model]:
    """The model of that key. Raises `KeyError`."""
    return models()[key]


def finish_tables() -> None:
    """Adds the indexes that follow from the declarations, once every class is mapped.

    Owned models get `(owner, sort, id)` and `(sort, id)` per sortable column, followers the same under the root's
    owner and their own, and `(root_id, sort, id)`; all among what is not deleted.
    """
    # What they lead to may be given by functions, which can be asked once every class has its name.
    while _to_come:
        setattr(*_to_come.pop())
    for model in models().values():
        if model not in _finished:
            _finished.add(model)
            _add_indexes(describe(model))


_finished: set[type[Model]] = set()


def _add_indexes(info: ModelInfo) -> None:
    table = info.table
    alive = table.c.deleted_at.is_(None)
    where: dict[str, Any] = {"sqlite_where": alive, "postgresql_where": alive}
    owners = [name for name in (info.owner,) if name]
    if isinstance(info.rule, Follows):
        owners += ["root_owner_id", "root_id"]
    sorts = [name for name, f in info.fields.items() if f.sort]
    for name in sorts:
        for leading in [(), *((owner,) for owner in owners)]:
            columns = [table.c[c] for c in (*leading, name, "id")]
            Index(f"ix_{table.name}_{'_'.join((*leading, name))}", *columns, **where)
    for owner in owners:
        columns = [table.c[owner], table.c.id]
        if isinstance(info.rule, Follows) and owner == info.owner:
            # Counting one's own rows under other owners' roots needs nothing but this index.
            columns.append(table.c.root_owner_id)
        Index(f"ix_{table.name}_{owner}", *columns, **where)
    for name, f in info.fields.items():
        if f.unique:
            Index(f"uq_{table.name}_{name}", table.c[name], unique=True, **where)
        elif table.c[name].info.get("index") and name not in (*owners, *sorts, *SYSTEM_FIELDS):
            Index(f"ix_{table.name}_{name}", table.c[name], table.c.id, **where)


def _target(column: Any) -> str:
    table = str(next(iter(column.foreign_keys)).target_fullname).split(".")[0]
    return next((key for key, model in models().items() if model.__tablename__ == table), "")
