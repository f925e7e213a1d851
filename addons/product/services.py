"""What one may do with products, and what a customer pays for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from addons.product.models import PriceList, PriceListLine, Product, ProductCategory
from addons.product.pinyin import initials_of
from core.api import Changes, Message, Records, _

SEPARATOR = " / "
DEEPEST = 6
"""Levels of the tree: deeper ones nobody finds again, and their full names grow too long."""


class ProductCategories(Records[ProductCategory]):
    """The tree of categories. Each keeps its full name, which those below it begin with."""

    model = ProductCategory

    def validate(self, values: Mapping[str, Any], record: ProductCategory | None) -> dict[str, Message]:
        """No category lies within itself, none too deep, and no two of one name side by side."""
        problems = super().validate(values, record)
        parent_id = values.get("parent_id")
        with self.env.system("the place of a category in the tree") as session:
            above = _above(session, parent_id)
            if record is not None and record.id in above:
                problems["parent_id"] = _("A category cannot lie within itself.")
            elif len(above) + _depth(session, record) > DEEPEST:
                problems["parent_id"] = _("The tree has at most {count} levels.", count=DEEPEST)
            elif _has_sibling(session, values, record):
                problems["name"] = _("There is a category of this name here already.")
        return problems

    def derive(self, values: Mapping[str, Any], record: ProductCategory | None) -> Mapping[str, Any]:
        """The full name."""
        with self.env.system("the full name of a category") as session:
            parent_id = values.get("parent_id")
            parent = None
            if parent_id is not None:
                # Locked: somebody may be renaming or moving it, who would not see this one.
                wanted = select(ProductCategory).where(ProductCategory.id == parent_id).with_for_update()
                parent = session.scalar(wanted, execution_options={"populate_existing": True})
        path = full_name(parent, values.get("name") or "")
        return dict(super().derive(values, record)) | {"path": path}

    def saved(self, record: ProductCategory, changes: Changes, *, created: bool) -> None:
        """Gives the categories below their full names anew."""
        super().saved(record, changes, created=created)
        if "path" in changes and not created:
            with self.env.system("the full names of the categories below") as session:
                _rename_below(session, session.get_one(ProductCategory, record.id))
                session.flush()

    def restored(self, record: ProductCategory) -> None:
        """What is above it may be called otherwise by now."""
        super().restored(record)
        self._name_anew(record)

    def regrouped(self, record: ProductCategory) -> None:
        """A merge has brought other categories below it."""
        super().regrouped(record)
        self._name_anew(record)

    def _name_anew(self, record: ProductCategory) -> None:
        with self.env.system("the full names of categories after a move") as session:
            stored = session.get_one(ProductCategory, record.id, populate_existing=True)
            parent = None if stored.parent_id is None else session.get(ProductCategory, stored.parent_id)
            stored.path = full_name(parent, stored.name)
            _rename_below(session, stored)
            session.flush()


class Products(Records[Product]):
    """Products. One that documents mention cannot be deleted: it is taken off sale."""

    model = Product

    def derive(self, values: Mapping[str, Any], record: Product | None) -> Mapping[str, Any]:
        """The initials by which a Chinese name is found."""
        return dict(super().derive(values, record)) | {"initials": initials_of(values.get("name") or "")}

    def price_of(self, product: Product, *, quantity: Decimal, on: date, level: str | None) -> Decimal | None:
        """The price of one unit, without tax, for a customer of that level who buys so many on that day.

        Lists that name the level come before those for everybody; within one, the line with the largest quantity
        that is reached counts, and of several lists the lowest price. Without any it is the list price, which may be
        None.
        """
        found = self.prices_of([product.id], quantity=quantity, on=on, level=level)
        return found.get(product.id, product.list_price)

    def prices_of(self, ids: Sequence[int], *, quantity: Decimal, on: date, level: str | None) -> dict[int, Decimal]:
        """Product → its price on a list, of those that a list names for this level, day and quantity."""
        with self.env.system("what a customer pays") as session:
            lists = [each for each in session.scalars(_lists_on(on)) if not each.levels or level in each.levels]
            lines = session.scalars(_lines_of(ids, [each.id for each in lists], quantity)).all()
        own = {each.id for each in lists if each.levels}
        reached: dict[tuple[int, int], PriceListLine] = {}
        for line in lines:
            # Ordered by quantity: the last one that is reached counts, the lowest price where a merge has left two.
            reached[line.product_id, line.price_list_id] = line
        found: dict[int, tuple[bool, Decimal]] = {}
        for line in reached.values():
            offer = (line.price_list_id not in own, line.price)
            found[line.product_id] = min(offer, found.get(line.product_id, offer))
        return {id: price for id, (_is_general, price) in found.items()}


class PriceLists(Records[PriceList]):
    """Price lists."""

    model = PriceList

    def validate(self, values: Mapping[str, Any], record: PriceList | None) -> dict[str, Message]:
        """A list does not end before it begins."""
        problems = super().validate(values, record)
        since, until = values.get("valid_from"), values.get("valid_until")
        if since is not None and until is not None and until < since:
            problems["valid_until"] = _("This is before the first day.")
        return problems


class PriceListLines(Records[PriceListLine]):
    """The prices on lists."""

    model = PriceListLine

    def validate(self, values: Mapping[str, Any], record: PriceListLine | None) -> dict[str, Message]:
        """A product has one price per list and quantity."""
        problems = super().validate(values, record)
        same = [
            getattr(PriceListLine, name) == values.get(name)
            for name in ("price_list_id", "product_id", "minimum_quantity")
        ]
        wanted = select(PriceListLine.id).where(*same, PriceListLine.deleted_at.is_(None))
        if record is not None:
            wanted = wanted.where(PriceListLine.id != record.id)
        with self.env.system("one price per list, product and quantity") as session:
            if session.scalar(wanted.limit(1)) is not None:
                problems["minimum_quantity"] = _("The list has a price for this product and quantity already.")
        return problems


def _above(session: Session, id: int | None) -> list[int]:
    """The category, its parent and so on."""
    found: list[int] = []
    while id is not None and id not in found:
        found.append(id)
        id = session.scalar(select(ProductCategory.parent_id).where(ProductCategory.id == id))
    return found


def _depth(session: Session, record: ProductCategory | None) -> int:
    """How many levels the category and those below it have."""
    depth, level = 1, [] if record is None else [record.id]
    while level := list(session.scalars(select(ProductCategory.id).where(ProductCategory.parent_id.in_(level)))):
        depth += 1
        if depth > DEEPEST:
            break
    return depth


def _has_sibling(session: Session, values: Mapping[str, Any], record: ProductCategory | None) -> bool:
    beside = ProductCategory.parent_id.is_not_distinct_from(values.get("parent_id"))
    wanted = select(ProductCategory.id).where(beside, ProductCategory.name == values.get("name"))
    if record is not None:
        wanted = wanted.where(ProductCategory.id != record.id)
    return session.scalar(wanted.limit(1)) is not None


def full_name(parent: ProductCategory | None, name: str) -> str:
    """The names from the top of the tree down to this one."""
    return name if parent is None else parent.path + SEPARATOR + name


def _rename_below(session: Session, category: ProductCategory) -> None:
    for child in session.scalars(select(ProductCategory).where(ProductCategory.parent_id == category.id)).all():
        child.path = full_name(category, child.name)
        _rename_below(session, child)


def _lists_on(day: date) -> Any:
    begun = or_(PriceList.valid_from.is_(None), PriceList.valid_from <= day)
    lasts = or_(PriceList.valid_until.is_(None), PriceList.valid_until >= day)
    return select(PriceList).where(PriceList.is_active, begun, lasts)


def _lines_of(products: Sequence[int], lists: Sequence[int], quantity: Decimal) -> Any:
    wanted = select(PriceListLine).where(PriceListLine.product_id.in_(products), PriceListLine.price_list_id.in_(lists))
    reached = wanted.where(PriceListLine.minimum_quantity <= quantity)
    return reached.order_by(PriceListLine.minimum_quantity, PriceListLine.price.desc())
