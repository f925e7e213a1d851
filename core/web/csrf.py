"""Forged requests are refused: each unsafe request from a browser carries a token bound to its cookie."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

from flask import current_app, g, request

from core.errors import BadRequest
from core.i18n import _
from core.web import cookies

FIELD, HEADER = "csrf_token", "X-CSRFToken"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Forged(BadRequest):
    """The request did not come from a page of ours, or that page is from an earlier session."""

    code = "csrf"
    default = _("This page was open for too long. Please load it again and repeat what you did.")


def csrf_token() -> str:
    """The token for the forms of this page, different each time so that compression gives nothing away."""
    key = _key(_binding())
    pad = secrets.token_bytes(len(key))
    return urlsafe_b64encode(pad + _xor(pad, key)).decode()


def check() -> None:
    """Raises `Forged` unless the request is safe or carries the token of its own cookie."""
    if request.method in SAFE:
        return
    _check_origin()
    binding = cookies.session_token() or cookies.anonymous_token()
    given = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    if not binding or not hmac.compare_digest(_unmasked(given), _key(binding)):
        raise Forged()


def _binding() -> str:
    """The cookie that the token is bound to; a browser that has none is given one with this response."""
    found = cookies.session_token() or cookies.anonymous_token() or g.get("new_anonymous")
    if not found:
        found = g.new_anonymous = secrets.token_urlsafe(24)
    return str(found)


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    if origin is None:
        return
    own = {request.host}
    if public := current_app.config["SITE"].settings.public_url:
        own.add(urlsplit(public).netloc)
    if urlsplit(origin).netloc not in own:
        raise Forged()


def _key(binding: str) -> bytes:
    secret: str = current_app.config["SECRET_KEY"]
    return hmac.digest(secret.encode(), b"csrf:" + binding.encode("utf-8", "replace"), "sha256")


def _unmasked(token: str) -> bytes:
    try:
        raw = urlsafe_b64decode(token.encode("ascii", "replace"))
    except ValueError:
        return b""
    half = len(raw) // 2
    return _xor(raw[:half], raw[half:])


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
