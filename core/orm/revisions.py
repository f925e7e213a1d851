"""Writing a new migration while developing: the difference between an addon's models and a migrated database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import String, inspect
from sqlalchemy.types import TypeDecorator

from core.orm import types
from core.orm.migrations import Chain
from core.orm.model import Base, describe, models

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

    Read the file before you commit it. Returns its path.
    """
    folder = _folder(site, addon)
    folder.mkdir(exist_ok=True)
    chain = Chain(addon, folder)
    number = 1 + sum(1 for _ in folder.glob("[0-9]*.py"))
    with site.engine.connect() as connection:
        script = produce_migrations(_context(connection, addon), Base.metadata)
    options = {"imports": set(), "render_item": _render, "user_module_prefix": "types."}
    added, removed = _beyond_alembic(site, addon)
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
            downgrade="\n    ".join([*removed, downgrade]),
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


def _portable(code: str) -> str:
    """Keys between tables that refer to each other are added where the engine can."""
    return _ADDED_KEY.sub(r'ddl.add_foreign_key(op, "\1", "\2", "\4", "\3")', code)


_ADDED_KEY = re.compile(r"op\.create_foreign_key\(op\.f\('([^']+)'\), '([^']+)', '([^']+)', \['([^']+)'\], \['id'\]\)")


def _folder(site: Site, addon: str) -> Path:
    if addon == "core":
        return Path(__file__).resolve().parents[1] / "migrations"
    return site.registry.addon(addon).manifest.path / "migrations"


def _context(connection: Any, addon: str) -> MigrationContext:
    tables = {m.class_.__tablename__ for m in Base.registry.mappers if m.class_.__addon__ == addon}
    options = {
        "target_metadata": Base.metadata,
        "include_name": lambda name, kind, _parents: kind != "table" or name in tables,
        "include_object": lambda object_, name, kind, _reflected, _to: kind != "table" or name in tables,
        "render_item": _render,
        "compare_type": True,
    }
    return MigrationContext.configure(connection, opts=options)


def _beyond_alembic(site: Site, addon: str) -> tuple[list[str], list[str]]:
    """What new tables need that Alembic does not see: search tables, and keys between tables that refer to each
    other. Statements for upgrade and for downgrade."""
    there = set(inspect(site.engine).get_table_names())
    added, removed = [], []
    for model in models().values():
        if model.__addon__ == addon and model.__tablename__ not in there:
            if describe(model).searched:
                added.append(f'ddl.create_search_table(op, "{model.__tablename__}")')
                removed.append(f'ddl.drop_search_table(op, "{model.__tablename__}")')
            for key in (k for c in describe(model).table.c for k in c.foreign_keys if k.use_alter):
                name, target = (
                    f"fk_{model.__tablename__}_{key.parent.name}",
                    key.target_fullname.split(".")[0],
                )
                column = key.parent.name
                added.append(f'ddl.add_foreign_key(op, "{name}", "{model.__tablename__}", "{column}", "{target}")')
                removed.append(f'ddl.drop_foreign_key(op, "{name}", "{model.__tablename__}")')
    return added, removed


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
