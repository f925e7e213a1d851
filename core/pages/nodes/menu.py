"""Entries of the menu, and pages of an addon's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.i18n import Text
from core.orm.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuGroup:
    """A group of the side menu. Groups are drawn by `position`; one without visible items is not drawn."""

    key: str
    label: Text
    icon: str
    position: int
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """An entry of the side menu: the list of a model, or a `url` for those with the grant (model, action)."""

    group: str
    key: str
    label: Text
    icon: str = ""
    model: type[Model] | None = None
    url: str = ""
    grant: tuple[str, str] | None = None
    position: int = 100
    phone: bool = False
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """A Flask blueprint of the addon's own pages; its routes answer 404 while the addon is off."""

    blueprint: Any
