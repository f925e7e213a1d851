"""What an addon does to what others put on a page."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """Something done to what is on a page already, whoever put it there. It grants and protects nothing.

    Besides the places of contributions there are `<model>.list.filters`, `<model>.list.quick`, `<model>.form` with its
    sections, `<model>.detail.header`, `<model>.detail.pills`, `<model>.actions`, `menu` with its groups,
    `menu.<group>`, and each dashboard by its key, `home` with the cards of the start page. What is not there is left,
    with a warning.
    """

    place: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide(Alteration):
    """Leaves something out. An action that is hidden is none any more, in the API either.

    A transition that is hidden is not offered on pages and boards. In the API and for code it stays possible: who may
    make it, and when, is for its grant and its guards to say.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Alteration):
    """Puts something `after` or `before` a sibling, or at the end; `to` names another section or group of the menu."""

    after: str = ""
    before: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabel(Alteration):
    """Calls something else here. A field keeps its name elsewhere."""

    label: Text
