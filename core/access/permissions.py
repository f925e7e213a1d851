"""What can be granted: on which model, which actions, in which scopes. The role editor shows the matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.access.models import FieldLevel, Scope
from core.addons.origin import CORE
from core.i18n import Text, _
from core.orm.field import Field
from core.orm.model import ModelInfo, describe, models
from core.orm.parts import whole_of
from core.orm.rules import Follows, Owned, SystemOnly

if TYPE_CHECKING:
    from core.addons.registry import Registry

ACTIONS: dict[str, Text] = {
    "read": _("Read"),
    "refer": _("Know and choose by name"),
    "create": _("Create"),
    "edit": _("Edit"),
    "delete": _("Delete"),
    "assign": _("Assign"),
    "export": _("Export"),
    "import": _("Import"),
    "print": _("Print"),
    "bulk_edit": _("Edit many at once"),
}
"""What can be done with records of every kind; assigning only with those that have an owner.

Whoever may refer to records sees their names on what belongs to them and chooses them there, and nothing else of them.
"""

SCOPES: dict[Scope, Text] = {
    Scope.NONE: _("None"),
    Scope.OWN: _("Own"),
    Scope.DEPARTMENT: _("Department"),
    Scope.BELOW: _("Department and below"),
    Scope.ALL: _("All"),
}

FIELD_LEVELS: dict[FieldLevel, Text] = {
    FieldLevel.EDIT: _("Edit"),
    FieldLevel.READ: _("Read"),
    FieldLevel.MASKED_IN_LISTS: _("Masked in lists"),
    FieldLevel.MASKED: _("Masked"),
    FieldLevel.HIDDEN: _("Hidden"),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """An action that an addon declares in `PERMISSIONS` of its `access.py`.

    `model` is the key of a model, or of something else that can be granted, which then has a `title`.
    """

    model: str
    action: str
    label: Text
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Grantable:
    """A row of the matrix: a kind of record, or something else that can be granted.

    The parts of records have no `actions`, as they go with their whole; only their fields can be kept from people.
    """

    key: str
    title: Text
    actions: Sequence[str]
    scopes: Sequence[Scope]
    fields: Sequence[Field] = ()


def grantables(registry: Registry, enabled: frozenset[str]) -> list[Grantable]:
    """Everything that can be granted with these addons, core's own first, then as the addons are ordered."""
    order = {name: place for place, name in enumerate(["core", *(a.name for a in registry.addons)])}
    infos = sorted((describe(m) for m in models().values()), key=lambda i: (order.get(i.addon, 0), *_place(i)))
    extra = _declared(registry, enabled)
    found = [
        _of_model(info, [p.action for p in extra if p.model == info.key], enabled | {CORE})
        for info in infos
        if info.addon in enabled | {CORE} and not isinstance(info.rule, SystemOnly)
    ]
    return found + _others(extra, {grantable.key for grantable in found})


def _place(info: ModelInfo) -> tuple[str, str]:
    """Parts stand behind what they belong to."""
    whole = whole_of(info.model)
    return (whole.model.key(), info.key) if whole is not None else (info.key, "")


def action_labels(registry: Registry, enabled: frozenset[str]) -> Mapping[str, Text]:
    """Action → label: the ones of every model, then those that addons declare."""
    declared = {p.action: p.label for p in _declared(registry, enabled) if p.action not in ACTIONS}
    return ACTIONS | declared


def _declared(registry: Registry, enabled: frozenset[str]) -> list[Permission]:
    return [
        permission
        for addon in registry.addons
        if addon.name in enabled
        for permission in addon.contributed("access", "PERMISSIONS", ())
    ]


def _of_model(info: ModelInfo, extra: Sequence[str], on: frozenset[str]) -> Grantable:
    actions = [a for a in ACTIONS if a != "assign" or isinstance(info.rule, Owned)]
    has_owner = isinstance(info.rule, Owned | Follows)
    if not has_owner:
        actions = [
            a for a in actions if a in ("read", "refer", "create", "edit", "delete", "export", "print", "bulk_edit")
        ]
    known = [f for f in info.fields.values() if f.addon in on]
    if all(spec.readonly for spec in known):
        actions = [a for a in actions if a in ("read", "export", "print")]
    whole = whole_of(info.model)
    if whole is not None:
        actions = []
        known = [f for f in known if f.name not in (whole.part.via, whole.part.order, info.owner)]
    fields = [f for f in known if f.name != info.display]
    return Grantable(
        key=info.key,
        title=info.title_plural,
        actions=[*actions, *extra] if whole is None else [],
        scopes=list(SCOPES) if has_owner else [Scope.NONE, Scope.ALL],
        fields=fields if has_owner else (),
    )


def _others(declared: Sequence[Permission], known: set[str]) -> list[Grantable]:
    found: dict[str, list[Permission]] = {}
    for permission in declared:
        if permission.model not in known:
            found.setdefault(permission.model, []).append(permission)
    return [
        Grantable(
            key=key,
            title=next((p.title for p in group if p.title), group[0].label),
            actions=[p.action for p in group],
            scopes=[Scope.NONE, Scope.ALL],
        )
        for key, group in found.items()
    ]
