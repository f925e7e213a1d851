"""The pages of sales that are not those of a model."""

from __future__ import annotations

from flask import Blueprint

from addons.sales.views import settings

blueprint = Blueprint("sales", __name__)

blueprint.add_url_rule("/settings/sales", "settings", view_func=settings.edit, methods=["GET", "POST"])
