"""Who is told what of a request, at the bell and by e-mail."""

from __future__ import annotations

from collections.abc import Iterable

from addons.approval.models import APPROVED, REJECTED, SENT_BACK, WITHDRAWN
from addons.approval.services.case import Case
from core.api import EDIT, Env, Text, _, ngettext

KIND = "approval"

ENDS = {
    APPROVED: _("{record} is approved"),
    REJECTED: _("{who} has rejected {record}"),
    SENT_BACK: _("{who} has sent {record} back to you"),
    WITHDRAWN: _("The request for approval of {record} was withdrawn"),
}


def tell_asked(case: Case, users: Iterable[int]) -> None:
    """They are to decide."""
    others = [id for id in users if id != case.env.user_id]
    case.env.notify(others, _("{record} waits for your decision"), kind=KIND, about=case.record, many=_many)


def tell_reminded(case: Case, users: Iterable[int]) -> None:
    """Their decision is due, or overdue."""
    text = _("{record} still waits for your decision")
    case.env.notify(users, text, kind=f"{KIND}.due", about=case.record, many=_many)


def tell_late(case: Case) -> None:
    """The submitter hears that nobody has decided in time."""
    text = _("The decision on {record} is overdue")
    case.env.notify(_one(case.request.submitter_id), text, kind=f"{KIND}.late", about=case.record)


def tell_end(case: Case, state: str) -> None:
    """The submitter hears how it has ended."""
    others = [id for id in _one(case.request.submitter_id) if id != case.env.user_id]
    text = ENDS[state]
    known = {"who": case.env.actor.name} if "{who}" in text.message else {}
    case.env.notify(others, Text(text.message, **known), kind=f"{KIND}.{state}", about=case.record)


def tell_over(case: Case, users: Iterable[int]) -> None:
    """Those who were asked hear that their decision is not needed any more."""
    others = [id for id in users if id != case.env.user_id]
    case.env.notify(
        others, _("Your decision on {record} is not needed any more"), kind=f"{KIND}.over", about=case.record
    )


def tell_stuck(case: Case) -> None:
    """The submitter, and those who administer flows, hear that nobody can decide."""
    text = _("Nobody can decide on {record}: step {number} of “{flow}”", **_step(case))
    case.env.notify(_one(case.request.submitter_id), text, kind=f"{KIND}.stuck", about=case.record)
    url = f"/approval/{case.request.id}"
    text = _("An approval has nobody to decide: step {number} of “{flow}”", **_step(case))
    case.env.notify(administrators(case.env), text, kind=f"{KIND}.stuck", url=url)


def administrators(env: Env) -> list[int]:
    """Those who may change flows."""
    members = [each for each in env.actor.organisation.members.values() if each.is_active]
    return [each.id for each in members if env.site.actor(each.id, env).may("approval_flow", EDIT)]


def _step(case: Case) -> dict[str, object]:
    return {"number": case.request.step + 1, "flow": case.request.flow_name}


def _many(count: int) -> Text:
    return ngettext("{count} document waits for your decision", "{count} documents wait for your decision", count)


def _one(user: int | None) -> list[int]:
    return [] if user is None else [user]
