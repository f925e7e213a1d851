"""A form of a new record that begins as a copy: what the reader sees in the other one and may write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from core.orm.field import Field, Kind
from core.orm.model import Model
from core.pages.form_plan import plan_form
from core.pages.lines.plan import plan_lines, stored_rows
from core.pages.links import Links
from core.pages.nodes import FormPage
from core.pages.reach import is_masked

if TYPE_CHECKING:
    from core.env import Env

NOT_COPIED = (Kind.SERIAL, Kind.FILE, Kind.IMAGE, Kind.JSON)


def copy_of(env: Env, record: Model, page: FormPage) -> dict[str, Any]:
    """The values that the form begins with, rows of parts included."""
    model, links = type(record), Links(env)
    plan = plan_form(env, model, page.fields, creating=True)
    own = env.records(model).info.owner
    specs = [spec for name, spec in plan.specs.items() if name != own]
    found = _seen(env, specs, [record], links)[0]
    for node in page.lines:
        lines = plan_lines(env, model, node)
        columns = [spec for spec in lines.columns if spec.name in lines.writable]
        found[lines.name] = _seen(env, columns, stored_rows(env, record, lines.name), links)
    return found | dict(env.records(model).copied(record))


def _seen(env: Env, specs: Iterable[Field], records: Iterable[Model], links: Links) -> list[dict[str, Any]]:
    """The values of each record; not of what is unique, nor links to what the reader may not open."""
    kept = [spec for spec in specs if not spec.unique and spec.kind not in NOT_COPIED and not is_masked(env, spec)]
    records = list(records)
    links.know_of(kept, records)
    return [{spec.name: _value(spec, record, links) for spec in kept} for record in records]


def _value(spec: Field, record: Model, links: Links) -> Any:
    value = spec.read(record)
    if spec.kind is not Kind.LINK or value is None:
        return value
    label = links.label(spec.target, value)
    return None if label.is_masked or label.is_deleted else value
