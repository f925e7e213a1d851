"""The catalogue and the price lists of the demo company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sqlalchemy import select

from addons.product.demo.catalogue import CATEGORIES, ITEMS, Item
from addons.product.demo.pictures import picture
from addons.product.models import PriceList, PriceListLine, Product, ProductCategory
from addons.product.pinyin import initials_of
from addons.product.services import full_name
from core.api import Env, User, acting_as, backdate, clock, keep_file

SEED = 7
WITH_PICTURE = 3
"""So many products of each category have one."""
COSTS = (52, 71)
"""Percent of the list price that a product costs the company."""
TEN = Decimal(10)
ENTERED = timedelta(days=730)
"""So long ago the catalogue was entered."""


def load(env: Env) -> None:
    """Categories, products and price lists, the same every day but for the dates."""
    author = env.session.scalar(select(User.id).where(User.username == "gm", User.is_demo))
    random = Random(SEED)
    with acting_as(env, author):
        categories = _add_categories(env)
        products = _add_products(env, random, categories)
        _add_price_lists(env, products)
    backdate(env, [(record, clock.now() - ENTERED) for record in (*categories.values(), *products)])


def _add_categories(env: Env) -> dict[str, ProductCategory]:
    found: dict[str, ProductCategory] = {}
    for name, above in CATEGORIES:
        parent = None if above is None else found[above]
        parent_id = None if parent is None else parent.id
        found[name] = ProductCategory(name=name, parent_id=parent_id, path=full_name(parent, name))
        env.session.add(found[name])
        # One after the other: those below need the id of the one above.
        env.flush()
    return found


def _add_products(env: Env, random: Random, categories: Mapping[str, ProductCategory]) -> list[Product]:
    found: list[Product] = []
    for category, items in ITEMS.items():
        for place, item in enumerate(items):
            product = _product(item, categories[category].id, random.randint(*COSTS))
            if place < WITH_PICTURE and category != "技術服務":
                product.picture = keep_file(env, name=f"{item.code}.png", stream=picture(random, category))
            found.append(product)
    env.session.add_all(found)
    env.flush()
    return found


def _product(item: Item, category_id: int, percent: int) -> Product:
    return Product(
        code=item.code,
        name=item.name,
        initials=initials_of(item.name),
        category_id=category_id,
        specification=item.specification or None,
        unit=item.unit,
        list_price=Decimal(item.price),
        cost=_rounded(Decimal(item.price * percent) / 100),
        sale_state="on" if item.is_on_sale else "off",
    )


def _add_price_lists(env: Env, products: list[Product]) -> None:
    today = env.today
    key_accounts = PriceList(name="A 級客戶優惠價", levels=["A"], valid_from=date(today.year, 1, 1))
    season = PriceList(
        name="年終促銷", levels=[], valid_from=date(today.year, 11, 1), valid_until=date(today.year, 12, 31)
    )
    env.session.add_all([key_accounts, season])
    env.flush()
    on_sale = [each for each in products if each.sale_state == "on"]
    for product in on_sale[:30]:
        env.session.add(_line(key_accounts, product, percent=92))
        env.session.add(_line(key_accounts, product, percent=88, minimum=10))
    for product in on_sale[12:22]:
        env.session.add(_line(season, product, percent=90))


def _line(price_list: PriceList, product: Product, *, percent: int, minimum: int = 1) -> PriceListLine:
    price = _rounded((product.list_price or Decimal(0)) * percent / 100)
    return PriceListLine(
        price_list_id=price_list.id, product_id=product.id, minimum_quantity=Decimal(minimum), price=price
    )


def _rounded(amount: Decimal) -> Decimal:
    """To ten dollars, as a price list would say."""
    return (amount / TEN).quantize(Decimal(1), ROUND_HALF_UP) * TEN
