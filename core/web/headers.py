"""The headers that every response carries."""

from __future__ import annotations

from flask import Response, g, request

from core.web import cookies

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"


def add_to(response: Response) -> Response:
    """Adds them, and keeps what is private out of every cache."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if cookies.is_https():
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if g.get("locale") and request.method == "GET" and response.mimetype == "text/html":
        response.headers["Content-Language"] = g.locale.replace("_", "-")
    return response
