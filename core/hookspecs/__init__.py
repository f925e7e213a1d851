"""Core's hooks. An addon implements one in its `hooks.py` with `@hookimpl`; only enabled addons are called.

Called as `env.hooks.<name>(…)`. The policy says what becomes of the results and of an exception.
"""

from __future__ import annotations

from core.hookspecs.pages import dashboard_cards, duplicates, menu, search_sources
from core.hookspecs.process import addon_disabled, addon_enabled, diagnose, registered
from core.hookspecs.records import (
    access_rules,
    after_commit,
    after_delete,
    after_save,
    before_delete,
    before_save,
    merge_undone,
    next_number,
    owner_for_new,
    owners_changed,
    records_merged,
    validate,
)
from core.hookspecs.traffic import (
    authenticate,
    export_row,
    import_row,
    message_sending,
    print_context,
    render_pdf,
    store_file,
)
from core.hookspecs.workflow import (
    decision_given,
    decisions_open,
    state_changed,
    transition_cancelled,
    transition_requested,
)

__all__ = [
    "access_rules",
    "addon_disabled",
    "addon_enabled",
    "after_commit",
    "after_delete",
    "after_save",
    "authenticate",
    "before_delete",
    "before_save",
    "dashboard_cards",
    "decision_given",
    "decisions_open",
    "diagnose",
    "duplicates",
    "export_row",
    "import_row",
    "menu",
    "merge_undone",
    "message_sending",
    "next_number",
    "owner_for_new",
    "owners_changed",
    "print_context",
    "records_merged",
    "registered",
    "render_pdf",
    "search_sources",
    "state_changed",
    "store_file",
    "transition_cancelled",
    "transition_requested",
    "validate",
]
