"""What receipts and credit notes have in common: they settle receivables once they are approved."""

from __future__ import annotations

from addons.sales.models.document import APPROVED, DRAFT, REASON, SUBMITTED, VOID
from core.api import State, Transition, Workflow, _, pgettext

REJECTED = State("rejected", _("Rejected"), tone="negative", aside=True)

STATES = (DRAFT, SUBMITTED, APPROVED, REJECTED, VOID)


def _transitions() -> tuple[Transition, ...]:
    return (
        Transition(
            "submit",
            pgettext("document", "Submit"),
            source=("draft", "rejected"),
            target="submitted",
            done=_("Submitted for approval"),
            icon="send",
            is_primary=True,
            bulk=True,
        ),
        Transition(
            "approve",
            _("Approve"),
            source=("submitted",),
            target="approved",
            grant="approve",
            done=pgettext("document", "Approved"),
            icon="check",
            tone="positive",
            is_primary=True,
            bulk=True,
        ),
        Transition(
            "reject",
            _("Reject"),
            source=("submitted",),
            target="rejected",
            grant="approve",
            arguments=(REASON,),
            done=_("Rejected"),
            icon="x",
            tone="negative",
        ),
        Transition(
            "recall",
            _("Take back"),
            source=("submitted",),
            target="draft",
            done=_("Taken back"),
            icon="arrow-back-up",
        ),
        Transition(
            "void",
            pgettext("document", "Void"),
            source=("draft", "submitted", "approved", "rejected"),
            target="void",
            grant="approve",
            arguments=(REASON,),
            done=_("Voided"),
            icon="ban",
            tone="negative",
        ),
    )


def settling(*open_fields: str) -> Workflow:
    """The way of a document that settles receivables. What is rejected may be mended and submitted again."""
    return Workflow(
        "state",
        states=STATES,
        transitions=_transitions(),
        locked=("submitted", "approved", "void"),
        open_fields=("note", *open_fields),
    )
