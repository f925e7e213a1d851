"""Slots: where a template takes in what addons render themselves, each apart from the others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from core.pages.catalogue import catalogue_of
from core.pages.isolation import isolated
from core.pages.nodes import Html

if TYPE_CHECKING:
    from core.env import Env


def fill(env: Env, place: str, **context: Any) -> Markup:
    """What the enabled addons put into the slot, in order of dependency. What is no `Markup` is escaped."""
    return Markup("").join(html for _node, html in filled(env, place, **context))


def filled(env: Env, place: str, **context: Any) -> list[tuple[Html, Markup]]:
    """The same in parts, each with what it comes from."""
    parts = []
    for node in catalogue_of(env).html.get(place, ()):
        what = f"The HTML {node.key} in {place}"
        parts.append((node, escape(isolated(env, what, partial(node.render, env, **context), Markup("")))))
    return parts
