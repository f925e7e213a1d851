"""Beside what is there."""

from __future__ import annotations

from markupsafe import Markup

from core.api import Column, Filter, FormField, Html, Panel, Tab, Text

PAGES = [
    FormField(place="customer.form.main", name="amber_mark", after="level"),
    Column(place="customer.list", name="amber_mark", after="name"),
    Filter(place="customer.list", name="amber_mark"),
    Tab(place="customer.detail.tabs", key="amber", label=Text("Amber"), render=lambda env, record: Markup("amber")),
    Panel(place="customer.detail.side", key="amber", label=Text("Amber"), fields=("amber_mark",)),
    Html(place="customer.detail", key="amber", render=lambda env, record: Markup("<p>slot of amber</p>")),
]
