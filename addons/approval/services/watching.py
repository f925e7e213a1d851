"""Looking after requests: who cannot decide any more, who steps in for whom, whose decision is due."""

from __future__ import annotations

from datetime import timedelta

from addons.approval.models import ASKED, DELEGATED, DROPPED, PENDING
from addons.approval.people import deputies_on
from addons.approval.services import telling
from addons.approval.services.case import LIVE, Case, held
from addons.approval.services.course import look_again, replace, stick, unable
from addons.approval.steps import ANY
from core.api import Env

AHEAD = timedelta(days=1)
"""From so long before the last day on, people are reminded, once a day."""


class Watching:
    """What the system itself does with requests that wait."""

    def __init__(self, env: Env) -> None:
        self.env = env

    def look(self, id: int) -> None:
        """Brings one request up to date, and reminds who has to be; leaves one that is over. Raises `NotFound`."""
        with held(self.env, id) as case:
            if case.request.is_open:
                look_again(case)
                self._step_in(case)
                self._go_on_without(case)
                self._remind(case)

    def _step_in(self, case: Case) -> None:
        """The deputy of who is away decides instead."""
        deputies = deputies_on(self.env, self.env.today)
        asked = {signer.user_id for signer in case.signers(*LIVE)}
        for signer in case.signers(ASKED):
            to = deputies.get(signer.user_id)
            if to is not None and to not in asked and case.able([to]):
                replace(case, signer, to)
                case.note(DELEGATED, other=to)
                telling.tell_asked(case, [to])

    def _go_on_without(self, case: Case) -> None:
        """Who cannot decide any more is missed, unless others suffice."""
        missed = unable(case)
        if not missed or case.request.state != PENDING:
            return
        others = [signer for signer in case.signers(*LIVE) if signer not in missed]
        if case.step.how == ANY and others:
            for signer in missed:
                signer.state = DROPPED
        else:
            stick(case)

    def _remind(self, case: Case) -> None:
        today = self.env.today
        due = [s for s in case.signers(ASKED) if s.due_on is not None and s.due_on - AHEAD <= today]
        late = [signer for signer in due if signer.reminded_on != today]
        if any(s.due_on is not None and s.due_on < today and (s.reminded_on or s.due_on) <= s.due_on for s in late):
            telling.tell_late(case)
        for signer in late:
            signer.reminded_on = today
        telling.tell_reminded(case, [signer.user_id for signer in late])
