"""Beside what another addon brings, which may be off."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from addons.customer.models import Customer
from core.api import Action, Column, Env, FormField, Html, Panel, Tab, Text


def _fail(env: Env, record: Any) -> Markup:
    raise RuntimeError("not today")


PAGES = [
    FormField(place="customer.form.main", name="birch_mark", after="amber_mark"),
    Column(place="customer.list", name="birch_mark", after="amber_mark"),
    Tab(
        place="customer.detail.tabs",
        key="birch",
        label=Text("Birch"),
        after="amber",
        render=lambda env, record: Markup("birch"),
    ),
    Panel(place="customer.detail.side", key="birch", label=Text("Birch"), fields=("birch_mark",), after="next"),
    Action(key="birch", model=Customer, label=Text("Birch"), run=lambda env, record: None, grant="edit"),
    Html(place="customer.detail", key="birch", render=_fail),
]
