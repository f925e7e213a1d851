"""The public surface for addons: everything that an addon may import from core, under one name.

    from core.api import Model, Owned, Records, _, field

What stands in `__all__` follows semantic versioning with the version of the product. Within a major version a name
is neither removed nor given another meaning, and arguments are only added, with defaults. What is to go warns with
`DeprecationWarning` for at least one minor version before. Until 1.0 that holds within a minor version: 0.2 may
break what 0.1 had, and `CHANGELOG.md` says what and how to follow.

Everything else in core is private, wherever it lies and whatever it is called. Two modules are public beside this
one: migration scripts, which are generated, import `core.orm.types` and `core.orm.ddl`; tests use the fixtures of
`core.testing.plugin`.
"""

from __future__ import annotations

from core import clock, conditions, mail
from core.access.actor import ASSIGN, CREATE, DELETE, EDIT, EXPORT, IMPORT, PRINT, READ, Actor
from core.access.models import Department, FieldLevel, Role, Scope, ShareLevel, User
from core.access.permissions import Permission
from core.addons.answers import Diagnosis, DuplicateHit, MailChange, Saved, SearchHit
from core.addons.composition import extends_service
from core.addons.demo import acting_as, add_collaborator, add_parts, backdate, replace_settings, take_numbers
from core.addons.past import PastEvent, replay, replay_request
from core.addons.policy import Policy, hook, hookimpl
from core.duplicates.declaration import Likeness
from core.duplicates.groups import alike
from core.duplicates.keys import email_key, phone_key, text_key
from core.env import Env
from core.errors import AppError, BadRequest, Conflict, Forbidden, Invalid, Message, NotFound, Stale
from core.exchange import importing
from core.files.binding import keep_file
from core.files.tab import files_tab
from core.i18n import LOCALES, Text, _, in_a_row, listed, ngettext, pgettext
from core.jobs.progress import Progress
from core.jobs.registry import job, schedule
from core.jobs.result import JobResult
from core.jobs.showing import ShownJob
from core.jobs.showing import shown as shown_job
from core.orm.extension import Extension
from core.orm.field import Field, Kind, field
from core.orm.labels import Label, labels
from core.orm.listing import Count, ListRequest, Page, count, iterate, list_page, list_records
from core.orm.lists import ListSpec, Value, values_of
from core.orm.locking import locked_now
from core.orm.model import Follower, Model, ModelInfo, describe
from core.orm.parts import Part
from core.orm.past import changes_since
from core.orm.rules import ByGrant, Everyone, Follows, Owned, SystemOnly
from core.orm.settings import write_settings
from core.orm.types import (
    Choice,
    Choices,
    Email,
    File,
    Image,
    Json,
    LongText,
    Money,
    Percent,
    Phone,
    Quantity,
    Rate,
    Url,
    UTCDateTime,
)
from core.ownership import OwnerChange
from core.pages.amounts import money_text
from core.pages.answers import leave, page
from core.pages.condition_editor import condition_editor
from core.pages.forms import RecordForm
from core.pages.frame import set_crumbs
from core.pages.nodes import (
    Action,
    AnalysisPage,
    BoardPage,
    CalendarPage,
    Card,
    Changed,
    Chart,
    Column,
    Composer,
    DashboardPage,
    DetailPage,
    Figure,
    Filter,
    FormField,
    FormPage,
    Hide,
    Html,
    Lines,
    ListAction,
    ListPage,
    Made,
    MailDraft,
    Mailing,
    Menu,
    MenuGroup,
    Move,
    Notice,
    Panel,
    PrintTemplate,
    Relabel,
    Remedy,
    Routes,
    Section,
    Tab,
    TimelineSource,
    Totals,
)
from core.pages.toasts import toast
from core.parts.saving import write_over
from core.records import Changes, Records
from core.sending.tab import sent_tab
from core.site import Site
from core.web.access import public
from core.workflow.decisions import Allow, Decision, Deny, Pending, Performed
from core.workflow.declaration import State, Transition, Workflow, WorkflowPart
from core.workflow.errors import Locked, NotWaiting, TransitionRefused, Waiting, WrongState

__all__ = [
    "ASSIGN",
    "CREATE",
    "DELETE",
    "EDIT",
    "EXPORT",
    "IMPORT",
    "LOCALES",
    "PRINT",
    "READ",
    "Action",
    "Actor",
    "Allow",
    "AnalysisPage",
    "AppError",
    "BadRequest",
    "BoardPage",
    "ByGrant",
    "CalendarPage",
    "Card",
    "Changed",
    "Changes",
    "Chart",
    "Choice",
    "Choices",
    "Column",
    "Composer",
    "Conflict",
    "Count",
    "DashboardPage",
    "Decision",
    "Deny",
    "Department",
    "DetailPage",
    "Diagnosis",
    "DuplicateHit",
    "Email",
    "Env",
    "Everyone",
    "Extension",
    "Field",
    "FieldLevel",
    "Figure",
    "File",
    "Filter",
    "Follower",
    "Follows",
    "Forbidden",
    "FormField",
    "FormPage",
    "Hide",
    "Html",
    "Image",
    "Invalid",
    "JobResult",
    "Json",
    "Kind",
    "Label",
    "Likeness",
    "Lines",
    "ListAction",
    "ListPage",
    "ListRequest",
    "ListSpec",
    "Locked",
    "LongText",
    "Made",
    "MailChange",
    "MailDraft",
    "Mailing",
    "Menu",
    "MenuGroup",
    "Message",
    "Model",
    "ModelInfo",
    "Money",
    "Move",
    "NotFound",
    "NotWaiting",
    "Notice",
    "Owned",
    "OwnerChange",
    "Page",
    "Panel",
    "Part",
    "PastEvent",
    "Pending",
    "Percent",
    "Performed",
    "Permission",
    "Phone",
    "Policy",
    "PrintTemplate",
    "Progress",
    "Quantity",
    "Rate",
    "RecordForm",
    "Records",
    "Relabel",
    "Remedy",
    "Role",
    "Routes",
    "Saved",
    "Scope",
    "SearchHit",
    "Section",
    "ShareLevel",
    "ShownJob",
    "Site",
    "Stale",
    "State",
    "SystemOnly",
    "Tab",
    "Text",
    "TimelineSource",
    "Totals",
    "Transition",
    "TransitionRefused",
    "UTCDateTime",
    "Url",
    "User",
    "Value",
    "Waiting",
    "Workflow",
    "WorkflowPart",
    "WrongState",
    "_",
    "acting_as",
    "add_collaborator",
    "add_parts",
    "alike",
    "backdate",
    "changes_since",
    "clock",
    "condition_editor",
    "conditions",
    "count",
    "describe",
    "email_key",
    "extends_service",
    "field",
    "files_tab",
    "hook",
    "hookimpl",
    "importing",
    "in_a_row",
    "iterate",
    "job",
    "keep_file",
    "labels",
    "leave",
    "list_page",
    "list_records",
    "listed",
    "locked_now",
    "mail",
    "money_text",
    "ngettext",
    "page",
    "pgettext",
    "phone_key",
    "public",
    "replace_settings",
    "replay",
    "replay_request",
    "schedule",
    "sent_tab",
    "set_crumbs",
    "shown_job",
    "take_numbers",
    "text_key",
    "toast",
    "values_of",
    "write_over",
    "write_settings",
]
