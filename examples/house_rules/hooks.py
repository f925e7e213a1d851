"""The rules, one hook each. What a hook does, and what an error in it does, is in the reference of hooks."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement

from addons.customer.models import Customer
from addons.house_rules.errors import KeptForAYear
from addons.house_rules.label_printer import labels
from core.api import (
    ASSIGN,
    Actor,
    Card,
    Changes,
    Deny,
    DuplicateHit,
    Env,
    Field,
    Invalid,
    MailChange,
    Menu,
    Message,
    Model,
    Saved,
    SearchHit,
    Site,
    Transition,
    _,
    clock,
    hookimpl,
)

log = logging.getLogger("house_rules")
"""What the company's auditors collect."""

KEPT = timedelta(days=365)
PROGRAMS = (b"MZ", b"\x7fELF", b"#!")
"""How files begin that a computer would run."""

SERVICE_ACCOUNT, ASSISTANT = "svc.", "Assistant"
OWN_NAME = "jiuke"
NOBODYS = "/customer?filter=owner_id:empty:true"


@hookimpl
def registered(site: Site) -> None:
    """Tells the auditors that the rules are in force in this process."""
    log.info("The house rules hold, with the data in %s.", site.settings.data)


@hookimpl
def addon_enabled(env: Env, addon: str) -> None:
    """Tells the auditors who has changed what the site can do."""
    log.info("%s enabled %s.", env.actor.name, addon)


@hookimpl
def addon_disabled(env: Env, addon: str) -> None:
    """Tells the auditors who has changed what the site can do."""
    log.info("%s disabled %s.", env.actor.name, addon)


@hookimpl
def validate(env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None) -> dict[str, Message]:
    """A customer has a name, not only a number."""
    if model is Customer and str(values.get("name", "")).isdigit():
        return {"name": _("Please enter the name, not a number.")}
    return {}


@hookimpl
def before_save(model: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """Names of customers have single spaces."""
    name = values.get("name")
    return {"name": " ".join(name.split())} if model is Customer and isinstance(name, str) else {}


@hookimpl
def after_save(env: Env, record: Model, changes: Changes, created: bool) -> None:
    """Tells the owner when somebody else changes their customer's phone."""
    if not isinstance(record, Customer) or created or "phone" not in changes:
        return
    if record.owner_id not in (None, env.user_id):
        text = _("{who} changed the phone of {record}", who=env.actor.name)
        env.notify([record.owner_id], text, kind="house_rules.phone", about=record)


@hookimpl
def before_delete(record: Model) -> None:
    """Customers that are older than a year are kept."""
    if isinstance(record, Customer) and record.created_at < clock.now() - KEPT:
        raise KeptForAYear()


@hookimpl
def after_delete(env: Env, model: type[Model], id: int, deletion: int) -> None:
    """Tells the auditors who has deleted what."""
    log.info("%s deleted %s %s (%s).", env.actor.name, model.key(), id, deletion)


@hookimpl
def after_commit(env: Env, saved: Sequence[Saved]) -> None:
    """Tells the auditors how much has been stored, and only what really was."""
    log.info("%s stored %s records.", env.actor.name, len(saved))


@hookimpl
def owner_for_new(env: Env, model: type[Model]) -> int | None:
    """What an assistant enters belongs to whom they assist."""
    member = env.actor.member
    return member.supervisor_id if model is Customer and member.title == ASSISTANT else None


@hookimpl
def next_number(field: Field, values: Mapping[str, Any]) -> str | None:
    """Numbers of customers do not tell how many there are."""
    return f"K{secrets.token_hex(4).upper()}" if (field.model, field.name) == ("customer", "number") else None


@hookimpl
def access_rules(actor: Actor, model: type[Model], columns: Any) -> ColumnElement[bool] | None:
    """Customers without an owner are for those alone who may give them one."""
    if model is not Customer or actor.may("customer", ASSIGN):
        return None
    found: ColumnElement[bool] = columns.owner_id.is_not(None)
    return found


@hookimpl
def transition_requested(env: Env, record: Model, transition: Transition) -> Deny | None:
    """Assistants prepare, and others decide: no record changes its state at their hands."""
    if env.actor.member.title != ASSISTANT:
        return None
    return Deny(_("Please ask {name} to do this.", name=_supervisor(env)))


@hookimpl
def transition_cancelled(env: Env, record: Model, transition: str, ids: Sequence[str], reason: str) -> None:
    """Tells the auditors what was asked for and not done, and why."""
    log.info("%s dropped %s of %s %s: %s", env.actor.name, transition, record.key(), record.id, reason or "no reason")


def _supervisor(env: Env) -> str:
    member = env.actor.organisation.members.get(env.actor.member.supervisor_id or 0)
    return member.name if member is not None else "?"


@hookimpl
def menu(env: Env) -> list[Menu]:
    """Whoever may give customers an owner finds those without one."""
    if not env.actor.may("customer", ASSIGN):
        return []
    return [Menu(key="nobodys", label=_("Without an owner"), url=NOBODYS, group="customers", icon="user-question")]


@hookimpl
def dashboard_cards(env: Env) -> list[Card]:
    """Whoever may give customers an owner sees those without one."""
    if not env.actor.may("customer", ASSIGN):
        return []
    filters = ("owner_id:empty:true",)
    return [Card(key="nobodys", label=_("Without an owner"), model=Customer, filters=filters, columns=("name",))]


@hookimpl
def search_sources(env: Env, q: str) -> list[SearchHit]:
    """The palette knows what people call the pool of customers."""
    if q.casefold() not in ("pool", "公海") or not env.actor.may("customer", ASSIGN):
        return []
    return [SearchHit(str(_("Without an owner")), NOBODYS, str(_("House rules")))]


@hookimpl
def duplicates(model: type[Model], values: Mapping[str, Any]) -> list[DuplicateHit]:
    """Whoever types the company's own name is told that it is no customer."""
    if model is not Customer or str(values.get("name", "")).strip().casefold() != OWN_NAME:
        return []
    return [DuplicateHit(str(_("Our own company")), [_("Same name")])]


@hookimpl
def export_row(env: Env, model: type[Model], id: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Each row that leaves says through whose hands."""
    return {"exported_by": env.actor.name}


@hookimpl
def import_row(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names from spreadsheets lose the spaces that somebody has lined them up with."""
    name = values.get("name")
    return {"name": " ".join(name.split())} if isinstance(name, str) else {}


@hookimpl
def message_sending(to: str) -> MailChange | None:
    """No mail leaves for addresses that are examples."""
    return MailChange(stopped="The address is an example.") if to.endswith(("@example.com", "@example.org")) else None


@hookimpl
def render_pdf(template: str, data: Mapping[str, Any]) -> bytes | None:
    """Labels for folders come from the label printer."""
    return labels([record["number"] for record in data["records"]]) if template == "folder" else None


@hookimpl
def store_file(path: Path) -> None:
    """Programs are not kept."""
    with path.open("rb") as file:
        if file.read(4).startswith(PROGRAMS):
            raise Invalid({"file": _("Programs are not kept here.")})


@hookimpl
def authenticate(username: str) -> bool | None:
    """Accounts of other systems use a token of the API, never a password."""
    return False if username.startswith(SERVICE_ACCOUNT) else None
