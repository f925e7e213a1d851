"""Somebody else decides, or does so too: delegating, adding signers, and what administrators do where nobody can."""

from __future__ import annotations

from addons.approval.models import DELEGATED, DROPPED, PENDING, QUEUED
from addons.approval.services import telling
from addons.approval.services.case import LIVE, Case, held
from addons.approval.services.course import due_of, follow, look_again, release, replace, unable
from addons.approval.services.entitlement import UNSAID, Seen, check_open, deciding
from addons.approval.services.standing import Standing
from core.api import Env, Forbidden, Invalid, Message, _

BEFORE, AFTER = "before", "after"


class Substitutes:
    """Changes of who is asked. Each method takes the id of a request, and locks its record first."""

    def __init__(self, env: Env) -> None:
        self.env = env

    def delegate(self, id: int, *, to: int, opinion: str = "", seen: Seen = UNSAID) -> None:
        """Leaves the decision to somebody else, also by who may not read the document any more.

        Raises `Invalid` for one who cannot decide, and what `deciding` does.
        """
        with held(self.env, id) as case:
            signer = deciding(case, seen, reads=False)
            self._check_fit(case, to)
            replace(case, signer, to)
            case.note(DELEGATED, opinion=opinion, other=to)
            telling.tell_asked(case, [to])

    def add_signer(self, id: int, *, to: int, place: str, opinion: str = "", seen: Seen = UNSAID) -> None:
        """Has somebody else decide too, before the actor or after them. Raises as `delegate` does."""
        with held(self.env, id) as case:
            signer = deciding(case, seen)
            self._check_fit(case, to)
            if place == BEFORE:
                made = case.ask(to, like=signer, after_id=signer.after_id)
                signer.state, signer.after_id = QUEUED, made.id
                telling.tell_asked(case, [to])
            else:
                made = case.ask(to, like=signer, state=QUEUED)
                follow(case, signer, made)
                made.after_id = signer.id
            case.note("added", opinion=opinion, other=to)

    def appoint(self, id: int, *, to: int) -> None:
        """Somebody else decides instead of those who cannot. Raises `Forbidden`, `Ended`, `Invalid`."""
        with held(self.env, id) as case:
            if not self.env.service(Standing).administers:
                raise Forbidden()
            check_open(case)
            self._check_fit(case, to)
            missed = unable(case)
            if not missed:
                case.ask(to, due_on=due_of(case))
            for place, signer in enumerate(missed):
                if place == 0:
                    replace(case, signer, to)
                else:
                    signer.state = DROPPED
                    release(case, [signer])
            case.request.state = PENDING
            case.note("appointed", other=to)
            telling.tell_asked(case, [to])

    def retry(self, id: int) -> bool:
        """Looks again whether somebody can decide now. Returns whether there is somebody. Raises `Ended`."""
        with held(self.env, id) as case:
            check_open(case)
            look_again(case)
            return case.request.state == PENDING

    def _check_fit(self, case: Case, to: int) -> None:
        members = self.env.actor.organisation.members
        name = members[to].name if to in members else ""
        problem: Message | None = None
        if to not in members or not members[to].is_active:
            problem = _("Please choose somebody who can sign in.")
        elif to in {signer.user_id for signer in case.signers(*LIVE)}:
            problem = _("{name} is asked already.", name=name)
        elif to not in self.env.readers_among(case.record, [to]):
            problem = _("{name} may not see this document, and so cannot decide on it.", name=name)
        elif not case.able([to]):
            problem = _("{name} has submitted this, and so cannot decide on it.", name=name)
        if problem is not None:
            raise Invalid({"to": problem})
