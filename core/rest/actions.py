"""What else is done to a record, and what was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Response, request
from sqlalchemy import select

from core import deletion
from core.access.actor import DELETE
from core.arguments import clean_arguments
from core.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound, Stale
from core.files.lookup import Files
from core.i18n import _
from core.orm.model import Model
from core.orm.tables import Change
from core.orm.values import to_json
from core.pages.actions import actions_of, may_take
from core.pages.masks import masked_value
from core.pages.nodes import Action, Made
from core.pages.standard import opens_form
from core.rest import merges
from core.rest.body import json_body, seen_version
from core.rest.nested import parts_told
from core.rest.records import answer, in_full
from core.rest.schemas import load_arguments
from core.rest.shape import Shape, model_for, shape_of

if TYPE_CHECKING:
    from core.env import Env

RESTORE = "restore"
HISTORY_ROWS, MOST_HISTORY_ROWS = 50, 200


def run_action(env: Env, model: str, id: int, action: str) -> Response:
    """Runs an action with its arguments as a JSON object. Answers the record, null if it is out of reach now.

    Of an action that makes another record that one is answered.
    """
    found = model_for(env, model)
    if action == RESTORE:
        return _restore(env, found, id)
    if action == merges.MERGE:
        return _after(env, found, id, None, merge=merges.merge(env, found, id))
    if action == merges.UNMERGE:
        merges.unmerge(env, found, id)
        return _after(env, found, id, None)
    record = env.get(found, id)
    node = offered(env, found).get(action)
    if node is None:
        raise NotFound()
    if not may_take(env, node, record):
        raise Forbidden()
    body = json_body()
    version = seen_version(body)
    if version is not None and version != record.version:
        raise Stale(model=model, id=id, version=record.version)
    arguments = clean_arguments(env, node.arguments, load_arguments(node.arguments, body))
    if node.when is not None and not node.when(env, record):
        raise Conflict()
    done = node.perform(env, record, arguments, version)
    if isinstance(done, Made):
        return _after(env, type(done.record), done.record.id, done.address)
    return _after(env, found, id, done if isinstance(done, str) else None)


def offered(env: Env, model: type[Model]) -> dict[str, Action]:
    """The actions of the model that the API has; changing and deleting have verbs of their own."""
    return {key: a for key, a in actions_of(env, model).items() if key != DELETE and not opens_form(a)}


def history(env: Env, model: str, id: int) -> Response:
    """What was changed on a record, newest first, as far as the caller may see the fields."""
    found = model_for(env, model)
    record = env.get(found, id)
    limit, before = _page()
    wanted = [Change.model == model, Change.record_id == record.id]
    if before is not None:
        wanted.append(Change.id < before)
    with env.system("history of a visible record") as session:
        rows = session.scalars(select(Change).where(*wanted).order_by(Change.id.desc()).limit(limit + 1)).all()
    shape = shape_of(env, found)
    files = _files_of(env, shape, rows)
    entries = [_entry(env, shape, row, files) for row in rows[:limit]]
    more = str(rows[limit - 1].id) if len(rows) > limit else None
    return answer({"data": [e for e in entries if e is not None], "page": {"next": more}})


def _files_of(env: Env, shape: Shape, rows: Sequence[Change]) -> Files:
    """The files that the entries tell of, looked up together."""
    names = [name for name, spec in shape.fields.items() if spec.kind.is_file]
    pairs = [row.changes[name] for row in rows for name in names if name in row.changes]
    files = Files(env)
    files.know(id for pair in pairs for id in pair if isinstance(id, int))
    return files


def _restore(env: Env, model: type[Model], id: int) -> Response:
    """Undoes a deletion: that of the body (`deletion`, from `X-Deletion`), else the record's last one."""
    body = json_body()
    given = body.pop("deletion", None)
    if body or isinstance(given, bool) or not (given is None or isinstance(given, int)):
        raise Invalid(
            {name: _("There is no such field.") for name in body} or {"deletion": _("Please enter a whole number.")}
        )
    table = model.__table__
    act = env.connection_of_core.scalar(select(table.c.deletion).where(table.c.id == id))
    if act is None or given not in (None, act) or deletion.restore(env, act) != (model.key(), id):
        raise NotFound()
    return _after(env, model, id, None)


def _after(env: Env, model: type[Model], id: int, url: str | None, **more: Any) -> Response:
    env.flush()
    env.session.expunge_all()
    try:
        data: dict[str, Any] | None = in_full(env, shape_of(env, model), env.get(model, id))
    except NotFound:
        data = None
    return answer({"data": data, "url": url, **more})


def _entry(env: Env, shape: Shape, row: Change, files: Files) -> dict[str, Any] | None:
    changes = {
        name: _pair(shape, files, name, *pair)
        for name, pair in row.changes.items()
        if name in shape.fields and len(pair) == 2
    }
    changes |= parts_told(env, shape.info.model, row.changes)
    if row.action == "update" and not changes:
        return None
    member = env.actor.organisation.members.get(row.user_id or 0)
    return {
        "id": row.id,
        "at": to_json(row.at),
        "action": row.action,
        "reason": row.reason,
        "user": {"id": member.id, "label": member.name} if member else None,
        "changes": changes,
    }


def _pair(shape: Shape, files: Files, name: str, before: Any, after: Any) -> dict[str, Any]:
    spec = shape.fields[name]
    if spec.kind.is_file and not shape.is_masked(name):
        found = [files.of(spec, id) for id in (before, after)]
        before, after = (file.as_json() if file else None for file in found)
    elif shape.is_masked(name):
        before, after = masked_value(spec, before) or None, masked_value(spec, after) or None
    return {"before": before, "after": after}


def _page() -> tuple[int, int | None]:
    limit, before = request.args.get("limit", str(HISTORY_ROWS)), request.args.get("after")
    for name, text, most in (("limit", limit, MOST_HISTORY_ROWS), ("after", before, 2**62)):
        if text is not None and not (text.isascii() and text.isdigit() and len(text) < 19 and 1 <= int(text) <= most):
            raise BadRequest(_("This is not a valid value of “{name}”.", name=name), field=name)
    return int(limit), None if before is None else int(before)
