"""The pages of approval that are not those of a model: what waits for somebody, decisions, and the editor of flows."""

from __future__ import annotations

from flask import Blueprint

from addons.approval.views import deciding, editor, mine

blueprint = Blueprint("approval", __name__)

blueprint.add_url_rule("/approval", "mine", view_func=mine.index)
blueprint.add_url_rule("/approval/decide", "decide", view_func=mine.decide, methods=["POST"])
blueprint.add_url_rule("/approval/<int:id>", "request", view_func=deciding.show)
blueprint.add_url_rule("/approval/<int:id>/<key>", "ask", view_func=deciding.ask)
blueprint.add_url_rule("/approval/<int:id>/<key>", "act", view_func=deciding.act, methods=["POST"])
blueprint.add_url_rule("/approval_flow/editor", "new_flow", view_func=editor.new, methods=["GET", "POST"])
blueprint.add_url_rule("/approval_flow/<int:id>/editor", "edit_flow", view_func=editor.edit, methods=["GET", "POST"])
