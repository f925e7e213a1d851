"""What views answer: whole pages or the part that a script asked for, and redirects that scripts can follow."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request

from core.pages.views import ListView


def is_partial() -> bool:
    """Whether a script of ours asked, which wants a part of a page."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")


def targets(prefix: str) -> bool:
    """Whether the answer goes into the element of that tag and id: `div#list-`."""
    return request.headers.get("HX-Target", "").startswith(prefix)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """The rendered template."""
    return make_response(render_template(template, **values), status)


def list_part(view: ListView, template: str = "list_body.html") -> Response:
    """The changing part of a list, and what of the head of the page follows it."""
    id = f"list-{view.model.replace('.', '-')}"
    parts = [render_template(template, page=view)]
    if view.views is not None:
        parts.append(render_template("list_head.html", page=view, id=id))
        parts += [render_template("list_quick.html", page=view, id=id)] if view.quick_filters else []
    return make_response("".join(parts))


def leave(url: str) -> Response:
    """Sends the browser on after a POST that ended well. Scripts are told where to, so that they go only once."""
    if is_partial():
        return Response(status=204, headers={"HX-Redirect": url})
    return make_response(redirect(url, 303))


def local(url: str | None, otherwise: str) -> str:
    """`url` if it is an address of this site, else `otherwise`: nobody is sent elsewhere by a link of ours."""
    if not url or not url.startswith("/") or url.startswith(("//", "/\\")) or "\\" in url:
        return otherwise
    return otherwise if any(ord(c) < 32 for c in url) else url


def came_from(otherwise: str) -> str:
    """The page of ours from which the form was sent."""
    found = urlsplit(request.referrer or "")
    if found.netloc != request.host:
        return otherwise
    return local(found.path + (f"?{found.query}" if found.query else ""), otherwise)
