"""What is owed for the orders of the demo company, and what has come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from addons.sales.demo.documents import Documents
from addons.sales.demo.outline import DealPlan
from addons.sales.demo.scene import Scene
from addons.sales.instalments import ACCEPTANCE, DELIVERY, ORDER, Step, instalments
from addons.sales.models import Order, Receipt, Receivable
from addons.sales.services.ledger import Ledger
from core.api import PastEvent, backdate

RECEIPTS = 95
IN_PARTS = 3
"""So many receivables at least are paid in two parts."""
BOUNCED = "支票退票，理由：存款不足。"
REFUSED = "金額與銀行入帳不符，請查明匯費。"
NOTES = {
    "partial": "客戶資金調度，先付一半，餘款下月底前補足。",
    "surplus": "客戶多匯，同意留作下次訂單的預收款。",
    "bounced": "客戶已改以匯款支付。",
}


@dataclass
class ReceiptPlan:
    """Money to come in: what of it pays which receivables, and what becomes of the receipt."""

    receivables: list[tuple[Receivable, Decimal]]
    on: date
    state: str = "approved"
    surplus: Decimal = Decimal(0)
    method: str = ""
    note: str | None = None

    @property
    def amount(self) -> Decimal:
        """All of it."""
        return sum((amount for _receivable, amount in self.receivables), self.surplus)


class Money:
    """Writes receivables and receipts, and has the ledger work out what follows."""

    def __init__(self, scene: Scene, documents: Documents, deals: Sequence[DealPlan]) -> None:
        self.scene, self.env, self.random, self.documents = scene, scene.env, scene.random, documents
        self.deals = [deal for deal in deals if deal.is_owed or deal.order_state == "void"]
        self.receivables: dict[int, list[Receivable]] = {}
        self._decimals = {each.id: each.decimals for each in scene.currencies.values()}

    def add_receivables(self) -> None:
        """The instalments of all orders that were approved."""
        items = []
        for deal in self.deals:
            order, at = self.documents.orders[id(deal)], self.documents.approved[id(deal)]
            self.receivables[id(deal)] = list(self._instalments(deal, order, at.astimezone(self.scene.zone).date()))
            items += [(each, order.approved_by_id, at) for each in self.receivables[id(deal)]]
        self.scene.write(items)

    def add_receipts(self) -> None:
        """What has come in for them."""
        plans = sorted(self._plans(), key=lambda plan: plan.on)
        made = [self._receipt(plan) for plan in plans]
        clerks = self.scene.users["chou.meiling"], self.scene.users["accountant"]
        moments = [self.scene.at(plan.on, 11 * 60 + place % 50) for place, plan in enumerate(plans)]
        authors = [clerks[place % 4 == 0] for place in range(len(plans))]
        self.scene.write(list(zip(made, authors, moments, strict=True)))
        parts = [[_allocation(*pair) for pair in plan.receivables] for plan in plans]
        self.scene.write_parts("allocations", list(zip(made, parts, moments, strict=True)))
        issued = [place for place, plan in enumerate(plans) if plan.state != "draft"]
        numbers = self.scene.numbers(Receipt, [plans[place].on for place in issued])
        events = [
            event
            for place, number in zip(issued, numbers, strict=True)
            for event in self._course(plans[place], made[place], number)
        ]
        self.scene.tell(events)

    def settle(self) -> None:
        """Has the ledger work out what is received and owed."""
        orders = [self.documents.orders[id(deal)] for deal in self.deals]
        touched: list[Any] = [*orders, *(each for deal in self.deals for each in self.receivables[id(deal)])]
        moments = [(record, record.updated_at) for record in touched]
        self.env.service(Ledger).settle(self.env.session, [order.id for order in orders])
        backdate(self.env, moments, "settle")

    def _instalments(self, deal: DealPlan, order: Order, approved: date) -> Iterator[Receivable]:
        assert deal.terms is not None
        steps = [
            Step(name, Decimal(percent), event, days, month_end=month_end)
            for name, percent, event, days, month_end in deal.terms.steps
        ]
        days = {ORDER: approved, DELIVERY: deal.promised_on, ACCEPTANCE: deal.accepted_on}
        parts = instalments(order.total, steps, decimals=self._decimals[order.currency_id], days=days)
        voided = order.updated_at.astimezone(self.scene.zone).date() if deal.order_state == "void" else None
        for place, part in enumerate(parts, 1):
            yield Receivable(
                name=f"{order.number}/{place}",
                customer_id=order.customer_id,
                customer_name=self.scene.names[order.customer_id],
                order_id=order.id,
                owner_id=order.owner_id,
                position=place,
                label=part.step.label,
                event=part.step.event,
                currency_id=order.currency_id,
                amount=part.amount,
                due_on=part.due_on,
                voided_on=voided,
            )

    # What comes in.

    def _plans(self) -> list[ReceiptPlan]:
        """As many receipts as there should be: the earliest due are paid, some of them in two parts."""
        specials, kept = self._specials()
        due = [each for each in self._due() if id(each) not in kept]
        # One more bounces.
        wanted = RECEIPTS - len(specials) - 1
        split = max(IN_PARTS, wanted - len(due))
        paid = due[: wanted - split]
        plans = [plan for each in paid[:split] for plan in self._in_parts(each)]
        plans += [self._paid(each) for each in paid[split:]]
        plans.sort(key=lambda plan: plan.on)
        self._surplus(plans)
        self._bounce(plans, specials)
        return [*plans, *specials]

    def _due(self) -> list[Receivable]:
        """What should have been paid by now, the earliest first; a few customers of late are slow."""
        found = [
            each
            for deal in self.deals
            for each in self.receivables[id(deal)]
            if each.due_on is not None and each.voided_on is None
        ]
        found = [each for each in found if each.due_on and each.due_on <= self.scene.today]
        return sorted(found, key=lambda each: (each.due_on or self.scene.today, each.id))

    def _specials(self) -> tuple[list[ReceiptPlan], set[int]]:
        """Receipts that tell something, and the receivables that nothing else pays."""
        plans, kept = [], set()
        for deal in self.deals:
            theirs = self.receivables[id(deal)]
            if "overdue" in deal.tags:
                kept.add(id(theirs[-1]))
            elif "partial receipt" in deal.tags:
                half = self._rounded(theirs[1], theirs[1].amount / 2)
                ordered = self.documents.approved[id(deal)].astimezone(self.scene.zone).date()
                plans.append(self._paid(theirs[0]))
                on = max(self.scene.today - timedelta(days=3), ordered)
                plans.append(ReceiptPlan([(theirs[1], half)], on, method="transfer", note=NOTES["partial"]))
                kept |= {id(each) for each in theirs}
        late = [each for each in self._due() if id(each) not in kept][-12:]
        states = ("draft", "submitted", "rejected", "submitted", "draft")
        for each, state in zip(late[1::2], states, strict=False):
            on = max(each.due_on or self.scene.today, self.scene.today - timedelta(days=4))
            plans.append(ReceiptPlan([(each, each.amount)], on, state=state, method="transfer"))
            kept.add(id(each))
        return plans, kept

    def _paid(self, receivable: Receivable) -> ReceiptPlan:
        return ReceiptPlan([(receivable, receivable.amount)], self._day(receivable))

    def _in_parts(self, receivable: Receivable) -> list[ReceiptPlan]:
        first = self._rounded(receivable, receivable.amount * 2 / 5)
        on = self._day(receivable)
        later = min(on + timedelta(days=21), self.scene.today)
        return [
            ReceiptPlan([(receivable, first)], on),
            ReceiptPlan([(receivable, receivable.amount - first)], later),
        ]

    def _surplus(self, plans: Sequence[ReceiptPlan]) -> None:
        """Somebody has paid more than was owed."""
        plan = next(each for each in plans[::-1] if self._decimals[each.receivables[0][0].currency_id] == 0)
        plan.surplus, plan.note, plan.method = Decimal(20_000), NOTES["surplus"], "transfer"

    def _bounce(self, plans: Sequence[ReceiptPlan], specials: list[ReceiptPlan]) -> None:
        """A cheque that was no good: what it should have paid came in by transfer later."""
        paid = plans[len(plans) * 3 // 4]
        paid.method, paid.note = "transfer", NOTES["bounced"]
        on = paid.on - timedelta(days=12)
        specials.append(ReceiptPlan(list(paid.receivables), on, state="void", method="cheque"))

    def _day(self, receivable: Receivable) -> date:
        """Around the day on which it was due, but not before it was owed."""
        assert receivable.due_on is not None
        on = receivable.due_on + timedelta(days=self.random.choice((-3, -1, 0, 0, 1, 2, 4, 9)))
        owed = receivable.created_at.astimezone(self.scene.zone).date()
        return min(max(on, owed), self.scene.today)

    def _rounded(self, receivable: Receivable, amount: Decimal) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-self._decimals[receivable.currency_id]), ROUND_HALF_UP)

    def _receipt(self, plan: ReceiptPlan) -> Receipt:
        first = plan.receivables[0][0]
        method = plan.method or self.random.choices(("transfer", "cheque", "cash", "card"), (70, 22, 3, 5))[0]
        is_cheque = method == "cheque"
        allocated = plan.amount - plan.surplus
        currency = next(each for each in self.scene.currencies.values() if each.id == first.currency_id)
        return Receipt(
            customer_id=first.customer_id,
            customer_name=self.scene.names[first.customer_id],
            owner_id=first.owner_id,
            state="draft",
            received_on=plan.on,
            currency_id=first.currency_id,
            rate=currency.rate or Decimal(1),
            amount=plan.amount,
            method=method,
            reference=f"{self.random.randint(10_000, 99_999)}" if method in ("transfer", "card") else None,
            cheque_number=f"AB{self.random.randint(1_000_000, 9_999_999)}" if is_cheque else None,
            cheque_due_on=plan.on + timedelta(days=self.random.choice((0, 15, 30))) if is_cheque else None,
            allocated_total=allocated,
            unallocated_total=plan.surplus,
            note=plan.note,
        )

    def _course(self, plan: ReceiptPlan, receipt: Receipt, number: str) -> Iterator[PastEvent]:
        author, at = receipt.created_by, receipt.created_at + timedelta(minutes=8)
        chief = self.scene.users["accountant" if author != self.scene.users["accountant"] else "gm"]
        yield PastEvent(receipt, "submit", at, author, {"state": "submitted", "number": number})
        if plan.state == "submitted":
            return
        at = self._next(at, days=0, hours=3)
        if plan.state == "rejected":
            yield PastEvent(receipt, "reject", at, chief, {"state": "rejected"}, REFUSED)
            return
        yield PastEvent(receipt, "approve", at, chief, {"state": "approved"})
        if plan.state == "void":
            nothing = {"allocated_total": Decimal(0), "unallocated_total": Decimal(0)}
            yield PastEvent(receipt, "void", self._next(at, days=6), chief, {"state": "void", **nothing}, BOUNCED)

    def _next(self, at: datetime, *, days: int, hours: int = 0) -> datetime:
        return min(at + timedelta(days=days, hours=hours), self.scene.now)


def _allocation(receivable: Receivable, amount: Decimal) -> Mapping[str, Any]:
    return {"receivable_id": receivable.id, "amount": amount}
