"""The built browser assets: names of their content, cached for ever, compressed beforehand."""

from __future__ import annotations

import json
import logging
import mimetypes
import re
from pathlib import Path

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from core.web.access import public

log = logging.getLogger(__name__)
DIST = Path(__file__).resolve().parent / "static" / "dist"
URL = "/static/dist"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_HASHED = re.compile(r"-[0-9A-Za-z]{8}\.[a-z0-9.]+$")

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/svg+xml", ".svg")
mimetypes.add_type("font/woff2", ".woff2")

blueprint = Blueprint("assets", __name__)


class Assets:
    """The logical names of what `npm run build` made. In debug mode a new build is noticed at once."""

    def __init__(self, *, watch: bool) -> None:
        self._watch = watch
        self._read_at: float | None = None
        self._names: dict[str, str] = {}
        self._icons: frozenset[str] = frozenset()

    def url(self, name: str) -> str:
        """The address of the built file; for one that was never built, an address that answers 404."""
        return f"{URL}/{self._manifest().get(name, name)}"

    @property
    def icons(self) -> frozenset[str]:
        """The names in the icon sprite."""
        self._manifest()
        return self._icons

    def _manifest(self) -> dict[str, str]:
        if self._read_at is not None and not self._watch:
            return self._names
        path = DIST / "manifest.json"
        try:
            changed_at = path.stat().st_mtime
            if changed_at != self._read_at:
                self._names = json.loads(path.read_text("utf-8"))
                self._icons = frozenset(json.loads((DIST / self._names["icons.json"]).read_text("utf-8")))
                self._read_at = changed_at
        except (OSError, ValueError, KeyError) as error:
            # Not remembered: the build may still be running.
            log.warning("The browser assets are not built; run `npm run build`. %s", error)
        return self._names


def asset(name: str) -> str:
    """The address of a built asset, for templates."""
    assets: Assets = current_app.config["ASSETS"]
    return assets.url(name)


@blueprint.get(f"{URL}/<path:name>")
@public
def serve(name: str) -> Response:
    """A built file, in the best encoding that the browser takes."""
    path = safe_join(str(DIST), name)
    if path is None or not Path(path).is_file():
        raise NotFound()
    encoding, suffix = _encoding(Path(path))
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    # Read whole: built files are small, and nothing stays open while a slow browser takes them.
    response = Response(Path(path + suffix).read_bytes(), mimetype=kind)
    response.add_etag()
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    is_final = bool(_HASHED.search(name))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_final else "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


def _encoding(path: Path) -> tuple[str, str]:
    for name, suffix in ENCODINGS:
        if request.accept_encodings[name] > 0 and path.with_name(path.name + suffix).is_file():
            return name, suffix
    return "", ""
