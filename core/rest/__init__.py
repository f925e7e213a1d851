"""REST and OpenAPI, from the same fields as the pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("rest", __name__, url_prefix="/api")
