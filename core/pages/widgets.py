"""The HTML of form controls, with everything that assistive technology needs to know about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from core.files.incoming import REMOVE
from core.i18n import _
from core.orm.field import Kind
from core.pages.attached import file_html, picture_html
from core.pages.chips import attributes, choice_chips, has_chips, offers
from core.pages.controls import SOUGHT, Control, choices_for


def control_html(control: Control) -> Markup:
    """The control as HTML, with `id`, `aria-describedby`, `aria-invalid` and `aria-required` set."""
    if has_chips(control) and control.spec.kind is Kind.CHOICE:
        return choice_chips(control, _common(control))
    return _WIDGETS.get(control.spec.kind, _input)(control) + offers(control)


def _common(control: Control) -> dict[str, Any]:
    described = [f"{control.id}-help"] if control.spec.help else []
    described += [f"{control.id}-error"] if control.errors else []
    return {
        "id": control.id,
        "name": control.name,
        "aria_labelledby": control.labelled_by or None,
        "aria_describedby": " ".join(described) or None,
        "aria_invalid": "true" if control.errors else None,
        "aria_required": "true" if control.is_required else None,
    }


def _input(control: Control) -> Markup:
    kind = control.spec.kind
    given = _common(control) | {
        "type": _TYPES.get(kind, "text"),
        "value": control.text,
        "class_": "num" if kind.is_number else None,
        "inputmode": "decimal" if kind.is_number else None,
        "maxlength": control.spec.max_length if kind.is_text else None,
        "autocomplete": "off",
        "placeholder": str(_("Given when saved")) if kind is Kind.SERIAL and not control.text else None,
    }
    return Markup(f"<input{attributes(**given)}>")


_TYPES = {
    Kind.DATE: "date",
    Kind.DATE_TIME: "datetime-local",
    Kind.EMAIL: "email",
    Kind.PHONE: "tel",
    Kind.URL: "url",
}


def _textarea(control: Control) -> Markup:
    given = _common(control) | {"rows": 1 if control.labelled_by else 3, "maxlength": control.spec.max_length}
    # A newline right after the tag is dropped by browsers; this one, not the text's own.
    return Markup(f"<textarea{attributes(**given)}>\n{escape(control.text)}</textarea>")


def _checkbox(control: Control) -> Markup:
    given = _common(control) | {"type": "checkbox", "value": "1", "checked": control.text not in ("", "0")}
    return Markup(f"<input{attributes(**given)}>")


def _select(control: Control) -> Markup:
    choices = dict(choices_for(control))
    if control.text and control.text not in choices:
        # Kept as it was sent, beside the message that it is not in the list.
        choices[control.text] = control.text
    options = [Markup('<option value=""></option>')] if not (control.is_required and control.text) else []
    options += [_option(code, label, code == control.text) for code, label in choices.items()]
    return Markup(f"<select{attributes(**_common(control))}>{Markup().join(options)}</select>")


def _option(code: str, label: str, selected: bool) -> Markup:
    return Markup(f"<option{attributes(value=code, selected=selected)}>{escape(label)}</option>")


def _boxes(control: Control) -> Markup:
    common = _common(control)
    name = common.pop("name")
    common.pop("aria_required")
    boxes = [_box(name, code, label, code in control.text) for code, label in choices_for(control).items()]
    labelled = control.labelled_by or f"{control.id}-label"
    given = common | {"data_controller": "multi", "aria_labelledby": labelled, "tabindex": "-1"}
    return Markup(f"<fieldset{attributes(**given)}>{Markup().join(boxes)}</fieldset>")


def _box(name: str, code: str, label: str, checked: bool) -> Markup:
    box = attributes(type="checkbox", name=name, value=code, checked=checked)
    return Markup(f"<label><input{box}><span>{escape(label)}</span></label>")


def _lookup(control: Control) -> Markup:
    common = _common(control)
    hidden = attributes(type="hidden", name=common.pop("name"), value=control.text)
    shown = attributes(**common, type="text", role="combobox", value=_label(control), autocomplete="off")
    narrow = control.meta.ways.narrow.get(control.spec.name)
    query = "?" + urlencode({"filter": narrow}) if narrow else ""
    url = attributes(data_lookup_url=f"/lookup/{control.spec.target}{query}")
    return Markup(f'<span data-controller="lookup"{url}><input{hidden}><input{shown}></span>')


def _label(control: Control) -> str:
    """The name of the chosen record; what was sent, if it is none."""
    text, links = str(control.text).removeprefix(SOUGHT), control.meta.cells.links
    if not text.isdecimal() or len(text) > 18 or text != control.text:
        return text
    if int(text) == control.object_data:
        return links.label(control.spec.target, int(text)).text
    return links.open_label(control.spec.target, int(text))


def _file(control: Control) -> Markup:
    """A file input beside what is there already, with a box to remove that: it works without scripts."""
    env = control.meta.env
    # A file that was refused is forgotten; what the record has stays.
    id = control.object_data if control.errors else control.data
    held = attributes(type="hidden", name=control.name, value=id or "")
    limit = env.site.settings.max_upload_mb
    given = _common(control) | {"type": "file", "accept": "image/*" if control.spec.kind is Kind.IMAGE else None}
    watched = {
        "data_controller": "file",
        "data_limit": limit * 1024 * 1024,
        "data_too_large": str(_("The file is too large; at most {limit} MB.", limit=limit)),
    }
    drop = Markup('<span class="file-drop" data-file-drop>{}</span>').format(_("or drop it here"))
    chosen = Markup(f'<div class="file-choose"><input{attributes(**given)}>{drop}</div>')
    return Markup(f'<div class="file"{attributes(**watched)}><input{held}>{_held(control, id)}{chosen}</div>')


def _held(control: Control, id: Any) -> Markup:
    """What the field holds, or what was sent for it, with the box that takes it away."""
    files, spec = control.meta.cells.links.files, control.spec
    file = files.of(spec, id) if id == control.object_data else files.sent(id)
    if file is None:
        return Markup()
    shown = picture_html(file, str(spec.label)) if file.is_picture else Markup()
    box = attributes(type="checkbox", name=f"{control.name}{REMOVE}", value="1")
    name = Markup('<span class="visually-hidden">{}</span>').format(file.name)
    remove = Markup(f'<label class="file-remove"><input{box}><span>{escape(_("Remove"))} {name}</span></label>')
    return Markup(f'<div class="file-held" data-file-held>{shown}{file_html(file)}{remove}</div>')


_WIDGETS: dict[Kind, Callable[[Control], Markup]] = {
    Kind.LONG_TEXT: _textarea,
    Kind.BOOLEAN: _checkbox,
    Kind.CHOICE: _select,
    Kind.CHOICES: _boxes,
    Kind.LINK: _lookup,
    Kind.FILE: _file,
    Kind.IMAGE: _file,
}
