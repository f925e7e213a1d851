"""Columns that an addon adds to another addon's model, and its own view of a record with them.

class Loyalty(Extension[User]):
    points: Mapped[int | None] = field(Integer, label=_("Points"), sort=True)

In addon `loyalty` this is the column `loyalty_points` of the extended table and the field `loyalty_points` wherever
fields have names. Queries say `Loyalty.points`, a record's value is `Loyalty.of(record).points`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin

from sqlalchemy import Column
from sqlalchemy.orm import MappedColumn, RelationshipProperty
from sqlalchemy.types import NullType

from core.addons.origin import CORE, addon_of, depends_of
from core.orm.field import Field
from core.orm.model import Model, extended
from core.orm.rules import Owned

M = TypeVar("M", bound=Model)
E = TypeVar("E", bound="Extension[Any]")

RESERVED = frozenset({"of", "record"})
LONGEST_NAME = 63
"""Characters of an index's name that PostgreSQL keeps."""


class ExtensionError(TypeError):
    """An extension that cannot be; the message says of which class, why, and what to do instead."""


class Extension(Generic[M]):
    """The columns of one addon on the model `M` of another one.

    Declared in the addon's `models.py` with `field()`; `relationship()` needs its class as an argument, and columns of
    the extension as they are, not by its name, which is not there yet: `foreign_keys=[referrer_id]`. Each column
    takes NULL or has a server default, since the rows are there already and go on being written while the addon is
    off. Properties and methods see one record, in `self.record`.
    """

    __target__: ClassVar[type[Model]]

    def __init__(self, record: M) -> None:
        self.record: M = record

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__target__ = _target_of(cls)
        addon = addon_of(cls.__module__)
        _check_target(cls, addon)
        found = {name: value for name, value in vars(cls).items() if isinstance(value, _KINDS)}
        for name, value in found.items():
            _check_name(cls, addon, name)
            if isinstance(value, MappedColumn):
                _prepare(cls, name, value.column, addon)
        # All are sound: a class that is refused must leave nothing behind.
        relationships = dict[str, Any]()
        for name, value in found.items():
            key = f"{addon}_{name}"
            if isinstance(value, MappedColumn):
                setattr(cls.__target__, key, value)
            else:
                relationships[key] = value
            setattr(cls, name, _Attribute(key))
        extended(cls.__target__, relationships)

    @classmethod
    def of(cls: type[E], record: M) -> E:
        """The record with these columns: reads and writes go to the record itself.

        Raises `TypeError` for a record of another model.
        """
        if not isinstance(record, cls.__target__):
            raise TypeError(f"{cls.__name__} is of {cls.__target__.__name__}, not of {type(record).__name__}.")
        return cls(record)


_KINDS = (MappedColumn, RelationshipProperty)


class _Attribute:
    """An attribute of an extension: of the class, the mapped column; of one record, its value."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, view: Extension[Any] | None, owner: type[Extension[Any]]) -> Any:
        return getattr(owner.__target__ if view is None else view.record, self.key)

    def __set__(self, view: Extension[Any], value: Any) -> None:
        setattr(view.record, self.key, value)


def _target_of(cls: type[Extension[Any]]) -> type[Model]:
    """The model in `Extension[…]`."""
    bases = cls.__dict__.get("__orig_bases__", ())
    found = next((get_args(base)[0] for base in bases if get_origin(base) is Extension), None)
    if found is None:
        raise ExtensionError(f"{_named(cls)} must say what it extends: class {cls.__name__}(Extension[TheModel]).")
    if not isinstance(found, type) or not issubclass(found, Model) or "__mapper__" not in found.__dict__:
        name = getattr(found, "__name__", repr(found))
        raise ExtensionError(f"{_named(cls)} extends {name}, which is no model with a table.")
    return found


def _check_target(cls: type[Extension[Any]], addon: str) -> None:
    target = cls.__target__
    if target.__addon__ == addon:
        raise ExtensionError(f"{_named(cls)} extends {target.__name__} of its own addon. Declare the fields there.")
    depends = depends_of(addon)
    if depends is not None and target.__addon__ not in {CORE, *depends}:
        raise ExtensionError(
            f"{_named(cls)} extends {target.__name__} of the addon {target.__addon__}. "
            f'Add "{target.__addon__}" to depends in the addon.toml of {addon}.'
        )


def _check_name(cls: type[Extension[Any]], addon: str, name: str) -> None:
    key, target = f"{addon}_{name}", cls.__target__
    if name in RESERVED:
        raise ExtensionError(f"{_named(cls)}.{name}: the name is taken by every extension. Choose another one.")
    if hasattr(target, key):
        raise ExtensionError(f"{_named(cls)}.{name}: {target.__name__} has {key} already. Choose another name.")


def _prepare(cls: type[Extension[Any]], name: str, column: Column[Any], addon: str) -> None:
    """Checks the column and marks it as the addon's."""
    spec = column.info.get("field")
    if isinstance(column.type, NullType) and not column.foreign_keys:
        raise ExtensionError(f"{_named(cls)}.{name}: say its type, as in field(Integer, label=…).")
    if not column.nullable and column.server_default is None:
        raise ExtensionError(
            f"{_named(cls)}.{name} takes no NULL and has no server default, but the table has rows already and gets "
            "more while the addon is off. Say nullable=True, which may stand beside required=True, or server_default=…"
        )
    _check_length(cls, name, f"{addon}_{name}", spec)
    column.info["owner"] = addon
    # The column's own default would be written while the addon is off; the field's is applied while it is on.
    column.default = None


def _check_length(cls: type[Extension[Any]], name: str, key: str, spec: Field | None) -> None:
    rule = cls.__target__.__access__
    owner = (rule.owner if isinstance(rule, Owned) else "root_owner_id") + "_"
    longest = f"ix_{cls.__target__.__tablename__}_{owner if spec is not None and spec.sort else ''}{key}"
    if len(longest) > LONGEST_NAME:
        over = len(longest) - LONGEST_NAME
        raise ExtensionError(f"{_named(cls)}.{name}: the name of its index is {over} characters too long.")


def _named(cls: type[Extension[Any]]) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def owner_of(column: Column[Any], model_addon: str) -> str:
    """The addon that a column belongs to: the one that extended the table with it, else the table's own."""
    return str(column.info.get("owner", model_addon))
