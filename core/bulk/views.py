"""The addresses of what is done to many records: asking, doing, telling and undoing."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

from flask import Blueprint, Response, request, send_file

from core import deletion
from core.bulk import acts, undoing
from core.bulk.acting import AT_ONCE, act_on, restore
from core.bulk.choosing import bulk_action, ids_of
from core.bulk.editing import EDIT_MANY, EditForm
from core.bulk.jobs import undone_text
from core.bulk.preview import preview
from core.bulk.result import list_view, result_view
from core.errors import NotFound
from core.exchange.export import MIME
from core.exchange.files import write_csv
from core.i18n import _
from core.orm.model import model_of
from core.pages.answers import came_from, leave, page
from core.pages.catalogue import catalogue_of
from core.pages.dialogs import Dialog
from core.pages.forms import hidden
from core.pages.frame import set_crumbs
from core.pages.requested import the_env, the_pages
from core.pages.toasts import toast

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.catalogue import ModelPages

blueprint = Blueprint("bulk", __name__)


@blueprint.route("/<model>/bulk/edit", methods=["GET", "POST"])
def edit(model: str) -> Response:
    """Changes fields of many records: asks for the values, shows what would change, then does it."""
    env, pages = _pages(model)
    ids = ids_of(env, pages, request.values)
    action = bulk_action(env, pages.model, EDIT_MANY)
    sent = request.form if request.method == "POST" else None
    form = EditForm(env, pages.model, sent)
    edits = form.edits() if sent is not None and sent.get("step") != "choose" else None
    if edits is None:
        return _asked(form, ids, 200 if sent is None or sent.get("step") == "choose" else 422)
    if request.form.get("step") == "do":
        arguments = {"edits": edits}
        return leave(act_on(env, action, ids, arguments, request.form, back=came_from(pages.url)))
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "step")]
    found = preview(env, pages.model, ids, edits)
    lines, later = form.lines(edits), AT_ONCE
    return _again(page("bulk_preview.html", found=found, lines=lines, typed=typed, url=request.path, later=later))


def _asked(form: EditForm, ids: list[int], status: int) -> Response:
    chosen = hidden(ids="|".join(map(str, ids)))
    return _again(page("bulk_edit.html", status, form=form, count=len(ids), hidden=chosen, url=request.path))


def _again(response: Response) -> Response:
    """Lets the script put the answer into the dialog, which is not done yet."""
    response.headers["X-Dialog"] = "again"
    return response


@blueprint.route("/<model>/bulk/<key>", methods=["GET", "POST"])
def many(model: str, key: str) -> Response:
    """Does something to many records, after asking for what it needs."""
    env, pages = _pages(model)
    ids = ids_of(env, pages, request.values)
    if key == "restore" and request.method == "POST":
        return leave(restore(env, pages.model, ids, back=came_from(pages.url)))
    action = bulk_action(env, pages.model, key)
    if request.method == "GET":
        return page("dialog_form.html", page=Dialog(env, action).view(url=request.path, ids=ids))
    dialog = Dialog(env, action, sent=request.form)
    arguments = dialog.arguments()
    if arguments is None:
        return page("dialog_form.html", 422, page=dialog.view(url=request.path, ids=ids))
    return leave(act_on(env, action, ids, arguments, request.form, back=came_from(pages.url)))


@blueprint.get("/bulk")
def index() -> Response:
    """What one has done to many records."""
    before = request.args.get("before", "")
    view = list_view(the_env(), int(before) if before.isdecimal() and len(before) < 19 else None)
    set_crumbs((str(_("My jobs")), "/jobs"), (view.title, view.url))
    return page("list.html", page=view)


@blueprint.get("/bulk/<int:act>")
def show(act: int) -> Response:
    """What was done, to how many records, and to which ones not."""
    view = result_view(the_env(), act)
    set_crumbs((view.title, view.list_url), (view.done, request.path))
    return page("bulk_result.html", page=view)


@blueprint.get("/bulk/<int:act>/<any(missed, kept):part>.csv")
def download(act: int, part: str) -> Response:
    """The records to which nothing was done, or which were not undone, with the reason."""
    env = the_env()
    row = acts.find(env, act)
    found = acts.missed(env, act) if part == "missed" else acts.kept(env, act)
    heads = [str(_("Number")), str(model_of(row.model).__title__), str(_("Reason"))]
    # Closed by whoever sends it.
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        write_csv(file, heads, ((each.record_id, each.name, each.why) for each in found))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return send_file(file, MIME["csv"], as_attachment=True, download_name=f"{row.model}-{act}.csv", max_age=0)


@blueprint.post("/undo/<int:act>")
def undo_deletion(act: int) -> Response:
    """Brings back what one act of deleting took."""
    env = the_env()
    key, id = deletion.restore(env, act)
    toast(_("Restored"))
    return leave(f"/{key}/{id}" if catalogue_of(env).of(key).detail else f"/{key}")


@blueprint.post("/undo/bulk/<int:act>")
def undo(act: int) -> Response:
    """Undoes what was done to many records: few of them at once, many in the background."""
    env = the_env()
    row = undoing.begin(env, act)
    if undoing.left(env, act) > AT_ONCE:
        job = env.enqueue("bulk.undo", act=act, locale=env.locale)
        acts.undone_by(env, act, job)
        return leave(f"/jobs/{job}")
    rows = undoing.entries(env, act, limit=None)
    undone = undoing.take_back(env, row, rows)
    toast(undone_text(undone, len(rows) - undone), "positive" if undone == len(rows) else "warning")
    return leave(f"/{row.model}" if undone == len(rows) else f"/bulk/{act}")


def _pages(key: str) -> tuple[Env, ModelPages]:
    env, pages = the_pages(key)
    if pages.listing is None:
        raise NotFound()
    return env, pages
