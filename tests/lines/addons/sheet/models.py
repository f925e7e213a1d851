"""A sheet with its lines, what is on them, and the coins that they are in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from core.api import (
    Choice,
    Everyone,
    Follower,
    Follows,
    LongText,
    Model,
    Money,
    Owned,
    Part,
    Percent,
    Quantity,
    State,
    Text,
    Transition,
    Workflow,
    field,
)

UNITS = {"piece": Text("Piece"), "box": Text("Box"), "hour": Text("Hour")}
STATES = (State("draft", Text("Draft")), State("closed", Text("Closed")))


class Coin(Model):
    """What amounts are in."""

    __tablename__ = "sheet_coin"
    __title__, __title_plural__ = Text("Coin"), Text("Coins")
    __access__ = Everyone()
    __display__ = "code"

    code: Mapped[str] = field(String(3), label=Text("Code"), required=True, unique=True, search=True)
    decimals: Mapped[int] = field(Integer, label=Text("Decimals"), required=True, default=2)


class Thing(Model):
    """What is on a line."""

    __tablename__ = "sheet_thing"
    __title__, __title_plural__ = Text("Thing"), Text("Things")
    __access__ = Everyone()

    name: Mapped[str] = field(String(100), label=Text("Name"), required=True, search=True, sort=True)
    code: Mapped[str] = field(String(20), label=Text("Code"), required=True, search=True)
    price: Mapped[Decimal | None] = field(Money, label=Text("Price"))


class Sheet(Model):
    """A sheet of lines."""

    __tablename__ = "sheet"
    __title__, __title_plural__ = Text("Sheet"), Text("Sheets")
    __access__ = Owned()
    __parts__ = {"lines": Part("sheet_line", via="sheet_id", label=Text("Lines"), most=200)}
    __workflow__ = Workflow(
        "state",
        states=STATES,
        transitions=(Transition("close", Text("Close"), source=("draft",), target="closed"),),
        locked=("closed",),
        open_fields=("note",),
    )

    number: Mapped[str | None] = field(String(20), label=Text("Number"), template="S-{####}", unique=True)
    name: Mapped[str] = field(String(100), label=Text("Name"), required=True, search=True, sort=True)
    code: Mapped[str | None] = field(String(20), label=Text("Code"), unique=True)
    state: Mapped[str] = field(Choice(), label=Text("State"), required=True)
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=Text("Owner"))
    coin_id: Mapped[int | None] = field(ForeignKey("sheet_coin.id"), label=Text("Coin"))
    due_on: Mapped[date | None] = field(Date, label=Text("Due on"))
    note: Mapped[str | None] = field(LongText, label=Text("Note"))
    discount: Mapped[Decimal | None] = field(Percent, label=Text("Discount"), minimum=0, maximum=100)
    subtotal: Mapped[Decimal | None] = field(Money, label=Text("Subtotal"), readonly=True, currency="coin_id")
    total: Mapped[Decimal | None] = field(Money, label=Text("Total"), readonly=True, currency="coin_id")


class SheetLine(Follower, Model):
    """One line of a sheet."""

    __tablename__ = "sheet_line"
    __title__, __title_plural__ = Text("Line"), Text("Sheet lines")
    __access__ = Follows("sheet_id")
    __display__ = "description"

    sheet_id: Mapped[int] = field(ForeignKey("sheet.id", ondelete="CASCADE"), label=Text("Sheet"), required=True)
    position: Mapped[int] = field(Integer, label=Text("Position"), readonly=True, required=True)
    thing_id: Mapped[int | None] = field(ForeignKey("sheet_thing.id"), label=Text("Thing"))
    description: Mapped[str | None] = field(LongText, label=Text("Description"))
    quantity: Mapped[Decimal] = field(Quantity, label=Text("Quantity"), required=True, minimum=0, default=Decimal(1))
    unit: Mapped[str | None] = field(Choice(), label=Text("Unit"), options=UNITS, default="piece")
    price: Mapped[Decimal | None] = field(Money, label=Text("Price"), minimum=0, currency="coin_id")
    discount: Mapped[Decimal | None] = field(Percent, label=Text("Discount"), minimum=0, maximum=100)
    is_gift: Mapped[bool] = field(Boolean, label=Text("Gift"), required=True, default=False)
    cost: Mapped[Decimal | None] = field(Money, label=Text("Cost"))
    amount: Mapped[Decimal | None] = field(Money, label=Text("Amount"), readonly=True, currency="coin_id")
