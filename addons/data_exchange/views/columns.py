"""Assigning columns to fields, and what is said with it: keys, mode, texts of choices, how to read the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import g, request
from flask.typing import ResponseReturnValue

from addons.data_exchange.views.assignment import assignment_page
from addons.data_exchange.views.looks import ROOT
from core.api import Invalid, _, importing, leave, toast

if TYPE_CHECKING:
    from core.api import Env

NUMBER_LENGTH = 4


def arrange(id: int) -> ResponseReturnValue:
    """Takes what was chosen, and tries or begins the import if that was asked for."""
    env: Env = g.env
    try:
        importing.arrange(env, id, **_sent(importing.own(env, id)))
    except Invalid as error:
        return assignment_page(env, importing.own(env, id), problems=error.fields)
    do = request.form.get("do")
    if do in ("try", "import"):
        importing.start(env, id, is_try=do == "try")
    else:
        toast(_("The assignment is saved."))
    return leave(f"{ROOT}/{id}")


def read(id: int) -> ResponseReturnValue:
    """Reads the file in another way; its columns are found out anew."""
    env: Env = g.env
    row = request.form.get("header_row", "")
    how = {
        "sheet": request.form.get("sheet", ""),
        "encoding": _known(request.form.get("encoding", ""), importing.ENCODINGS),
        "delimiter": _known(request.form.get("delimiter", ""), dict.fromkeys(importing.DELIMITERS)),
        "header_row": int(row) if row.isdecimal() and len(row) < NUMBER_LENGTH else 0,
    }
    try:
        importing.read_anew(env, id, **how)
    except importing.Unreadable as error:
        return assignment_page(env, importing.own(env, id), unreadable=str(error.message), how=how)
    toast(_("The file was read anew."))
    return leave(f"{ROOT}/{id}")


def _sent(found: importing.Asked) -> dict[str, Any]:
    """What the form says, of columns that there are."""
    form = request.form
    columns = {place: key for place in range(len(found.heads)) if (key := form.get(f"field-{place}", ""))}
    ticked = [
        columns.get(int(place)) for place in form.getlist("key") if place.isdecimal() and len(place) < NUMBER_LENGTH
    ]
    mode = form.get("mode", "")
    return {
        "columns": columns,
        "keys": [key for key in ticked if key],
        "mode": importing.Mode(mode) if mode in set(importing.Mode) else found.mode,
        "choices": _choices(found),
        "day_first": "day_first" in form,
    }


def _choices(found: importing.Asked) -> Mapping[str, Mapping[str, str]]:
    """Field → text → code: those of before, with what was said of the texts that were shown."""
    chosen: dict[str, dict[str, str]] = defaultdict(dict)
    for key, texts in found.choices.items():
        chosen[key].update(texts)
    for name in request.form:
        if name.startswith("text-"):
            key = name.removeprefix("text-")
            for text, code in zip(request.form.getlist(name), request.form.getlist(f"code-{key}"), strict=False):
                chosen[key].pop(text, None)
                if code:
                    chosen[key][text] = code
    return chosen


def _known(value: str, among: Mapping[str, object]) -> str:
    return value if value in among else ""
