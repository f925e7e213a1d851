"""A section of its own, and things elsewhere."""

from __future__ import annotations

from markupsafe import Markup

from core.api import Column, Move, Panel, Section, Tab, Text

PAGES = [
    Section(place="customer.form", key="dune", label=Text("Dune"), fields=("dune_mark",), after="main"),
    Column(place="customer.list", name="dune_mark"),
    Tab(
        place="customer.detail.tabs",
        key="dune",
        label=Text("Dune"),
        before="details",
        render=lambda env, record: Markup("dune"),
    ),
    Panel(place="customer.detail.side", key="dune", label=Text("Dune"), fields=("dune_mark",), before="reach"),
    Move(place="customer.list", name="level", before="name"),
    Move(place="customer.form.main", name="tags", to="customer.form.dune"),
    Move(place="customer.detail.tabs", name="history", after="timeline"),
]
