"""The models with their fields and their editable lists: the words that the API, filters and imports use."""

from __future__ import annotations

from core.addons.registry import Registry
from core.i18n import LOCALES
from core.orm.field import Field, Kind
from core.orm.lists import ListSpec
from core.orm.model import SYSTEM_FIELDS, ModelInfo, describe, models
from core.orm.rules import Rule, SystemOnly
from core.reference.markdown import code, docstring, table

INTRODUCTION = """
Every record also has `id` and `version`, and, kept by the product: `created_at`, `created_by`, `updated_at` and
`updated_by`. In the marks, *required* must be filled in, *unique* is so among what is not deleted, *read-only* is
set by the product, *searched* is found by the search, *sorts* orders a list of any size.
"""


def build(registry: Registry) -> str:
    """A table per model, core's own first, then one per list."""
    order = ["core", *(addon.name for addon in registry.addons)]
    infos = sorted((describe(model) for model in models().values()), key=lambda i: (order.index(i.addon), i.key))
    parts = [INTRODUCTION.strip() + "\n"]
    parts += [_section(info) for info in infos if not isinstance(info.rule, SystemOnly)]
    parts.append("## Editable lists\n\nThe values that a new site starts with. Codes never change; labels may.\n")
    return "\n".join([*parts, *map(_list, registry.lists())])


def _section(info: ModelInfo) -> str:
    rows = [
        (code(spec.name), str(spec.label), code(spec.kind.value), ", ".join(_marks(spec)))
        for spec in info.fields.values()
        if spec.name not in SYSTEM_FIELDS
    ]
    about = f"{docstring(info.model)}\n\n{_rule(info.rule)} Declared by `{info.addon}`.\n\n"
    return f"## {info.key}\n\n{about}{table(('Field', 'Label', 'Kind', 'Marks'), rows)}"


def _rule(rule: Rule) -> str:
    values = ", ".join(repr(value) for value in (getattr(rule, name) for name in rule.__dataclass_fields__) if value)
    return f"Row rule: `{type(rule).__name__}({values})`."


def _marks(spec: Field) -> list[str]:
    found = [
        ("required", spec.required),
        ("unique", spec.unique),
        ("read-only", spec.readonly),
        ("searched", spec.search),
        ("sorts", spec.sort),
        ("not filtered", not spec.filter),
    ]
    marks = [mark for mark, holds in found if holds]
    if spec.target:
        marks.append(f"links to {code(spec.target)}")
    if spec.list:
        marks.append(f"list {code(spec.list)}")
    if spec.options is not None:
        marks.append("one of " + ", ".join(map(code, spec.options)))
    if spec.max_length and spec.kind is not Kind.CHOICE:
        marks.append(f"at most {spec.max_length} characters")
    return marks


def _list(spec: ListSpec) -> str:
    heads = ("Code", *(name for _tag, name in LOCALES.values()), "Meaning")
    rows = [(code(v.code), *(v.labels.get(locale, "") for locale in LOCALES), code(v.meaning)) for v in spec.values]
    return f"### {spec.key}\n\n{spec.label}\n\n{table(heads, rows)}"
