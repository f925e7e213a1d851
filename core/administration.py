"""The public surface for addons that administer a site: accounts and grants, editable lists, the company's settings.

An addon of the business needs `core.api` alone. What stands here reaches into the tables of core, so it follows the
versions of core more closely: a minor version may change it, and `CHANGELOG.md` says so.
"""

from __future__ import annotations

from core import handover
from core.access import users
from core.access.looks import note_look
from core.access.models import FieldGrant, Grant, RoleMember, UserState
from core.access.permissions import FIELD_LEVELS, SCOPES, Grantable, action_labels, grantables
from core.access.users import ADMINISTERS, hash_password, keeping_administrators
from core.addons.breaker import switch_on
from core.addons.demo import PASSWORD as DEMO_PASSWORD
from core.addons.impact import Impact, impact
from core.addons.lifecycle import disable as disable_addon
from core.addons.lifecycle import enable as enable_addon
from core.addons.overview import STATES as ADDON_STATES
from core.addons.overview import Overview as AddonOverview
from core.addons.overview import State as AddonState
from core.addons.overview import overview as addon_overview
from core.addons.overview import overviews as addon_overviews
from core.exchange import log as exports
from core.files.binding import file_refusal, give_to_company
from core.files.incoming import file_problems, sent_form, takes_files
from core.jobs import administration as site_jobs
from core.jobs.models import JobState
from core.jobs.showing import STATES as JOB_STATES
from core.jobs.showing import title_of as title_of_job
from core.mail import administration as site_mail
from core.mail.models import MessageState
from core.mail.showing import STATES as MESSAGE_STATES
from core.orm import numbers
from core.orm.model import models
from core.orm.tables import Change, ListValue
from core.orm.validation import Refused, clean
from core.orm.versions import bump
from core.pages import views
from core.pages.answers import is_partial, page
from core.pages.cells import Cells
from core.pages.dialogs import Dialog
from core.pages.people import person
from core.timezones import timezone_names
from core.web import sessions
from core.web.csrf import csrf_token
from core.web.passwords import reset_link
from core.web.sessions import end_sign_in

__all__ = [
    "ADDON_STATES",
    "ADMINISTERS",
    "DEMO_PASSWORD",
    "FIELD_LEVELS",
    "JOB_STATES",
    "MESSAGE_STATES",
    "SCOPES",
    "AddonOverview",
    "AddonState",
    "Cells",
    "Change",
    "Dialog",
    "FieldGrant",
    "Grant",
    "Grantable",
    "Impact",
    "JobState",
    "ListValue",
    "MessageState",
    "Refused",
    "RoleMember",
    "UserState",
    "action_labels",
    "addon_overview",
    "addon_overviews",
    "bump",
    "clean",
    "csrf_token",
    "disable_addon",
    "enable_addon",
    "end_sign_in",
    "exports",
    "file_problems",
    "file_refusal",
    "give_to_company",
    "grantables",
    "handover",
    "hash_password",
    "impact",
    "is_partial",
    "keeping_administrators",
    "models",
    "note_look",
    "numbers",
    "page",
    "person",
    "reset_link",
    "sent_form",
    "sessions",
    "site_jobs",
    "site_mail",
    "switch_on",
    "takes_files",
    "timezone_names",
    "title_of_job",
    "users",
    "views",
]
