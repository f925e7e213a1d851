"""Records that are sent by e-mail, and what was sent of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, g, request

from core.errors import Invalid
from core.i18n import _
from core.orm.model import Model
from core.orm.values import to_json
from core.rest.body import json_body, seen_version
from core.rest.gate import unit
from core.rest.records import answer
from core.rest.shape import model_for
from core.sending import records
from core.sending.letter import COPY, SUBJECT, TEMPLATE, TEXT, TO, Letter
from core.sending.offer import mailing_of
from core.sending.sent import Sent, sent_of

if TYPE_CHECKING:
    from core.env import Env

TAKES = (TO, COPY, SUBJECT, TEXT, TEMPLATE)


def prepare_mail(user_id: int) -> None:
    """Makes the document before the transaction that stores the message."""
    arguments = request.view_args or {}
    with unit().as_user(user_id, write=False) as env:
        record = _record(env, arguments["model"], arguments["id"])
        body = json_body()
        seen = seen_version(body)
        g.prepared = records.prepare(env, record, _letter(env, record, body), seen=seen)


def send_mail(env: Env, model: str, id: int) -> Response:
    """Sends the record: 201 with the message."""
    record = _record(env, model, id)
    made = records.send(env, record, g.prepared)
    return answer({"data": next(_told(one) for one in sent_of(env, record) if one.id == made)}, 201)


def list_mail(env: Env, model: str, id: int) -> Response:
    """What was sent of the record, newest first."""
    record = _record(env, model, id)
    return answer({"data": [_told(one) for one in sent_of(env, record)]})


def _record(env: Env, model: str, id: int) -> Model:
    record = env.get(model_for(env, model), id)
    mailing_of(env, record)
    return record


def _letter(env: Env, record: Model, body: dict[str, Any]) -> Letter:
    """The letter of a request; what it leaves out is as the dialog would offer it. Raises `Invalid`."""
    unknown = {name: _("There is no such field.") for name in body if name not in TAKES}
    if unknown:
        raise Invalid(unknown)
    lists = {name: body.get(name) for name in (TO, COPY)}
    if bad := [name for name, value in lists.items() if value is not None and not _is_texts(value)]:
        raise Invalid({name: _("Please give a list of e-mail addresses.") for name in bad})
    draft = mailing_of(env, record).draft(env, record)
    texts = {SUBJECT: draft.subject, TEXT: draft.text, TEMPLATE: ""} | {
        name: str(body[name]) for name in (SUBJECT, TEXT, TEMPLATE) if body.get(name) is not None
    }
    to = lists[TO] if lists[TO] is not None else list(draft.to)
    return Letter.of(env, {**texts, TO: ",".join(to or ()), COPY: ",".join(lists[COPY] or ())})


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _told(one: Sent) -> dict[str, Any]:
    return {
        "id": one.id,
        "to": list(one.to),
        "cc": list(one.cc),
        "subject": one.subject,
        "text": one.text,
        "template": one.template,
        "state": one.state,
        "error": one.error,
        "at": to_json(one.at),
        "user_id": one.user_id,
        "file": {"name": one.file_name, "size": one.size} if one.file_name else None,
    }
