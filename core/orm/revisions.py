"""Writing a new migration while developing: the difference between an addon's models and a migrated database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import ForeignKeyConstraint, String, inspect
from sqlalchemy.types import TypeDecorator

from core.orm import types
from core.orm.belonging import Belonging, extensions, owner_of
from core.orm.migrations import Chain
from core.orm.model import Base, ModelInfo, describe, models

if TYPE_CHECKING:
    from core.site import Site

TEMPLATE = '''"""{message}"""

import sqlalchemy as sa
from alembic import op

from core.orm import ddl, types

revision = "{revision}"
down_revision = {down}
branch_labels = depends_on = None


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


def new_revision(site: Site, addon: str, message: str) -> Path:
    """Writes the next migration of `addon` from its models; the database must be at the chain's head.

    Columns that the addon adds to tables of others are part of it; what others add to its tables is not. Read the
    file before you commit it. Returns its path.
    """
    folder = _folder(site, addon)
    folder.mkdir(exist_ok=True)
    chain = Chain(addon, folder)
    number = 1 + sum(1 for _ in folder.glob("[0-9]*.py"))
    with site.engine.connect() as connection:
        script = produce_migrations(_context(connection, addon), Base.metadata)
        _adapt(script, Belonging(addon, connection))
    options = {"imports": set(), "render_item": _render, "user_module_prefix": "types."}
    added, removed, last = _beyond_alembic(site, addon)
    upgrade = _portable(render_python_code(script.upgrade_ops, **options))  # type: ignore[arg-type]
    downgrade = _portable(render_python_code(script.downgrade_ops, **options))  # type: ignore[arg-type]
    name = "".join(c if c.isalnum() else "_" for c in message.lower()).strip("_")
    path = folder / f"{number:04d}_{name}.py"
    path.write_text(
        TEMPLATE.format(
            message=message,
            revision=f"{number:04d}",
            down=repr(chain.head),
            upgrade="\n    ".join([upgrade, *added]),
            downgrade="\n    ".join([*removed, downgrade, *last]),
        ),
        encoding="utf-8",
    )
    return path


def lacking(site: Site, addon: str) -> str:
    """The steps that would bring the addon's tables to what its models say, as code; "" if there are none.

    The database must be at the chain's head.
    """
    with site.engine.connect() as connection:
        script = produce_migrations(_context(connection, addon), Base.metadata)
    if script.upgrade_ops is None or script.upgrade_ops.is_empty():
        return ""
    return _portable(render_python_code(script.upgrade_ops, render_item=_render, user_module_prefix="types."))


def _adapt(script: Any, belonging: Belonging) -> None:
    """Leaves other addons' columns out of new tables, and keys to their columns: `ddl.add_column` makes both."""
    for operation in script.upgrade_ops.ops:
        if isinstance(operation, ops.CreateTableOp):
            belonging.trim(operation)
        elif isinstance(operation, ops.ModifyTableOps):
            added = {o.column.name for o in operation.ops if isinstance(o, ops.AddColumnOp)}
            operation.ops = [o for o in operation.ops if not (_key_columns(o) and _key_columns(o) <= added)]
    for operation in script.downgrade_ops.ops:
        if isinstance(operation, ops.ModifyTableOps):
            dropped = {o.column_name for o in operation.ops if isinstance(o, ops.DropColumnOp)}
            operation.ops = [o for o in operation.ops if not (_key_columns(o) and _key_columns(o) <= dropped)]


def _key_columns(operation: Any) -> set[str]:
    """The columns of a foreign key that the operation makes or removes; nothing for any other."""
    if not isinstance(operation, ops.CreateForeignKeyOp | ops.DropConstraintOp):
        return set()
    constraint = operation.to_constraint()
    return {column.name for column in constraint.columns} if isinstance(constraint, ForeignKeyConstraint) else set()


def _portable(code: str) -> str:
    """Columns and keys of tables that are there already are added the way that the engine can."""
    code = _ADDED_KEY.sub(r'ddl.add_foreign_key(op, "\1", "\2", "\4", "\3")', code)
    code = _ADDED_COLUMN.sub(_with_key, code)
    return _DROPPED_COLUMN.sub(r'ddl.drop_column(op, "\1", "\2")', code)


