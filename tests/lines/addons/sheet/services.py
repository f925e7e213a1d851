"""What is worked out of lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from addons.sheet.models import Sheet, Thing
from core.api import Message, Records, Text

HUNDRED = Decimal(100)


class Sheets(Records[Sheet]):
    """Sheets whose lines and totals follow from what is typed."""

    model = Sheet

    def validate(self, values: Mapping[str, Any], record: Sheet | None) -> dict[str, Message]:
        """Refuses more than a thousand of anything, and a sheet without lines that says so in its name."""
        many = [n for n, line in enumerate(values["lines"]) if (line["quantity"] or 0) > 1000]
        problems: dict[str, Message] = {f"lines.{n}.quantity": Text("At most a thousand.") for n in many}
        if values.get("name") == "full" and not values["lines"]:
            problems["lines"] = Text("A full sheet has lines.")
        return problems

    def derive(self, values: Mapping[str, Any], record: Sheet | None) -> Mapping[str, Any]:
        """The amount of each line, and what they come to."""
        amounts = [self._amount(line) for line in values["lines"]]
        subtotal = sum(amounts, Decimal(0))
        total = subtotal * (1 - (values.get("discount") or Decimal(0)) / HUNDRED)
        return {"lines": [{"amount": amount} for amount in amounts], "subtotal": subtotal, "total": total}

    def _amount(self, line: Mapping[str, Any]) -> Decimal:
        price, share = line["price"] or Decimal(0), line["discount"] or Decimal(0)
        return Decimal(0) if line["is_gift"] else (line["quantity"] or Decimal(0)) * price * (1 - share / HUNDRED)

    def follow(self, changed: str, values: Mapping[str, Any], record: Sheet | None) -> Mapping[str, Any]:
        """The text and price of a thing that was chosen; a coin that was chosen says when payment is due."""
        if changed == "coin_id" and values["coin_id"]:
            return {"due_on": self.env.today + timedelta(days=30)}
        part, _dot, rest = changed.partition(".")
        number, _dot, name = rest.partition(".")
        if part != "lines" or name != "thing_id":
            return {}
        line = values["lines"][int(number)]
        if line["thing_id"] is None:
            return {}
        thing = self.env.get(Thing, line["thing_id"])
        return {f"lines.{number}.description": thing.name, f"lines.{number}.price": thing.price}

    def copied(self, record: Sheet) -> Mapping[str, Any]:
        """A copy says so, and is due later."""
        return {"name": f"Copy of {record.name}", "due_on": None}
