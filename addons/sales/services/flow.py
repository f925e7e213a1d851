"""What the money does when documents change their state: the guards and effects of their workflows."""

from __future__ import annotations

from sqlalchemy import select

from addons.sales.models import Contract, CreditNote, Order, OrderChange, Receipt, Receivable
from addons.sales.services.credit_notes import CreditNotes
from addons.sales.services.ledger import Ledger
from addons.sales.services.receipts import Receipts
from addons.sales.services.receivables import Receivables, receivables_follow, refused_void
from core.api import Env, Text, WorkflowPart, _


def owe(env: Env, order: Order) -> None:
    """From its approval on an order is owed, in the instalments of its payment terms."""
    env.service(Receivables).begin(order)


def not_received(env: Env, order: Order) -> Text | None:
    """An order for which money was received does not become void."""
    paid = select(Receivable).where(Receivable.order_id == order.id, Receivable.received > 0).limit(1)
    with env.system("what was received for an order") as session:
        found = session.scalar(paid)
    return None if found is None else refused_void(found)


def owe_no_more(env: Env, order: Order, *, reason: str) -> None:
    """Nothing is owed of an order that is void."""
    env.service(Receivables).void(order)


def owe_otherwise(env: Env, change: OrderChange) -> None:
    """What is not paid of an order follows its change."""
    with env.system("the receivables of an order that has changed") as session:
        order = session.get_one(Order, change.order_id)
    receivables_follow(env, order)


def fix_rate(env: Env, receipt: Receipt) -> None:
    """The exchange rate stays as it is now."""
    env.service(Receipts).fix_rate(receipt)


def receive(env: Env, receipt: Receipt) -> None:
    """The receipt counts."""
    env.service(Receipts).count(receipt)


def receive_no_more(env: Env, receipt: Receipt, *, reason: str) -> None:
    """The receipt counts no longer: its cheque may have bounced."""
    env.service(Receipts).uncount(receipt)


def not_own(env: Env, document: Receipt | CreditNote) -> Text | None:
    """That money has come in, or need not come, is for somebody else to say than who has entered it."""
    if env.user_id is None or env.workflow.is_completing(document):
        # Where a flow has decided, its own rules have been asked.
        return None
    if env.user_id not in (document.created_by, document.submitted_by_id) or env.setting("sales.self_approval"):
        return None
    if document.created_by == env.user_id:
        return _("You have entered this yourself. Somebody else approves it.")
    return _("You have submitted this yourself. Somebody else approves it.")


def note_submitter(env: Env, note: CreditNote) -> None:
    """It is known who has submitted it."""
    note.submitted_by_id = env.user_id


def credit(env: Env, note: CreditNote) -> None:
    """The credit note counts."""
    env.service(CreditNotes).count(note)


def credit_no_more(env: Env, note: CreditNote, *, reason: str) -> None:
    """The credit note counts no longer."""
    env.service(CreditNotes).uncount(note)


def has_ended(env: Env, contract: Contract) -> Text | None:
    """A contract expires once its last day has passed."""
    if contract.ends_on is not None and contract.ends_on < env.service(Ledger).today:
        return None
    return _("The last day of the contract has not passed yet.")


SETTLING = [
    WorkflowPart(Order, guards={"void": not_received}, effects={"approve": owe, "void": owe_no_more}),
    WorkflowPart(OrderChange, effects={"approve": owe_otherwise}),
    WorkflowPart(
        Receipt,
        guards={"approve": not_own},
        effects={"submit": fix_rate, "approve": receive, "void": receive_no_more},
    ),
    WorkflowPart(
        CreditNote,
        guards={"approve": not_own},
        effects={"submit": note_submitter, "approve": credit, "void": credit_no_more},
    ),
    WorkflowPart(Contract, guards={"expire": has_ended}),
]
