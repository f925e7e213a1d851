"""Whether an addon's tables come, go and come back, and leave everything else as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, func, inspect, select, table

from core.access import presets
from core.addons import lifecycle
from core.addons.registry import Registry
from core.config import Settings
from core.orm import migrations
from core.orm.model import models
from core.orm.revisions import lacking
from core.site import Site
from core.testing.cast import hire
from core.testing.contract.problems import Problem
from core.testing.factories import make

Schema = dict[str, dict[str, Any]]


def moved(settings: Settings, engine: Engine, registry: Registry, addon: str) -> Iterator[Problem]:
    """Migrates an empty database without the addon, with it, without and with it again, and compares.

    An addon without a folder of migrations has no tables to move.
    """
    gone = {addon, *lifecycle.dependents_of(registry, addon)}
    others = Registry([each for each in registry.addons if each.name not in gone])
    with_it = Registry([each for each in registry.addons if each.name not in gone - {addon}])
    migrations.upgrade(Site(settings, engine, others))
    before, site = schema_of(engine), Site(settings, engine, with_it)
    migrations.upgrade(site)
    there = schema_of(engine)
    yield from _unlike_models(site, addon)
    if addon not in {chain.addon for chain in migrations.chains(site)}:
        return
    _fill(site, addon)
    rows = _rows(engine, before)
    migrations.downgrade(site, addon)
    yield from _differences(
        before, schema_of(engine), addon, "after downgrade(), that was not so before upgrade()", "downgrade()"
    )
    yield from _lost(rows, _rows(engine, before), addon)
    migrations.upgrade(site)
    yield from _differences(there, schema_of(engine), addon, "after a second upgrade()", "upgrade()")


def schema_of(engine: Engine) -> Schema:
    """Table → its columns, keys and indexes, as the database has them."""
    inspector = inspect(engine)
    return {name: _table(inspector, name) for name in inspector.get_table_names()}


def _table(inspector: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"column {c['name']}": (str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(name)
    }
    for key in inspector.get_foreign_keys(name):
        found[f"key of {', '.join(key['constrained_columns'])}"] = key["referred_table"]
    for index in inspector.get_indexes(name):
        found[f"index {index['name']}"] = (tuple(map(str, index["column_names"])), bool(index["unique"]))
    return found


def _unlike_models(site: Site, addon: str) -> Iterator[Problem]:
    if code := lacking(site, addon):
        what = f"make other tables than the models say. What is missing:\n    {code}"
        remedy = f'Run `9kcrm migrate --new "what changed" --addon {addon}`, read the script and commit it.'
        yield Problem(f"{addon}/migrations", what, remedy)


def _fill(site: Site, addon: str) -> None:
    """One row in each table that the addon adds columns to, so that there is something to lose."""
    presets.install(site)
    hire(site)
    extended = {m for m in models().values() if m.__addon__ != addon and _has_columns_of(m, addon)}
    with site.system("rows beside the addon's columns", locale="en") as env:
        for model in extended:
            make(env, model)


def _has_columns_of(model: Any, addon: str) -> bool:
    return any(column.info.get("owner") == addon for column in model.__table__.columns)


def _rows(engine: Engine, tables: Schema) -> dict[str, int]:
    with engine.connect() as connection:
        return {n: connection.scalar(select(func.count()).select_from(table(n))) or 0 for n in sorted(tables)}


def _lost(before: dict[str, int], after: dict[str, int], addon: str) -> Iterator[Problem]:
    for name, number in before.items():
        if after[name] != number and not name.startswith("alembic_version"):
            what = f"downgrade() leaves {after[name]} rows of {number} in {name}, which is not the addon's."
            yield Problem(f"{addon}/migrations", what, "Drop the addon's own columns and tables alone.")


def _differences(wanted: Schema, found: Schema, addon: str, when: str, function: str) -> Iterator[Problem]:
    where, remedy = f"{addon}/migrations", f"Let {function} do the exact opposite of the other direction."
    for name in sorted(wanted.keys() | found.keys()):
        if name not in wanted:
            # What Alembic keeps its place in stays, empty.
            if name != f"alembic_version_{addon}":
                yield Problem(where, f"there is a table {name} {when}.", remedy)
        elif name not in found:
            yield Problem(where, f"there is no table {name} {when}.", remedy)
        else:
            for part in sorted(wanted[name].keys() | found[name].keys()):
                if wanted[name].get(part) != found[name].get(part):
                    told = f"{found[name].get(part, 'missing')} instead of {wanted[name].get(part, 'missing')}"
                    yield Problem(where, f"{part} of {name} is {told} {when}.", remedy)
