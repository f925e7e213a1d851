"""What a new site starts with: the preset roles with the grants that addons suggest, and the editable lists.

Everything is suggested once. What an administrator changes or takes away afterwards stays as it is, also when
a later version of an addon, or a new addon, suggests more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import Session

from core.access.models import FieldGrant, Grant, Role
from core.i18n import DEFAULT_LOCALE
from core.orm.lists import ListSpec
from core.orm.session import INCLUDE_DELETED
from core.orm.settings import write_settings
from core.orm.tables import ListValue, Setting
from core.orm.versions import bump

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

PRESETS: dict[str, dict[str, str]] = {
    "salesperson": {"zh_Hant_TW": "業務", "en": "Salesperson", "zh_Hans_CN": "销售人员"},
    "manager": {"zh_Hant_TW": "部門主管", "en": "Department manager", "zh_Hans_CN": "部门主管"},
    "general_manager": {"zh_Hant_TW": "總經理", "en": "General manager", "zh_Hans_CN": "总经理"},
    "accountant": {"zh_Hant_TW": "會計", "en": "Accountant", "zh_Hans_CN": "会计"},
    "administrator": {"zh_Hant_TW": "系統管理員", "en": "Administrator", "zh_Hans_CN": "系统管理员"},
}
"""Code of a preset role → its first name per language; it is stored in the site's and can be changed."""

SUGGESTED = "presets.suggested"
"""The setting that remembers what was suggested before."""


def install(site: Site) -> None:
    """Creates what is missing of roles, grants and lists. Repeat it after every migration."""
    with site.system("preset roles and lists") as env:
        suggest(env)


def suggest(env: Env) -> None:
    """The same within a unit of work, whoever acts in it."""
    # Read past the cache: another process may have suggested things a moment ago.
    known = set(_setting(env.connection_of_core, SUGGESTED) or ())
    with env.system("preset roles and lists") as session:
        roles = _roles(session, env.site.default_locale(env), known)
    _suggest_grants(env, roles, known)
    _suggest_field_grants(env, roles, known)
    for spec in env.site.registry.lists():
        _seed(env.connection_of_core, spec, known)
    write_settings(env.connection_of_core, {SUGGESTED: sorted(known)})


def _setting(connection: Connection, key: str) -> Any:
    return connection.scalar(select(Setting.value).where(Setting.key == key))


def _roles(session: Session, locale: str, known: set[str]) -> dict[str, int]:
    """Preset → id of the role, those in the recycle bin left out."""
    there = set(session.scalars(select(Role.preset), execution_options={INCLUDE_DELETED: True}))
    for code, names in PRESETS.items():
        if _is_new(f"role {code}", known) and code not in there:
            session.add(Role(name=names.get(locale, names[DEFAULT_LOCALE]), preset=code))
    session.flush()
    rows = session.execute(select(Role.preset, Role.id).where(Role.preset.is_not(None)))
    return {preset: id for preset, id in rows if preset is not None}


def _suggest_grants(env: Env, roles: Mapping[str, int], known: set[str]) -> None:
    rows = [
        {"role_id": roles[preset], "model": model, "action": action, "scope": scope}
        for preset, model, action, scope in _contributed(env, "GRANTS")
        if preset in roles and _is_new(f"grant {preset} {model} {action}", known)
    ]
    _insert(env.connection_of_core, Grant, rows, "action")


def _suggest_field_grants(env: Env, roles: Mapping[str, int], known: set[str]) -> None:
    rows = [
        {"role_id": roles[preset], "model": model, "field": name, "level": level}
        for preset, model, name, level in _contributed(env, "FIELD_GRANTS")
        if preset in roles and _is_new(f"field {preset} {model} {name}", known)
    ]
    _insert(env.connection_of_core, FieldGrant, rows, "field")


def _contributed(env: Env, name: str) -> Iterator[tuple[str, str, str, str]]:
    """(preset, model, action or field, scope or level) of all that the installed addons suggest."""
    for addon in env.site.registry.addons:
        for preset, found in addon.contributed("access", name, {}).items():
            for model, suggested in found.items():
                for key, value in suggested.items():
                    yield preset, model, key, value


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]], key: str) -> None:
    """Inserts those rows for which an administrator has not been faster."""
    there = set(connection.execute(select(table.role_id, table.model, getattr(table, key))))
    fresh = [row for row in rows if (row["role_id"], row["model"], row[key]) not in there]
    if fresh:
        connection.execute(insert(table), fresh)
        bump(connection, "organisation")


def _seed(connection: Connection, spec: ListSpec, known: set[str]) -> None:
    """Adds the values that the list has not had yet, after those that it has."""
    there = set(connection.scalars(select(ListValue.code).where(ListValue.list == spec.key)))
    last = connection.scalar(select(func.max(ListValue.position)).where(ListValue.list == spec.key))
    rows = [
        {
            "list": spec.key,
            "code": value.code,
            "meaning": value.meaning,
            "labels": dict(value.labels),
            "tone": value.tone,
            "position": (last or 0) + place,
            "is_active": value.is_active,
        }
        for place, value in enumerate(spec.values, 1)
        if _is_new(f"list {spec.key} {value.code}", known) and value.code not in there
    ]
    if rows:
        connection.execute(insert(ListValue), rows)
        bump(connection, "lists")


def _is_new(what: str, known: set[str]) -> bool:
    """Whether this has never been suggested; from now on it has."""
    if what in known:
        return False
    known.add(what)
    return True
