"""Printing records: the rights to, the PDF, its name, and the note of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.actor import PRINT, READ
from core.errors import Forbidden, NotFound
from core.i18n import Text, _, use_locale
from core.orm.model import Model
from core.printing import engine
from core.printing.context import Records, about
from core.printing.engine import IN_REQUEST, Limits
from core.printing.letterhead import logo
from core.printing.log import note
from core.printing.templates import Template, suits, template_of

if TYPE_CHECKING:
    from core.env import Env

MIME = "application/pdf"
AT_ONCE, MOST = 100, 2000
"""More records than the first are printed in the background, more than the second not at all."""

FILENAME = _("{label} {name}")
MANY = _("{label} {date}")
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Document:
    """A printed document: its content, and what the file is called in the reader's folder."""

    content: bytes
    name: str
    printed: int = 1


def print_record(env: Env, record: Model, key: str = "") -> Document:
    """The record, which the actor may see, as PDF, by the template of that key or the first one.

    Needs the grant "print" on it. Raises `Forbidden`, `NotFound` for a template that there is not or that does not
    suit the record, and what `typeset` raises.
    """
    document = document_of(env, record, key)
    _note(env, [record], template_of(env, type(record), key))
    return document


def document_of(env: Env, record: Model, key: str = "") -> Document:
    """The same, without a note in the record's history that it was printed."""
    if not env.can(PRINT, record):
        raise Forbidden()
    template = template_of(env, type(record), key)
    if not suits(env, template.node, record):
        raise NotFound()
    return _document(env, [record], template, IN_REQUEST)


def print_many(
    env: Env, model: type[Model], ids: Iterable[int], key: str = "", *, limits: Limits = IN_REQUEST
) -> Document:
    """Those of the records that the actor may print and that the template suits, as one PDF, in the order of `ids`.

    Raises `Forbidden` without the grant, `NotFound` if none is left, and what `typeset` raises.
    """
    if not env.actor.may(model.key(), READ):
        raise NotFound()
    if not env.actor.may(model.key(), PRINT):
        raise Forbidden()
    template, wanted = template_of(env, model, key), list(dict.fromkeys(ids))[:MOST]
    allowed = env.ids_within(model, set(wanted), PRINT)
    found: Any = model
    statement = select(found).where(found.id.in_(allowed))
    known = {record.id: record for record in env.session.scalars(statement)}
    records = [known[id] for id in wanted if id in known and suits(env, template.node, known[id])]
    if not records:
        raise NotFound()
    document = _document(env, records, template, limits)
    _note(env, records, template)
    return document


def _note(env: Env, records: Sequence[Model], template: Template) -> None:
    told = {"template": template.node.key, "label": template.label.as_json()}
    note(env, template.node.model.key(), [record.id for record in records], told)


@contextmanager
def _in_language(env: Env, locale: str) -> Iterator[None]:
    """Lets everything be said in the language of a document, not in that of the reader."""
    if not locale:
        yield
        return
    own, env.locale = env.locale, locale
    try:
        with use_locale(locale):
            yield
    finally:
        env.locale = own


def _document(env: Env, records: Sequence[Model], template: Template, limits: Limits) -> Document:
    with _in_language(env, template.locale):
        return _typeset(env, records, template, limits)


def _typeset(env: Env, records: Sequence[Model], template: Template, limits: Limits) -> Document:
    node, files = template.node, logo(env)
    shown = list(Records(env, node.model, node).of(records))
    name = _name_of(env, node.filename, str(node.label), shown)
    data = {
        **about(env, name, node.words, files),
        "template": {"key": node.key, "label": str(node.label)},
        "records": shown,
    }
    content = env.hooks.render_pdf(model=node.model, template=node.key, data=data)
    if content is None:
        content = engine.typeset(template.folder, node.source, data, files=files, limits=limits)
    return Document(content, f"{name}.pdf", len(records))


def _name_of(env: Env, pattern: Text | None, label: str, shown: Sequence[dict[str, Any]]) -> str:
    """What the file is called, without its ending: after the record, or if there are several, after the day."""
    parts = {"label": label, "date": env.today.isoformat()}
    if len(shown) == 1:
        one = shown[0]
        text = str((pattern or FILENAME).filled(**parts, name=one["name"], number=one["number"]))
    else:
        text = str(MANY.filled(**parts))
    return file_name(text, label)


def file_name(text: str, otherwise: str) -> str:
    """The text as the name of a file, without what some system of files refuses."""
    return _UNSAFE.sub(" ", text).strip(" .")[:LONGEST_NAME] or otherwise