_ADDED_KEY = re.compile(r"op\.create_foreign_key\(op\.f\('([^']+)'\), '([^']+)', '([^']+)', \['([^']+)'\], \['id'\]\)")
_ADDED_COLUMN = re.compile(r"op\.add_column\('(?P<table>\w+)', sa\.Column\('(?P<column>\w+)', (?P<type>.+), nullable=")
_DROPPED_COLUMN = re.compile(r"op\.drop_column\('(\w+)', '(\w+)'\)")


def _with_key(found: re.Match[str]) -> str:
    key = "".join(f"{_key_of(key)}, " for key in Base.metadata.tables[found["table"]].c[found["column"]].foreign_keys)
    table, column = found["table"], found["column"]
    type_, _comma, default = found["type"].partition(", server_default=")
    default = f"server_default={default}, " if default else ""
    return f'ddl.add_column(op, "{table}", sa.Column("{column}", {type_}, {key}{default}nullable='


def _key_of(key: Any) -> str:
    rule = f', ondelete="{key.ondelete}"' if key.ondelete else ""
    return f'sa.ForeignKey("{key.target_fullname}", name="fk_{key.parent.table.name}_{key.parent.name}"{rule})'


def _folder(site: Site, addon: str) -> Path:
    if addon == "core":
        return Path(__file__).resolve().parents[1] / "migrations"
    return site.registry.addon(addon).manifest.path / "migrations"


def _context(connection: Any, addon: str) -> MigrationContext:
    belonging = Belonging(addon, connection)
    options = {
        "target_metadata": Base.metadata,
        "include_name": belonging.includes_name,
        "include_object": belonging.includes,
        "render_item": _render,
        "compare_type": True,
    }
    return MigrationContext.configure(connection, opts=options)


def _beyond_alembic(site: Site, addon: str) -> tuple[list[str], list[str], list[str]]:
    """What Alembic does not see: search tables, and keys between new tables that refer to each other.

    Statements for upgrade, and for downgrade before and after what Alembic does.
    """
    there = set(inspect(site.engine).get_table_names())
    added, removed, last = list[str](), list[str](), list[str]()
    for info in map(describe, models().values()):
        table = info.model.__tablename__
        is_new = info.addon == addon and table not in there
        if is_new and any(f.addon == addon for f in _searched(info)):
            added.append(f'ddl.create_search_table(op, "{table}")')
            removed.append(f'ddl.drop_search_table(op, "{table}")')
        elif _brings_search(site, info, addon):
            added.append(f'ddl.create_search_table(op, "{table}")')
            last.append(f'ddl.drop_unused_search_table(op, "{table}")')
        for key in _keys_to_come(info) if is_new else ():
            name, column = f"fk_{table}_{key.parent.name}", key.parent.name
            target = key.target_fullname.split(".")[0]
            added.append(f'ddl.add_foreign_key(op, "{name}", "{table}", "{column}", "{target}")')
            removed.append(f'ddl.drop_foreign_key(op, "{name}", "{table}")')
    return added, removed, last


def _searched(info: ModelInfo) -> list[Any]:
    return [info.fields[name] for name in info.searched]


def _brings_search(site: Site, info: ModelInfo, addon: str) -> bool:
    """Whether the addon adds a searched field to a table of which nothing was searched before."""
    mine = [c.name for table, columns in extensions(addon) if table is info.table for c in columns]
    if not any(f.name in mine for f in _searched(info)) or any(f.addon == info.addon for f in _searched(info)):
        return False
    there = {column["name"] for column in inspect(site.engine).get_columns(info.table.name)}
    return not any(f.name in there for f in _searched(info))


def _keys_to_come(info: ModelInfo) -> Iterator[Any]:
    for column in info.table.c:
        if owner_of(column) == info.addon:
            yield from (key for key in column.foreign_keys if key.use_alter)


def _render(kind: str, item: Any, _context: Any) -> Any:
    """Core's own types by their names, so that a script reads like the model."""
    if kind != "type":
        return False
    for known, name in ((types.Id, "types.Id"), (types.Json, "types.Json")):
        if item is known or (item._variant_mapping and repr(item) == repr(known)):
            return name
    if isinstance(item, TypeDecorator):
        length = getattr(item.impl, "length", None)
        return f"types.{type(item).__name__}({length or ''})"
    if isinstance(item, String) and item.length and "postgresql" in item._variant_mapping:
        return f"types.ShortText({item.length})"
    return False
