"""The values of choices as pills: what people read, with its tone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from markupsafe import Markup, escape

from core.i18n import current_locale
from core.orm.field import Field
from core.orm.lists import Lists

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.views import Tone

TONES = frozenset({"neutral", "accent", "positive", "warning", "negative"})


def pills_of(env: Env, spec: Field) -> Mapping[str, Markup]:
    """Code → pill, made once per list and language."""
    known = _made.setdefault(env.lists, {})
    key = (current_locale(), spec.list or (spec.model, spec.name))
    if key not in known or not spec.model:
        known[key] = {code: pill(label, tone) for code, (label, tone) in choices_of(env, spec).items()}
    return known[key]


_made: WeakKeyDictionary[Lists, dict[Any, Mapping[str, Markup]]] = WeakKeyDictionary()


def choices_of(env: Env, spec: Field) -> Mapping[str, tuple[str, str]]:
    """Code → (label, tone) of all values that the field may hold, those switched off included."""
    if spec.options is not None:
        tones = spec.tones or {}
        return {code: (str(label), tones.get(code, "neutral")) for code, label in spec.options.items()}
    return {code: (value.label, value.tone) for code, value in env.lists.values(spec.list).items()}


def pill(label: str, tone: str) -> Markup:
    """A short word in its tone; an unknown tone is neutral."""
    return Markup(f'<span class="pill pill-{tone if tone in TONES else "neutral"}">{escape(label)}</span>')


def tone_of(tone: str) -> Tone:
    """The tone as templates know it; an unknown one is neutral."""
    return cast("Tone", tone) if tone in TONES else "neutral"
