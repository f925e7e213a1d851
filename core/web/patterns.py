"""Every component in every state on one page, for whoever changes how things look. Only with `site.debug`."""

from __future__ import annotations

from flask import Blueprint, render_template

blueprint = Blueprint("patterns", __name__)


@blueprint.get("/dev/patterns")
def patterns() -> str:
    """The page."""
    return render_template("patterns.html")
