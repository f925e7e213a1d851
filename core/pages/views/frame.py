"""The frame around a page: menu, bar, toasts, buttons, and the page of an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.pages.views.tones import Tone


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the menu."""

    key: str
    label: str
    url: str
    icon: str = ""
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """One of the groups of the side menu; `items` are what this reader may open."""

    key: str
    label: str
    icon: str
    items: Sequence[MenuItem]
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """A message after an action; with `undo_url` it offers to undo by POST for 10 seconds."""

    text: str
    tone: Tone = "positive"
    undo_url: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A user as shown: `initials` is the last character of a Chinese name or two Latin letters."""

    id: int
    name: str
    initials: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the content of a page."""

    company: str
    logo_url: str
    user: Person
    menu: Sequence[MenuGroup]
    phone_menu: Sequence[MenuItem]
    crumbs: Sequence[tuple[str, str]]
    locale: str
    html_lang: str
    theme: Literal["auto", "light", "dark"]
    density: Literal["compact", "comfortable"]
    accent: str
    csrf_token: str
    toasts: Sequence[Toast] = ()
    banner: str = ""
    banner_url: str = ""
    unread: str = ""
    """How many notifications are unread, as the bell shows it; `bell_label` is what the bell is called."""
    bell_label: str = ""
    cache_key: str = ""
    """The same key means the same menu and language, so that its HTML may be drawn once and kept; empty: never."""


@dataclass(frozen=True, slots=True)
class Button:
    """An action. `method` "get" is a link; "post" is a form with the CSRF token; `confirm` asks first.

    `dialog_url` instead opens a dialog whose content is fetched from there. `disabled_reason` says why it cannot be
    done now; the button is there, but does nothing else.
    """

    key: str
    label: str
    url: str = ""
    method: Literal["get", "post"] = "get"
    icon: str = ""
    tone: Tone = "neutral"
    confirm: str = ""
    dialog_url: str = ""
    shortcut: str = ""
    disabled_reason: str = ""
    least: int = 1
    """As a bulk action: how many rows must be chosen; `most` says how many may be, 0 for any number."""
    most: int = 0
    opens_tab: bool = False
    """Whether what it leads to opens beside this page."""


@dataclass(slots=True)
class ErrorView:
    """An error page: what happened, what was kept, what to do; `reference` leads to the log line."""

    status: int
    title: str
    text: str
    remedy: str
    reference: str
    home_url: str = "/"
    extra: Mapping[str, Any] = field(default_factory=dict)
