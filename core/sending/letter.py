"""What somebody wants to send: to whom, with which words, as which document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.models import User
from core.errors import Invalid, Message
from core.i18n import _
from core.mail.addresses import MOST, BadAddress, TooManyAddresses, addresses_in, checked

if TYPE_CHECKING:
    from core.env import Env

TO, COPY, OWN_COPY, SUBJECT, TEXT, TEMPLATE, KNOWN = "to", "cc", "own_copy", "subject", "text", "template", "known"

LONGEST_SUBJECT, LONGEST_TEXT = 200, 20_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be written. `template` is a key as `template_of` takes it."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    template: str
    reply_to: str = ""

    @classmethod
    def of(cls, env: Env, values: Mapping[str, Any]) -> Letter:
        """What was filled in. Raises `Invalid` with a message per field."""
        problems: dict[str, Message] = {}
        to = _read(problems, TO, lambda: checked([*(values.get(KNOWN) or ()), *addresses_in(values.get(TO) or "")]))
        cc = _read(problems, COPY, lambda: addresses_in(values.get(COPY) or ""))
        if not to and TO not in problems:
            problems[TO] = _("To whom? Please enter an e-mail address.")
        subject, own = " ".join((values.get(SUBJECT) or "").split()), own_address(env)
        if not subject:
            problems[SUBJECT] = _("Please fill in this field.")
        if values.get(OWN_COPY) and not own:
            problems[OWN_COPY] = _("Your account has no e-mail address.")
        if problems:
            raise Invalid(problems)
        copies = checked([*cc, own]) if values.get(OWN_COPY) else cc
        return cls(tuple(to), tuple(copies), subject, values.get(TEXT) or "", values.get(TEMPLATE) or "", own)


def own_address(env: Env) -> str:
    """Where answers go: the address of who sends, "" if they have none."""
    return env.connection_of_core.scalar(select(User.email).where(User.id == env.user_id)) or ""


def _read(problems: dict[str, Message], name: str, read: Callable[[], list[str]]) -> list[str]:
    try:
        return read()
    except BadAddress as error:
        problems[name] = _("“{address}” is not an e-mail address.", address=error.address)
    except TooManyAddresses:
        problems[name] = _("One message goes to at most {most} people.", most=MOST)
    return []
