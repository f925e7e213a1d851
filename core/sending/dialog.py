"""The dialog in which somebody writes to whom a record goes, and with which words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from core.i18n import Text, _, pgettext
from core.orm.field import Field, Kind
from core.orm.model import Model
from core.pages import once
from core.pages.forms import RecordForm, hidden
from core.pages.isolation import isolated
from core.pages.nodes import MailDraft
from core.pages.views import FormSection, FormView
from core.sending.letter import (
    COPY,
    KNOWN,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    OWN_COPY,
    SUBJECT,
    TEMPLATE,
    TEXT,
    TO,
    Letter,
    own_address,
)
from core.sending.offer import mailing_of, templates_for

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env

VERSION = "version"
KEPT = _("No mail server is set up: the message is kept for the administrators, and not sent.")


class MailDialog:
    """The form of one record. `sent` is what the browser sent, if it did."""

    def __init__(self, env: Env, record: Model, sent: MultiDict[str, Any] | None = None) -> None:
        self.env, self.record, self.sent = env, record, sent
        node = mailing_of(env, record)
        self.draft = isolated(env, "The draft of a message", partial(node.draft, env, record), MailDraft())
        self.templates = templates_for(env, node, record)
        self.form = RecordForm(env, self._fields(), values=self._values(), sent=sent, scope="m")

    def letter(self) -> Letter | None:
        """What was filled in; None if something is wrong, which the dialog then says."""
        return Letter.of(self.env, self.form.values) if self.form.validate() else None

    def view(self) -> FormView:
        """The dialog as templates take it."""
        fields = [self.form.view(name) for name in self.form.controls]
        return FormView(
            title=str(_("Send by e-mail")),
            model=self.record.key(),
            url=f"/{self.record.key()}/{self.record.id}/mail",
            sections=[FormSection(key="mail", label="", fields=fields, columns=1)],
            hidden=hidden(**{VERSION: str(self.record.version), once.NAME: self._key()}),
            cancel_url="",
            submit_label=str(pgettext("message", "Send")),
            errors=[error for error in self.form.summary if not error[0]],
        )

    def _key(self) -> str:
        """What the form is recognised by when it arrives twice."""
        return (self.sent.get(once.NAME, "") if self.sent is not None else "") or once.new_key()

    def _values(self) -> dict[str, Any]:
        return {
            KNOWN: [address for address in self.draft.to if address in self.draft.known],
            TO: ", ".join(address for address in self.draft.to if address not in self.draft.known),
            SUBJECT: self.draft.subject,
            TEXT: self.draft.text,
            TEMPLATE: next(iter(self.templates), ""),
        }

    def _fields(self) -> list[Field]:
        known = {
            address: Text(f"{whose} <{address}>" if whose else address) for address, whose in self.draft.known.items()
        }
        to = _("Further addresses") if known else pgettext("message", "To")
        kept = KEPT if self.env.site.settings.smtp is None else None
        several = _("Several are separated by commas.")
        found = [Field(Kind.CHOICES, pgettext("message", "To"), name=KNOWN, options=known)] if known else []
        found += [
            Field(Kind.TEXT, to, name=TO, max_length=2000, help=several),
            Field(Kind.TEXT, _("Copy to"), name=COPY, max_length=2000),
            Field(Kind.TEXT, _("Subject"), name=SUBJECT, required=True, max_length=LONGEST_SUBJECT),
            Field(Kind.LONG_TEXT, _("Message"), name=TEXT, max_length=LONGEST_TEXT, help=kept),
        ]
        if len(self.templates) > 1:
            found.append(Field(Kind.CHOICE, _("Document"), name=TEMPLATE, options=self.templates, required=True))
        if own := own_address(self.env):
            label = _("A copy to me ({address})", address=own)
            found.append(Field(Kind.BOOLEAN, label, name=OWN_COPY))
        return found
