"""Products in a tree of categories, and price lists that say who pays what, when, and from how many on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, String
from sqlalchemy.orm import Mapped

from core.api import (
    ByGrant,
    Choice,
    Choices,
    Image,
    LongText,
    Model,
    Money,
    Quantity,
    _,
    field,
    pgettext,
)

TAX_KINDS = {
    "taxable": _("Taxable, 5 %"),
    "zero": _("Zero-rated"),
    "exempt": _("Tax-exempt"),
}
"""應稅, 零稅率 and 免稅 of the Value-added and Non-value-added Business Tax Act, articles 7, 8 and 10."""

SALE_STATES = {"on": _("On sale"), "off": _("Off sale")}
SALE_TONES = {"on": "positive", "off": "neutral"}


class ProductCategory(Model):
    """A branch of the tree in which products are found."""

    __tablename__ = "product_category"
    __title__ = _("Product category")
    __title_plural__ = _("Product categories")
    __access__ = ByGrant()
    __icon__ = "category"
    __sort__ = "path"

    name: Mapped[str] = field(String(60), label=_("Category name"), required=True, search=True)
    parent_id: Mapped[int | None] = field(
        ForeignKey("product_category.id"), label=_("Parent category"), help=_("Empty for one at the top.")
    )
    path: Mapped[str] = field(
        String(400),
        label=_("Full name"),
        readonly=True,
        required=True,
        sort=True,
        search=True,
        default="",
        history=False,
    )
    """The names from the top of the tree down to this one, kept by the service: categories sort by it."""
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class Product(Model):
    """Something that the company sells: a thing or a service."""

    __tablename__ = "product"
    __title__ = _("Product")
    __title_plural__ = _("Products")
    __access__ = ByGrant()
    __icon__ = "package"
    __sort__ = "code"

    code: Mapped[str] = field(String(40), label=_("Product code"), required=True, unique=True, search=True, sort=True)
    name: Mapped[str] = field(String(200), label=_("Product name"), required=True, search=True, sort=True)
    initials: Mapped[str | None] = field(
        String(400), label=_("Pinyin initials"), readonly=True, search=True, filter=False, history=False
    )
    """The first letters of how the name is read, by which those who type it find it: 伺服馬達 is sfmd."""
    category_id: Mapped[int | None] = field(ForeignKey("product_category.id"), label=_("Category"))
    specification: Mapped[str | None] = field(LongText, label=_("Specification"))
    unit: Mapped[str | None] = field(Choice(), label=_("Unit"), list="product.unit")
    list_price: Mapped[Decimal | None] = field(
        Money,
        label=_("List price"),
        minimum=0,
        sort=True,
        help=_("For one unit, without tax, in the company's currency."),
    )
    cost: Mapped[Decimal | None] = field(
        Money, label=_("Cost"), minimum=0, help=_("For one unit. Roles decide who sees it.")
    )
    tax_kind: Mapped[str] = field(
        Choice(), label=_("Tax kind"), options=TAX_KINDS, required=True, default="taxable", index=True
    )
    sale_state: Mapped[str] = field(
        Choice(),
        label=pgettext("product", "On sale or off"),
        options=SALE_STATES,
        tones=SALE_TONES,
        required=True,
        default="on",
        index=True,
    )
    picture: Mapped[int | None] = field(Image, label=_("Picture"))
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class PriceList(Model):
    """Prices for some customers during some time. Its lines say what each product costs."""

    __tablename__ = "price_list"
    __title__ = _("Price list")
    __title_plural__ = _("Price lists")
    __access__ = ByGrant()
    __icon__ = "tags"
    __sort__ = "name"

    name: Mapped[str] = field(
        String(100), label=_("Name of the price list"), required=True, unique=True, search=True, sort=True
    )
    levels: Mapped[list[str] | None] = field(
        Choices(),
        label=_("For customers of level"),
        list="customer.level",
        default=list,
        help=_("Empty for customers of every level."),
    )
    valid_from: Mapped[date | None] = field(Date, label=_("Valid from"), sort=True)
    valid_until: Mapped[date | None] = field(
        Date, label=_("Valid until"), sort=True, help=_("The last day. Empty if it has no end.")
    )
    is_active: Mapped[bool] = field(Boolean, label=_("In use"), required=True, default=True)
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class PriceListLine(Model):
    """What a product costs on a list, from a quantity on."""

    __tablename__ = "price_list_line"
    __title__ = _("Price")
    __title_plural__ = _("Prices")
    __access__ = ByGrant()
    __display__ = "price"
    __icon__ = "tag"
    __sort__ = "id"

    price_list_id: Mapped[int] = field(
        ForeignKey("price_list.id", ondelete="CASCADE"), label=_("Price list"), required=True
    )
    product_id: Mapped[int] = field(ForeignKey("product.id", ondelete="CASCADE"), label=_("Product"), required=True)
    minimum_quantity: Mapped[Decimal] = field(
        Quantity, label=_("From quantity"), required=True, minimum=0, default=Decimal(1)
    )
    price: Mapped[Decimal] = field(Money, label=_("Unit price"), required=True, minimum=0)
