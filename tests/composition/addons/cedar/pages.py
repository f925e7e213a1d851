"""Takes away, and calls differently."""

from __future__ import annotations

from markupsafe import Markup

from core.api import Column, FormField, Hide, Panel, Relabel, Tab, Text

PAGES = [
    FormField(place="customer.form.sales", name="cedar_mark"),
    Column(place="customer.list", name="cedar_mark", before="phone"),
    Tab(place="customer.detail.tabs", key="cedar", label=Text("Cedar"), render=lambda env, record: Markup("cedar")),
    Panel(place="customer.detail.side", key="cedar", label=Text("Cedar"), fields=("cedar_mark",)),
    Hide(place="customer.list", name="phone"),
    Hide(place="customer.detail.tabs", name="ownership"),
    Hide(place="customer.form.main", name="short_name"),
    Relabel(place="customer.form.main", name="name", label=Text("Cedar's name")),
]
