"""In another addon's section, and over what others move and hide."""

from __future__ import annotations

from markupsafe import Markup

from addons.customer.models import Customer
from core.api import Action, Column, FormField, Hide, Html, Panel, Tab, Text

PAGES = [
    FormField(place="customer.form.dune", name="ember_mark", before="dune_mark"),
    Column(place="customer.list", name="ember_mark", after="level"),
    Tab(
        place="customer.detail.tabs",
        key="ember",
        label=Text("Ember"),
        after="dune",
        render=lambda env, record: Markup("ember"),
    ),
    Panel(place="customer.detail.side", key="ember", label=Text("Ember"), fields=("ember_mark",)),
    Action(
        key="ember", model=Customer, label=Text("Ember"), run=lambda env, record: None, grant="edit", before="birch"
    ),
    Hide(place="customer.list", name="amber_mark"),
    Html(place="customer.detail", key="ember", render=lambda env, record: Markup("<p>slot of ember</p>")),
]
