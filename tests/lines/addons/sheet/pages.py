"""The pages of sheets."""

from __future__ import annotations

from addons.sheet.models import Coin, Sheet, SheetLine, Thing
from core.api import DetailPage, FormPage, Lines, ListPage, Section, Text

MAIN = Section(key="main", label=Text("Sheet"), fields=("number", "name", "coin_id", "due_on", "code"))
LINES = Lines(
    part="lines",
    columns=("thing_id", "description", "quantity", "unit", "price", "discount", "is_gift", "cost", "amount"),
    totals=("subtotal", "total"),
)
END = Section(key="end", label=Text("Terms"), fields=("discount", "note", "total", "owner_id"))

PAGES = [
    ListPage(model=Sheet, columns=("name", "number", "coin_id", "total")),
    FormPage(model=Sheet, sections=(MAIN, LINES, END)),
    DetailPage(model=Sheet, number="number", side=(MAIN, END), copy=True),
    ListPage(model=SheetLine, columns=("description", "sheet_id", "quantity", "amount", "sheet_id.total")),
    ListPage(model=Thing, columns=("name", "code", "price")),
    FormPage(model=Thing, sections=(Section(key="main", label=Text(""), fields=("name", "code", "price")),)),
    ListPage(model=Coin, columns=("code", "decimals")),
]
