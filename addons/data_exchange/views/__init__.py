"""The pages of imports, from choosing a file to taking it all back."""

from __future__ import annotations

from flask import Blueprint

from addons.data_exchange.views import columns, overview, result, show, start

blueprint = Blueprint("data_exchange", __name__)

blueprint.add_url_rule("/import", "imports", view_func=overview.index)
blueprint.add_url_rule("/import/new", "new_import", view_func=start.new, methods=["GET", "POST"])
blueprint.add_url_rule("/import/<int:id>", "import_page", view_func=show.show)
blueprint.add_url_rule("/import/<int:id>", "arrange_import", view_func=columns.arrange, methods=["POST"])
blueprint.add_url_rule("/import/<int:id>/read", "read_import", view_func=columns.read, methods=["POST"])
blueprint.add_url_rule("/import/<int:id>/discard", "discard_import", view_func=overview.discard, methods=["POST"])
blueprint.add_url_rule("/import/<int:id>/undo", "undo_import", view_func=result.undo, methods=["POST"])
blueprint.add_url_rule("/import/<int:id>/refused.<any(csv, xlsx):kind>", "refused_rows", view_func=result.refused)
