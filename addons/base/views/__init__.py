"""The pages of the addon that are more than lists and forms of records."""

from __future__ import annotations

from flask import Blueprint

from addons.base.views import addons, company, exports, grants, handover, jobs, lists, mail, numbering, people

blueprint = Blueprint("base", __name__)

blueprint.add_url_rule("/role/<int:id>/grants", "role_grants", view_func=grants.edit_grants, methods=["GET", "POST"])
blueprint.add_url_rule("/user/<int:id>/roles", view_func=people.roles, methods=["GET", "POST"])
blueprint.add_url_rule("/user/<int:id>/password", view_func=people.password, methods=["GET", "POST"])
blueprint.add_url_rule("/user/<int:id>/leave", view_func=handover.leave, methods=["GET", "POST"])
blueprint.add_url_rule("/settings/company", "company", view_func=company.edit, methods=["GET", "POST"])
blueprint.add_url_rule("/settings/addons", "addons", view_func=addons.overview)
blueprint.add_url_rule("/settings/addons/<name>", "addon", view_func=addons.detail)
blueprint.add_url_rule("/settings/addons/<name>/<what>", "switch_addon", view_func=addons.switch, methods=["POST"])
blueprint.add_url_rule("/settings/lists", view_func=lists.overview)
blueprint.add_url_rule("/settings/lists/<key>", view_func=lists.values)
blueprint.add_url_rule("/settings/lists/<key>/new", view_func=lists.add, methods=["GET", "POST"])
blueprint.add_url_rule("/settings/lists/<key>/<int:id>", view_func=lists.change, methods=["GET", "POST"])
blueprint.add_url_rule("/settings/lists/<key>/do/<what>", view_func=lists.act, methods=["POST"])
blueprint.add_url_rule("/settings/jobs", "all_jobs", view_func=jobs.index)
blueprint.add_url_rule("/settings/jobs/<int:id>", "any_job", view_func=jobs.show)
blueprint.add_url_rule("/settings/jobs/schedule/<name>", view_func=jobs.run_now, methods=["POST"])
blueprint.add_url_rule("/settings/jobs/do/<what>", "act_on_jobs", view_func=jobs.act, methods=["POST"])
blueprint.add_url_rule("/settings/exports", "exports", view_func=exports.index)
blueprint.add_url_rule("/settings/mail", "messages", view_func=mail.index)
blueprint.add_url_rule("/settings/mail/<int:id>", "message", view_func=mail.show)
blueprint.add_url_rule("/settings/mail/<int:id>/send", view_func=mail.send_again, methods=["POST"])
blueprint.add_url_rule("/settings/mail/test", view_func=mail.send_test, methods=["POST"])
blueprint.add_url_rule("/settings/numbering", "numbering", view_func=numbering.overview)
blueprint.add_url_rule("/settings/numbering/<key>", "number", view_func=numbering.change, methods=["GET", "POST"])
blueprint.add_url_rule("/settings/numbering/<key>/preview", "number_preview", view_func=numbering.preview)
