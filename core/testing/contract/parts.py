"""Whether the parts that an addon declares fit what they are parts of."""

from __future__ import annotations

from collections.abc import Iterator

from core.addons.registry import Addon
from core.orm.field import Kind
from core.orm.model import Follower, Model, describe, models
from core.orm.parts import Part, part_model
from core.orm.rules import Follows, Owned, Rule
from core.testing.contract.problems import Problem


def ill_fitting(addon: Addon) -> Iterator[Problem]:
    """What is wrong with the parts of the addon's models, and grants for parts, which have none."""
    for model in models().values():
        if model.__addon__ == addon.name:
            for name, part in model.__parts__.items():
                yield from _misfits(model, name, part)
    parts = {part.model for model in models().values() for part in model.__parts__.values()}
    for preset, granted in addon.contributed("access", "GRANTS", {}).items():
        for key in parts & granted.keys():
            yield Problem(f"GRANTS[{preset!r}]", f"grants {key}, a part.", "A part goes with the grants of its whole.")


def _misfits(model: type[Model], name: str, part: Part) -> Iterator[Problem]:
    where, its = f"{model.__name__}.__parts__[{name!r}]", describe(part_model(part))
    link, order = its.fields.get(part.via), its.fields.get(part.order)
    keys = its.table.c[part.via].foreign_keys if link is not None else ()
    if link is None or link.target != model.key() or not link.required or {k.ondelete for k in keys} != {"CASCADE"}:
        yield Problem(where, f"{part.via} is no link to it.", 'Make it a required link with ondelete="CASCADE".')
    if order is None or order.kind is not Kind.INTEGER or not order.readonly:
        yield Problem(where, f"{part.order} cannot hold the places.", "Make it a read-only Integer field.")
    wanted = _rule(model, part, its.rule)
    if its.rule != wanted or (isinstance(wanted, Follows) and not issubclass(its.model, Follower)):
        yield Problem(where, f"{its.model.__name__} says {its.rule!r}.", f"Its whole asks for {wanted!r}.")
    if its.owner and not its.fields[its.owner].readonly:
        yield Problem(where, f"{its.owner} can be changed.", "Make it read-only: it is the owner of the whole.")


def _rule(model: type[Model], part: Part, found: Rule) -> Rule:
    """The row rule that lets exactly those read the part who read the whole."""
    rule = describe(model).rule
    if isinstance(rule, Owned):
        return Follows(part.via)
    if isinstance(rule, Follows):
        owner = found.owner if isinstance(found, Follows) else "owner_id"
        return Follows(part.via, owner=(owner or "owner_id") if rule.owner else "")
    return rule
