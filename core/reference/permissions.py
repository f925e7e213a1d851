"""What can be granted with the addons that come with the product, and what the preset roles start with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.access.permissions import FIELD_LEVELS, SCOPES, Grantable, action_labels, grantables
from core.access.presets import PRESETS
from core.addons.registry import Registry
from core.reference.markdown import code, table

INTRODUCTION = """
A grant is a model, an action and a scope, and belongs to a role. A user has several roles; the widest scope of
them counts. What is not granted is refused. The names in code are those that grants, tokens and `can()` use.
"""


def build(registry: Registry) -> str:
    """Scopes and field levels, the matrix of what can be granted, then what each preset role starts with."""
    enabled = frozenset(addon.name for addon in registry.addons)
    found = [grantable for grantable in grantables(registry, enabled) if grantable.actions]
    return "\n".join(
        [
            INTRODUCTION.strip() + "\n",
            "## Scopes\n\n" + table(("Scope", "Label"), ((code(s.value), str(t)) for s, t in SCOPES.items())),
            "## Field access\n\n"
            "Per role and field. Of several roles that may read the model, the one that allows most counts.\n\n"
            + table(("Level", "Label"), ((code(level.value), str(t)) for level, t in FIELD_LEVELS.items())),
            "## Actions\n\n"
            + table(("Action", "Label"), ((code(a), str(t)) for a, t in action_labels(registry, enabled).items())),
            "## What can be granted\n\n" + table(("Model", "Title", "Actions", "Scopes"), map(_row, found)),
            _presets(registry, found),
        ]
    )


def _row(grantable: Grantable) -> tuple[str, str, str, str]:
    actions = ", ".join(map(code, grantable.actions))
    return code(grantable.key), str(grantable.title), actions, ", ".join(code(s.value) for s in grantable.scopes)


def _presets(registry: Registry, found: list[Grantable]) -> str:
    heads = ["Model", "Action", *(names["en"] for names in PRESETS.values())]
    granted = dict(_suggested(registry, "GRANTS"))
    rows = [
        (code(g.key), code(action), *(code(granted.get((preset, g.key, action), "")) for preset in PRESETS))
        for g in found
        for action in g.actions
        if any((preset, g.key, action) in granted for preset in PRESETS)
    ]
    levels = [
        (PRESETS[preset]["en"], code(model), code(name), code(level))
        for (preset, model, name), level in _suggested(registry, "FIELD_GRANTS")
    ]
    return (
        "## Preset roles\n\nWhat a new site starts with; administrators change it at will.\n\n"
        + table(heads, rows)
        + "\nFields with less than `edit` at first:\n\n"
        + table(("Role", "Model", "Field", "Level"), levels)
    )


def _suggested(registry: Registry, name: str) -> Iterator[tuple[tuple[str, str, str], str]]:
    for addon in registry.addons:
        roles: Mapping[str, Mapping[str, Mapping[str, str]]] = addon.contributed("access", name, {})
        for preset, models in roles.items():
            for model, suggested in models.items():
                for key, value in suggested.items():
                    yield (preset, model, key), value
