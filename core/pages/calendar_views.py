"""The addresses of calendars: a span of days, and taking a record to another day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, g, jsonify, request

from core.access.actor import READ
from core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import Model
from core.pages.actions import explain
from core.pages.answers import is_partial, leave, list_part, local, page, targets
from core.pages.calendars import CalendarBuilder
from core.pages.catalogue import catalogue_of
from core.pages.controls import Ways
from core.pages.forms import RecordForm, hidden
from core.pages.frame import set_crumbs
from core.pages.list_args import ListArgs
from core.pages.naming import name_of
from core.pages.toasts import toast
from core.pages.views import FormSection, FormView

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("calendars", __name__)
DAY = Field(Kind.DATE, _("Day"), name="day", required=True)


@blueprint.get("/<model>/calendar")
def show(model: str) -> Response:
    """The records of a model on their days; only the changing part for a script that puts it into the page."""
    builder = _builder(model)
    view = builder.build()
    set_crumbs((str(builder.model.__title_plural__), builder.list_url))
    if is_partial() or targets("div#list-"):
        return list_part(view, "calendar_body.html")
    return page("calendar.html", page=view)


@blueprint.get("/<model>/calendar/move")
def ask(model: str) -> Response:
    """The dialog that asks for another day."""
    builder, record = _moved(model)
    form = _form(builder, {"day": _local_day(builder, record)}, None)
    return page("dialog_form.html", page=_dialog(builder, record, form))


@blueprint.post("/<model>/calendar/move")
def move(model: str) -> Response:
    """Takes a record to another day, at the same time of day; in JSON, for the script that has it there already."""
    builder, record = _moved(model)
    form = _form(builder, {}, request.form)
    wants_json = request.accept_mimetypes.best == "application/json"
    if form.validate():
        try:
            with builder.env.savepoint():
                _move(builder, record, form.values["day"])
        except (Conflict, Forbidden, Invalid) as error:
            form.refuse(AppError(explain(error, builder.model)))
        else:
            text = str(_("Moved to {day}", day=builder.cells.plain(DAY, form.values["day"])))
            if wants_json:
                return jsonify({"text": text})
            toast(text)
            return leave(local(request.form.get("back"), builder.url))
    if wants_json:
        response = jsonify({"text": " ".join(message for _id, message in form.summary)})
        response.status_code = 422
        return response
    return page("dialog_form.html", 422, page=_dialog(builder, record, form))


def _builder(model: str) -> CalendarBuilder:
    env = cast("Env", g.env)
    pages = catalogue_of(env).of(model)
    if not env.actor.may(model, READ):
        raise NotFound()
    args = ListArgs.read(request.args)
    return CalendarBuilder(env, pages, replace(args, by=request.values.get("by", "")))


def _moved(model: str) -> tuple[CalendarBuilder, Model]:
    """The calendar and what is moved in it. Raises `NotFound` for a date that is none of it."""
    builder = _builder(model)
    by, id = request.values.get("by", ""), request.values.get("id", "")
    if by and by not in builder.dates:
        raise NotFound()
    return builder, builder.env.get(builder.model, int(id) if id.isdecimal() and len(id) < 19 else 0)


def _form(builder: CalendarBuilder, values: dict[str, Any], sent: Any) -> RecordForm:
    return RecordForm(builder.env, [DAY], values=values, sent=sent, scope="m", ways=Ways(chips=("day",)))


def _dialog(builder: CalendarBuilder, record: Model, form: RecordForm) -> FormView:
    section = FormSection(key="day", label="", fields=[form.view("day")], columns=1)
    back = local(request.values.get("back"), builder.url)
    return FormView(
        title=str(_("Move {name}", name=name_of(builder.env, record))),
        model=builder.info.key,
        url=f"{builder.url}/move",
        sections=[section],
        hidden=hidden(id=str(record.id), by=builder.at.name, back=back),
        cancel_url=back,
        submit_label=str(_("Move")),
        errors=[error for error in form.summary if not error[0]],
    )


def _local_day(builder: CalendarBuilder, record: Model) -> date | None:
    value = getattr(record, builder.at.name)
    return value.astimezone(builder.env.timezone).date() if isinstance(value, datetime) else value


def _move(builder: CalendarBuilder, record: Model, day: date) -> None:
    value: Any = day
    if builder.at.kind is Kind.DATE_TIME:
        before: datetime | None = getattr(record, builder.at.name)
        local_before = before.astimezone(builder.env.timezone) if before is not None else None
        clock = local_before.time() if local_before is not None else datetime.min.time()
        value = datetime.combine(day, clock, builder.env.timezone)
    builder.env.records(builder.model).update(record, {builder.at.name: value})
