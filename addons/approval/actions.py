"""What is done with a request: what each asks for, and who does it. The box on documents and the API offer the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addons.approval.models import SENT_BACK, STATES, STUCK, WITHDRAWN, ApprovalRequest
from addons.approval.services import Approvals, Standing, Substitutes
from addons.approval.services.substitutes import AFTER, BEFORE
from core.api import READ, Action, Env, Field, Kind, Text, _, pgettext

_OPINION = Field(Kind.LONG_TEXT, _("Opinion"), name="opinion", max_length=2000)
_WHY = Field(Kind.LONG_TEXT, _("Opinion"), name="opinion", max_length=2000, required=True)
_REASON = Field(Kind.TEXT, _("Reason"), name="reason", max_length=500)
_TO = Field(Kind.LINK, _("To whom"), name="to", target="user", required=True)
_PLACE = Field(
    Kind.CHOICE,
    pgettext("signer", "When"),
    name="place",
    required=True,
    default=BEFORE,
    options={BEFORE: _("Before me"), AFTER: _("After me")},
)


def _is_asked(env: Env, record: ApprovalRequest) -> bool:
    return env.service(Standing).is_asked(record)


def _is_stuck(env: Env, record: ApprovalRequest) -> bool:
    return record.state == STUCK and env.service(Standing).administers


def _may_withdraw(env: Env, record: ApprovalRequest) -> bool:
    return env.service(Standing).may_withdraw(record)


def _calls(service: type[Any], name: str) -> Callable[..., None]:
    """Calls the method of the service on the request; what was left empty is not given."""

    def run(env: Env, record: ApprovalRequest, **arguments: Any) -> None:
        given = {key: value for key, value in arguments.items() if value is not None}
        getattr(env.service(service), name)(record.id, **given)

    return run


def _action(key: str, service: type[Any], label: Text, done: Text, icon: str, *arguments: Field, **more: Any) -> Action:
    """Whether somebody may is for the service to say, in more words than a button that is missing."""
    return Action(
        key=key,
        model=ApprovalRequest,
        label=label,
        done=done,
        icon=icon,
        run=_calls(service, key),
        grant=READ,
        arguments=arguments,
        **more,
    )


DECISIONS = [
    _action(
        "approve",
        Approvals,
        _("Approve"),
        pgettext("approval", "Approved"),
        "check",
        _OPINION,
        when=_is_asked,
        is_primary=True,
        bulk=True,
    ),
    _action(
        "reject",
        Approvals,
        pgettext("approval", "Reject"),
        pgettext("approval", "Rejected"),
        "x",
        _WHY,
        when=_is_asked,
        tone="negative",
        bulk=True,
    ),
    _action("send_back", Approvals, _("Send back"), STATES[SENT_BACK], "arrow-back-up", _WHY, when=_is_asked),
    _action("delegate", Substitutes, _("Delegate"), _("Delegated"), "user-share", _TO, _OPINION, when=_is_asked),
    _action(
        "add_signer", Substitutes, _("Add a signer"), _("Added"), "user-plus", _TO, _PLACE, _OPINION, when=_is_asked
    ),
]
"""What whoever is asked may do. They need no grant for it."""

OTHERS = [
    _action("appoint", Substitutes, _("Appoint somebody"), _("Appointed"), "user-plus", _TO, when=_is_stuck),
    _action("retry", Substitutes, _("Look again"), _("Looked again"), "refresh", when=_is_stuck),
    _action("withdraw", Approvals, _("Withdraw"), STATES[WITHDRAWN], "arrow-back-up", _REASON, when=_may_withdraw),
]
"""What the submitter does, and who looks after flows."""

ACTIONS = [*DECISIONS, *OTHERS]
BY_KEY = {action.key: action for action in ACTIONS}
