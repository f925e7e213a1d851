"""What happened to a record beside changes of its fields: who was let in, which files, roles and grants changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from core.access.actor import PRINT
from core.access.models import FieldLevel, Scope
from core.access.permissions import FIELD_LEVELS, SCOPES, action_labels
from core.i18n import Text, _, listed
from core.orm.model import describe, models
from core.pages.cells import Cells
from core.pages.people import person
from core.pages.standard import SHARE_LEVELS
from core.pages.views import Change, Tone

if TYPE_CHECKING:
    from core.env import Env

TITLES: Mapping[str, tuple[Text, str, Tone]] = {
    "create": (_("Created"), "plus", "positive"),
    "assign": (_("Assigned"), "user-share", "accent"),
    "share": (_("Collaborator added"), "user-plus", "accent"),
    "unshare": (_("Collaborator removed"), "user-minus", "neutral"),
    "file_added": (_("File added"), "paperclip", "neutral"),
    "file_removed": (_("File removed"), "paperclip", "negative"),
    "password": (_("Password set"), "key", "neutral"),
    "roles": (_("Roles changed"), "users", "accent"),
    "grants": (_("Grants changed"), "shield-lock", "accent"),
    "merge": (_("Merged"), "arrows-join", "accent"),
    "regroup": (_("Moved by a merge"), "arrows-join", "neutral"),
    "unmerge": (_("Merge undone"), "arrows-split", "neutral"),
    "print": (_("Printed"), "printer", "neutral"),
    "mail": (_("Sent by e-mail"), "mail", "accent"),
    "delete": (_("Deleted"), "trash", "negative"),
    "restore": (_("Restored"), "restore", "positive"),
}
"""Action → what its entry is called, its icon and tone."""

MAIL = "mail"

OTHER: tuple[Text, str, Tone] = (_("Another change"), "bolt", "neutral")
"""For what nobody has a name for: the addon that wrote it is gone."""

Pair = Sequence[Any]
"""What was before, and after."""


def titled(action: str, changes: Mapping[str, Pair]) -> tuple[Text, str, Tone]:
    """What the entry of one of the `TITLES` is called, its icon and tone; of a print with the template's label."""
    title, icon, tone = TITLES[action]
    if action == PRINT and "label" in changes:
        title = _("Printed: {template}", template=Text.from_json(changes["label"][1]))
    if action == MAIL and "label" in changes:
        title = _("Sent by e-mail: {template}", template=Text.from_json(changes["label"][1]))
    return title, icon, tone


def details(env: Env, cells: Cells, action: str, changes: Mapping[str, Pair]) -> list[Change]:
    """What such an entry says, label by label; nothing for changes of fields."""
    tell = _TELLERS.get(action)
    return tell(env, cells, changes) if tell else []


def _share(env: Env, cells: Cells, changes: Mapping[str, Pair]) -> list[Change]:
    shown: dict[str, tuple[Text, Callable[[Any], Any]]] = {
        "user_id": (_("User"), lambda id: person(env, id).name),
        "level": (_("Access"), lambda level: str(SHARE_LEVELS.get(level, level))),
        "until": (_("Until"), lambda text: _moment(cells, text)),
    }
    return [_change(shown[name], pair) for name, pair in changes.items() if name in shown]


def _files(env: Env, cells: Cells, changes: Mapping[str, Pair]) -> list[Change]:
    return [_change((_("File"), str), pair) for name, pair in changes.items() if name in ("file", "name")]


def _merged(env: Env, cells: Cells, changes: Mapping[str, Pair]) -> list[Change]:
    return [_change((_("Merged with it"), listed), pair) for name, pair in changes.items() if name == "merged"]


def _nothing(env: Env, cells: Cells, changes: Mapping[str, Pair]) -> list[Change]:
    return []


def _roles(env: Env, cells: Cells, changes: Mapping[str, Pair]) -> list[Change]:
    return [_change((_("Roles"), listed), pair) for name, pair in changes.items() if name == "roles"]


def _grants(env: Env, cells: Cells, changes: Mapping[str, Pair]) -> list[Change]:
    actions = action_labels(env.site.registry, env.enabled)
    found = []
    for key, (before, after) in changes.items():
        model, _dot, name = key.partition(".")
        info = describe(models()[model]) if model in models() else None
        is_field = {before, after} & set(FieldLevel) - set(Scope)
        label = info.fields[name].label if info and is_field and name in info.fields else actions.get(name, name)
        labels: Mapping[Any, Text] = FIELD_LEVELS if is_field else SCOPES
        usual = FieldLevel.EDIT if is_field else Scope.NONE
        values = [escape(str(labels.get(value or usual, value))) for value in (before, after)]
        found.append(Change(f"{info.title_plural if info else model} › {label}", values[0], values[1]))
    return found


_TELLERS: Mapping[str, Callable[[Env, Cells, Mapping[str, Pair]], list[Change]]] = {
    "share": _share,
    "unshare": _share,
    "file_added": _files,
    "file_removed": _files,
    "merge": _merged,
    "print": _nothing,
    MAIL: _nothing,
    "roles": _roles,
    "grants": _grants,
}


TOLD = frozenset(_TELLERS)
"""The actions whose entries name no fields."""


def _change(shown: tuple[Text, Callable[[Any], Any]], pair: Pair) -> Change:
    label, show = shown
    before, after = (Markup("") if value in (None, "", []) else escape(show(value)) for value in pair)
    return Change(str(label), before, after)


def _moment(cells: Cells, text: str) -> Markup:
    return cells.moments.full(datetime.fromisoformat(text).astimezone(UTC))
