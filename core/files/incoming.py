"""Files that come with a form: stored before its transaction, and kept for it if something else in it is wrong.

A control of a file has the file's id as text, the input for a new file under the same name, and a box
`<name>-remove`. What was chosen becomes an id here, so that a form only ever deals with ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, g, request
from werkzeug.datastructures import FileStorage, MultiDict

from core.errors import Invalid, Message
from core.files.attachments import clean_name
from core.files.binding import add_waiting, check_waiting
from core.files.store import Content, keep, path_of
from core.web.access import preparation_of, prepared_by

if TYPE_CHECKING:
    from core.site import Site
    from core.web.unit import UnitOfWork

AT_ONCE = 4
"""How many files of the largest size one form may bring."""

REMOVE = "-remove"

V = TypeVar("V", bound=Callable[..., Any])
Problems = Mapping[str, Sequence[Message]]


def takes_files(view: V) -> V:
    """Marks a view whose form may bring files; `sent_form()` has them. The form may be that much larger."""
    return prepared_by(_store)(view)


def brings_files(view: Callable[..., Any] | None) -> bool:
    """Whether the view is marked so."""
    return view is not None and preparation_of(view) is _store


def sent_form() -> MultiDict[str, str]:
    """The form that was sent, with the id of each new file as the value of its control, "" for what is to go."""
    form = request.form.copy()
    for name in request.form:
        if name.endswith(REMOVE):
            form.setlist(name.removesuffix(REMOVE), [""])
    for name, id in g.get("files", {}).items():
        form.setlist(name, [str(id)])
    return form


def file_problems() -> Problems:
    """Control → what is wrong with the file that was chosen for it."""
    found: Problems = g.get("file_problems", {})
    return found


def _store() -> None:
    """Keeps what was sent, in a short transaction of its own, as files that wait for their record."""
    given = {name: file for name, file in request.files.items() if file.filename}
    contents: dict[str, tuple[str, Content]] = {}
    g.files, g.file_problems = {}, {}
    for name, file in given.items():
        try:
            contents[name] = received_to_wait(file, g.known.user_id)
        except Invalid as error:
            g.file_problems[name] = _messages(error)
    if not contents:
        return
    unit: UnitOfWork = current_app.unit  # type: ignore[attr-defined]
    with unit.open(g.known) as env:
        for name, (filename, content) in contents.items():
            try:
                g.files[name] = add_waiting(env, name=filename, content=content).id
            except Invalid as error:
                g.file_problems[name] = _messages(error)


def received_to_wait(file: FileStorage, sender: int) -> tuple[str, Content]:
    """`received`, unless too much of its sender's waits already: nothing is kept of that. Raises `Invalid`."""
    site: Site = current_app.config["SITE"]
    with site.system("count what waits", write=False) as env:
        check_waiting(env, sender)
    return received(file)


def received(file: FileStorage) -> tuple[str, Content]:
    """The name and the kept content of a file that was sent. Raises `Invalid` for `file`.

    Not within a transaction that writes: an addon may take its time to look for viruses.
    """
    site: Site = current_app.config["SITE"]
    name, content = file.filename or "file", keep(site.settings, file.stream)
    with site.system("check a file", write=False) as env:
        path = path_of(env.site.settings, content.sha256)
        env.hooks.store_file(name=clean_name(name), path=path, mime=content.mime, size=content.size)
    return name, content


def _messages(error: Invalid) -> Sequence[Message]:
    return [message for messages in error.fields.values() for message in messages]
