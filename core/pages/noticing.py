"""What to do next with a record: the most urgent notice with a button that does it in place, the others in small."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from core.access.actor import CREATE
from core.orm.model import Model
from core.pages import nodes
from core.pages.catalogue import ModelPages, catalogue_of
from core.pages.composing import OPEN
from core.pages.facts import Facts
from core.pages.isolation import isolated
from core.pages.reach import is_open
from core.pages.rights import Rights
from core.pages.views import NoticeView

if TYPE_CHECKING:
    from core.env import Env

MOST = 4
"""So many notices are shown: who is told everything hears nothing."""


class Notices:
    """The notices of one record. `may_add` says whether its reader may add things to it."""

    def __init__(
        self, env: Env, record: Model, pages: ModelPages, *, rights: Rights, facts: Facts, may_add: bool
    ) -> None:
        self.env, self.record, self.pages = env, record, pages
        self.rights, self.facts, self.may_add = rights, facts, may_add
        self.url = f"/{record.key()}/{record.id}"

    def view(self) -> list[NoticeView]:
        """Those that have something to say, the most urgent first. One that fails is left out."""
        found = list[NoticeView]()
        for node in self.pages.notices:
            if len(found) < MOST and all(is_open(self.env, type(self.record), name) for name in node.fields):
                what = f"The notice {node.key}"
                text = isolated(self.env, what, partial(node.text, self.env, self.record), None)
                if text:
                    label, way = self._remedy(what, node.remedy) if node.remedy is not None else ("", {})
                    found.append(NoticeView(node.key, str(text), label if way else "", **way))
        return found

    def _remedy(self, what: str, remedy: nodes.Remedy) -> tuple[str, Mapping[str, str]]:
        """What the button says and does; nothing where its reader may not do it."""
        label = str(remedy.label)
        if remedy.link is not None:
            return label, {"url": isolated(self.env, what, partial(remedy.link, self.env, self.record), "")}
        if remedy.action:
            return label, self._by_action(remedy.action)
        if remedy.field:
            spec = self.facts.fields.get(remedy.field)
            is_editable = spec is not None and self.facts.edit_url(spec)
            return label, {"url": f"{self.url}/edit#f-{remedy.field}", "field": remedy.field} if is_editable else {}
        if remedy.create is not None:
            return label, self._by_creating(remedy.create, remedy.via)
        node = self.pages.detail.composer if self.pages.detail is not None else None
        may = node is not None and self.may_add and self.env.actor.may(node.model.key(), CREATE)
        return label, {"url": f"{self.url}?{OPEN}=1#composer"} if may else {}

    def _by_action(self, key: str) -> Mapping[str, str]:
        action = self.pages.actions.get(key)
        if action is None or not self.rights.may(action.grant):
            return {}
        return {"url": self.url, "dialog_url": f"{self.url}/actions/{key}"}

    def _by_creating(self, model: type[Model], via: str) -> Mapping[str, str]:
        pages = catalogue_of(self.env).models.get(model.key())
        if pages is None or pages.form is None or not self.may_add or not self.env.actor.may(model.key(), CREATE):
            return {}
        address = f"{pages.url}/new?{urlencode({via: self.record.id, 'next': self.url})}"
        return {"url": address, "dialog_url": address}
