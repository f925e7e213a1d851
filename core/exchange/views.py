"""The addresses of exports."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_file

from core.access.actor import EXPORT
from core.errors import Forbidden, NotFound
from core.exchange.export import MIME, export, file_name, is_long
from core.i18n import _
from core.orm.listing import count
from core.pages.answers import leave, page
from core.pages.frame import set_crumbs
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.requested import the_pages

blueprint = Blueprint("export", __name__)


@blueprint.route("/export/<model>.<any(csv, xlsx):kind>", methods=["GET", "POST"])
def take_out(model: str, kind: str) -> Response:
    """The list as a file: what its address shows, all pages of it. A long one is made in the background, by POST."""
    env, pages = the_pages(model)
    if pages.listing is None:
        raise NotFound()
    args = ListArgs.read(request.args).but()
    shown = ListBuilder(env, pages.listing, args)
    wanted = shown.request
    if not env.actor.may(model, EXPORT):
        raise Forbidden()
    if request.method == "POST":
        query = list(request.args.items(multi=True))
        id = env.enqueue("exchange.export", model=model, kind=kind, query=query, locale=env.locale)
        return leave(f"/jobs/{id}")
    if is_long(count(env, wanted)):
        title = str(pages.model.__title_plural__)
        set_crumbs((title, pages.url), (str(_("Export")), request.path))
        return page("export.html", title=title, url=args.url(request.path), back=args.url(pages.url))
    made = export(env, pages.listing, wanted, kind, columns=shown.columns_wanted)
    name = file_name(env, pages.model, kind)
    return send_file(made.file, MIME[kind], as_attachment=True, download_name=name, max_age=0)
