"""What one may do with payment terms."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from addons.sales.instalments import WHOLE, Step
from addons.sales.models import PaymentTerms, PaymentTermsStep
from core.api import Message, Records, _


class PaymentTermsRecords(Records[PaymentTerms]):
    """Payment terms."""

    model = PaymentTerms

    def validate(self, values: Mapping[str, Any], record: PaymentTerms | None) -> dict[str, Message]:
        """All instalments together are the whole."""
        problems = super().validate(values, record)
        percents = [step.get("percent") or Decimal(0) for step in values.get("steps") or ()]
        if percents and sum(percents) != WHOLE:
            problems["steps"] = _("The instalments are {sum} % together and must be 100 %.", sum=f"{sum(percents):g}")
        return problems

    def steps_of(self, terms_id: int | None) -> list[Step]:
        """The steps of the terms, in their order; none without terms."""
        if terms_id is None:
            return []
        wanted = select(PaymentTermsStep).where(PaymentTermsStep.payment_terms_id == terms_id)
        with self.env.system("the instalments of an order") as session:
            found = session.scalars(wanted.order_by(PaymentTermsStep.position)).all()
        return [Step(each.name, each.percent, each.event, each.days, month_end=each.month_end) for each in found]
