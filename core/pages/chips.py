"""Answers that take one tap: the values of a choice as buttons, days to come, and sentences for a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup, escape

from core.i18n import Text, _, current_locale
from core.orm.field import Kind
from core.pages.controls import Control, choices_for
from core.pages.moments import weekday

DAYS: tuple[tuple[Text, int], ...] = (
    (_("Tomorrow"), 1),
    (_("In 3 days"), 3),
    (_("In a week"), 7),
    (_("In 2 weeks"), 14),
)
A_MONTH = _("In a month")


def attributes(**given: Any) -> Markup:
    """HTML attributes: `_` becomes `-`, None and False are left out, True stands alone."""
    parts = [
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in given.items()
        if value is not None and value is not False
    ]
    return Markup("".join(parts))


def has_chips(control: Control) -> bool:
    """Whether the control is answered with one tap."""
    return control.name in control.meta.ways.chips


def choice_chips(control: Control, common: Mapping[str, Any]) -> Markup:
    """A choice as a row of buttons, of which one is held down: radio buttons, so that it works without scripts."""
    given = dict(common)
    name = given.pop("name")
    chips = []
    for number, (code, label) in enumerate(choices_for(control).items()):
        id = control.id if number == 0 else f"{control.id}-{code}"
        radio = attributes(type="radio", id=id, name=name, value=code, checked=code == control.text)
        chips.append(Markup("<label><input{}><span>{}</span></label>").format(radio, label))
    given |= {"id": None, "role": "radiogroup", "aria_labelledby": f"{control.id}-label"}
    return Markup('<div class="chip-row"{}>{}</div>').format(attributes(**given), Markup("").join(chips))


def offers(control: Control) -> Markup:
    """Buttons that fill the control in, for scripts; empty where there is nothing to offer."""
    found = list(_offered(control))
    if not found:
        return Markup("")
    chip = '<button type="button" class="chip-offer" data-value="{}" aria-pressed="{}">{}</button>'
    chips = [Markup(chip).format(value, "true" if value == control.text else "false", label) for value, label in found]
    kind = "text" if control.spec.kind is Kind.LONG_TEXT else "date"
    given = attributes(data_controller="offers", data_for=control.id, data_kind=kind)
    label = attributes(role="group", aria_label=str(_("Suggestions")))
    return Markup('<div class="chip-row chip-offers"{}{}>{}</div>').format(given, label, Markup("").join(chips))


def _offered(control: Control) -> Iterator[tuple[str, Markup]]:
    env, list_key = control.meta.env, control.meta.ways.phrases.get(control.name)
    if list_key:
        for value in env.lists.values(list_key).values():
            if value.is_active:
                yield value.label, escape(value.label)
    elif has_chips(control) and control.spec.kind is Kind.DATE:
        for label, day in days_ahead(env.today):
            shown = Markup('{} <span class="chip-hint">{}</span>').format(label, weekday(current_locale(), day))
            yield day.isoformat(), shown


def days_ahead(today: date) -> list[tuple[Text, date]]:
    """What people mean by "later", as days: the last one is the same day of the next month, or that month's last."""
    return [*((label, today + timedelta(days=days)) for label, days in DAYS), (A_MONTH, _month_later(today))]


def _month_later(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (following + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return following.replace(day=min(day.day, last.day))
