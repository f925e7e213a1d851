"""Taking an addon's data away for good: its tables and columns, and every trace of its records elsewhere.

Purging is not part of disabling; it is asked for by itself, on a site that is not running. An addon that was purged
is not loaded any more, although its code is there, until somebody enables it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete

from core.access.models import FieldGrant, Grant, Share
from core.access.presets import SUGGESTED
from core.addons import lifecycle
from core.addons.discovery import ESSENTIAL
from core.addons.holdings import holdings
from core.addons.purged import leave_out
from core.bulk.models import BulkAct
from core.duplicates.tables import DuplicateDenial, DuplicateKey
from core.errors import Conflict
from core.exchange.imports.models import Import, ImportedRecord, ImportMemory
from core.files.models import Attachment
from core.i18n import _, listed
from core.jobs import registry as jobs
from core.jobs.models import OutboxRow, ScheduleRow
from core.merging.models import Merge
from core.notifications.models import Notification
from core.orm import migrations
from core.orm.field import Kind
from core.orm.model import describe, models
from core.orm.settings import write_settings
from core.orm.tables import Change, Deletion, EnabledAddon, HookFailure, ListValue
from core.orm.tables import Sequence as Series
from core.orm.versions import bump
from core.saved_views.models import SavedView
from core.workflow.tables import WaitingTransition

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site


class CannotPurge(Conflict):
    """The addon is still in use: it is enabled, or another installed addon depends on it."""

    code = "cannot_purge"


@dataclass(frozen=True, slots=True)
class Loss:
    """A table that goes, or columns of another addon's table, with how many rows hold something there."""

    table: str
    columns: Sequence[str]
    rows: int


def losses(env: Env, name: str) -> list[Loss]:
    """What purging the addon would take away. Raises `UnknownAddon` or `CannotPurge`."""
    check_may_purge(env, name)
    connection = env.connection_of_core
    return [
        Loss(holding.table.name, [column.name for column in holding.columns], holding.count(connection))
        for holding in holdings(connection, name)
    ]


def check_may_purge(env: Env, name: str) -> None:
    """Raises `UnknownAddon`, or `CannotPurge` with what has to be done before."""
    dependents = lifecycle.dependents_of(env.site.registry, name)
    if name in ESSENTIAL or lifecycle.wanted(env)[name]:
        raise CannotPurge(_("{name} is enabled. Disable it first.", name=name))
    if dependents:
        others = listed(dependents)
        raise CannotPurge(_("These addons depend on {name}: {others}. Remove them first.", name=name, others=others))


def purge(site: Site, name: str) -> None:
    """Takes everything of the addon away, with its own migrations, and leaves it out from now on.

    It is one transaction, in which nobody migrates: a process that is killed, or a script that fails, leaves all as it
    was. Raises as `losses` does, and `MigrationFailed` where a script of the addon fails.
    """
    with migrations.alone(site.engine):
        with site.system(f"purge {name}") as env:
            check_may_purge(env, name)
            _remove_traces(env, name)
            env.flush()
            migrations.take_away(site, name, env.connection_of_core)
        # Within the lock: whoever migrates next would make the tables anew.
        leave_out(site.settings.data, name)


def _remove_traces(env: Env, name: str) -> None:
    """What core's tables hold of the addon: history, shares, files, grants, lists, numbers, jobs, settings."""
    connection = env.connection_of_core
    infos = [describe(model) for model in models().values()]
    keys = [info.key for info in infos if info.addon == name]
    others = [(spec.model, spec.name) for info in infos for spec in info.fields.values() if spec.addon == name]
    addon = env.site.registry.addon(name)
    declared = {permission.model for permission in addon.contributed("access", "PERMISSIONS", ())}
    own = {*keys, *(model for model in declared if model not in models())}
    lists = [spec.key for spec in addon.contributed("lists", "LISTS", ())]
    names = [job.name for job in jobs.declared().values() if job.addon == name]
    wanted: list[tuple[Any, Any]] = [
        *((table, column.in_(keys)) for table, column in _NAMING),
        (Grant, Grant.model.in_(own)),
        (FieldGrant, FieldGrant.model.in_(keys)),
        *((FieldGrant, (FieldGrant.model == model) & (FieldGrant.field == field)) for model, field in others),
        (ListValue, ListValue.list.in_(lists)),
        (Series, Series.key.in_(_series(keys))),
        (ScheduleRow, ScheduleRow.name.in_(names)),
        (OutboxRow, OutboxRow.job.in_(names)),
        (HookFailure, HookFailure.addon == name),
        (EnabledAddon, EnabledAddon.name == name),
    ]
    for table, condition in wanted:
        connection.execute(delete(table).where(condition))
    write_settings(connection, {key: None for key in env.site.settings_of(env) if key.startswith(f"{name}.")})
    _forget_suggestions(env, own, lists, others)
    for key in ("addons", "organisation", "lists"):
        bump(connection, key)


_NAMING: tuple[tuple[Any, Any], ...] = (
    (Change, Change.model),
    (Share, Share.root_model),
    (Attachment, Attachment.model),
    (Deletion, Deletion.model),
    (Merge, Merge.model),
    (BulkAct, BulkAct.model),
    (DuplicateKey, DuplicateKey.model),
    (DuplicateDenial, DuplicateDenial.model),
    (Notification, Notification.model),
    (WaitingTransition, WaitingTransition.model),
    (ImportedRecord, ImportedRecord.model),
    (Import, Import.model),
    (ImportMemory, ImportMemory.model),
    (SavedView, SavedView.model),
)
"""Core's tables that name a record by its kind and id."""


def _series(keys: Sequence[str]) -> list[str]:
    specs = [spec for model in models().values() for spec in describe(model).fields.values()]
    return [f"{spec.model}.{spec.name}" for spec in specs if spec.kind is Kind.SERIAL and spec.model in keys]


def _forget_suggestions(env: Env, own: set[str], lists: Sequence[str], fields: Sequence[tuple[str, str]]) -> None:
    """So that the addon, should it come back, suggests its grants and lists anew."""

    def is_its(what: str) -> bool:
        kind, *rest = what.split(" ")
        if kind == "grant":
            return rest[1] in own
        if kind == "field":
            return rest[1] in own or (rest[1], rest[2]) in fields
        return kind == "list" and rest[0] in lists

    known = env.setting(SUGGESTED) or []
    write_settings(env.connection_of_core, {SUGGESTED: [what for what in known if not is_its(what)]})
