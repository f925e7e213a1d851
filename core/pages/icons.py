"""Icons in HTML that is made in Python, from the sprite that the pages use."""

from __future__ import annotations

from flask import current_app, has_app_context
from markupsafe import Markup, escape


def icon(name: str, label: str) -> Markup:
    """An icon with an accessible name."""
    href = escape(f"{_sprite()}#{name}")
    return Markup(
        f'<svg class="icon icon-s icon-{escape(name)}" role="img" aria-label="{escape(label)}">'
        f'<use href="{href}"/></svg>'
    )


def _sprite() -> str:
    if not has_app_context():
        return "icons.svg"
    asset = current_app.jinja_env.globals.get("asset")
    return str(asset("icons.svg")) if callable(asset) else "icons.svg"
