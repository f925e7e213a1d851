from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from addons.product.models import PriceList, PriceListLine, Product, ProductCategory
from addons.product.pinyin import initials_of
from addons.product.services import DEEPEST, Products
from core.api import Conflict, Env, Forbidden, Invalid, ListRequest, list_records
from core.merging.engine import merge
from core.merging.undo import undo
from core.testing.cast import Cast

DAY = date(2026, 6, 15)


def category(env: Env, name: str, parent_id: int | None = None) -> ProductCategory:
    return env.records(ProductCategory).create({"name": name, "parent_id": parent_id})


def product(env: Env, **values: Any) -> Product:
    return env.records(Product).create({"code": "SV-1", "name": "伺服馬達", "list_price": Decimal(1000)} | values)


def price(env: Env, of: Product, lines: Mapping[int, int], **values: Any) -> PriceList:
    """A list with the product's price from each quantity on."""
    made = env.records(PriceList).create({"name": f"表 {values}"} | values)
    for quantity, amount in lines.items():
        row = {"price_list_id": made.id, "product_id": of.id, "minimum_quantity": quantity, "price": amount}
        env.records(PriceListLine).create(row)
    return made


def priced(env: Env, of: Product, *, quantity: int = 1, on: date = DAY, level: str | None = None) -> Decimal | None:
    return env.service(Products).price_of(of, quantity=Decimal(quantity), on=on, level=level)


def test_a_category_is_called_by_all_that_is_above_it(cast: Cast) -> None:
    with cast.env("gm") as env:
        top = category(env, "零組件")
        middle = category(env, "馬達", top.id)
        below = category(env, "伺服", middle.id)

        env.records(ProductCategory).update(top, {"name": "元件"})
        env.session.expire_all()

        assert [each.path for each in (top, middle, below)] == ["元件", "元件 / 馬達", "元件 / 馬達 / 伺服"]


def test_a_category_cannot_lie_within_itself(cast: Cast) -> None:
    with cast.env("gm") as env:
        top = category(env, "零組件")
        below = category(env, "馬達", top.id)

        with pytest.raises(Invalid) as caught:
            env.records(ProductCategory).update(top, {"parent_id": below.id})

    assert list(caught.value.fields) == ["parent_id"]


def test_a_tree_that_is_moved_stays_within_the_levels(cast: Cast) -> None:
    with cast.env("gm") as env:
        tall = top = category(env, "0")
        for level in range(1, DEEPEST):
            tall = category(env, str(level), tall.id)
        other = category(env, "上")

        with pytest.raises(Invalid) as caught:
            env.records(ProductCategory).update(top, {"parent_id": other.id})

    assert list(caught.value.fields) == ["parent_id"]


def test_two_categories_of_one_name_side_by_side_are_refused(cast: Cast) -> None:
    with cast.env("gm") as env:
        top = category(env, "零組件")
        category(env, "馬達", top.id)
        elsewhere = category(env, "馬達")

        with pytest.raises(Invalid) as caught:
            category(env, "馬達", top.id)

    assert elsewhere.path == "馬達"
    assert list(caught.value.fields) == ["name"]


def test_a_used_category_is_not_deleted(cast: Cast) -> None:
    with cast.env("gm") as env:
        used = category(env, "馬達")
        product(env, category_id=used.id)

        with pytest.raises(Conflict):
            env.records(ProductCategory).delete(used)


def test_a_category_with_others_below_is_not_deleted(cast: Cast) -> None:
    with cast.env("gm") as env:
        top = category(env, "零組件")
        category(env, "馬達", top.id)

        with pytest.raises(Conflict):
            env.records(ProductCategory).delete(top)


@pytest.mark.parametrize("typed", ["sfmd", "伺服", "SV-1"])
def test_a_product_is_found_by_initials_name_and_code(cast: Cast, typed: str) -> None:
    with cast.env("gm") as env:
        made = product(env)
        product(env, code="XX-9", name="輸送機")

        found, _page = list_records(env, Product, ListRequest(Product, q=typed))

        assert [each.id for each in found] == [made.id]


def test_products_that_come_together_are_found_by_initials(cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Product).create_many([{"code": f"C{n}", "name": "減速機"} for n in range(3)])

        assert env.session.scalars(select(Product.initials)).all() == ["jsj"] * 3


def test_a_code_belongs_to_one_product(cast: Cast) -> None:
    with cast.env("gm") as env:
        product(env)

        with pytest.raises(Invalid) as caught:
            product(env, name="另一個")

    assert list(caught.value.fields) == ["code"]


def test_a_salesperson_sees_no_cost_and_changes_nothing(cast: Cast) -> None:
    with cast.env("gm") as env:
        id = product(env, cost=Decimal(600)).id

    with cast.env("sales") as env:
        found = env.get(Product, id)
        hidden = env.actor.field_level("product", "cost").name
        with pytest.raises(Forbidden):
            env.records(Product).update(found, {"name": "別的"})

    assert hidden == "HIDDEN"


def test_without_a_list_the_list_price_counts(cast: Cast) -> None:
    with cast.env("gm") as env:
        assert priced(env, product(env)) == Decimal(1000)


def test_the_largest_quantity_that_is_reached_counts(cast: Cast) -> None:
    with cast.env("gm") as env:
        made = product(env)
        price(env, made, {1: 950, 10: 900, 100: 800})

        found = [priced(env, made, quantity=quantity) for quantity in (1, 9, 10, 99, 100, 1000)]

    assert found == [950, 950, 900, 900, 800, 800]


def test_below_the_least_quantity_the_list_price_counts(cast: Cast) -> None:
    with cast.env("gm") as env:
        made = product(env)
        price(env, made, {10: 900})

        assert priced(env, made, quantity=9) == 1000


def test_a_list_for_the_level_comes_before_one_for_everybody(cast: Cast) -> None:
    with cast.env("gm") as env:
        made = product(env)
        price(env, made, {1: 800})
        price(env, made, {1: 850}, levels=["A"])

        found = {level: priced(env, made, level=level) for level in ("A", "B", None)}

    assert found == {"A": 850, "B": 800, None: 800}


def test_of_several_lists_the_lowest_price_counts(cast: Cast) -> None:
    with cast.env("gm") as env:
        made = product(env)
        price(env, made, {1: 870}, note="one")
        price(env, made, {1: 860}, note="other")

        assert priced(env, made) == 860


@pytest.mark.parametrize(
    ("on", "amount"),
    [
        (date(2026, 5, 31), 1000),
        (date(2026, 6, 1), 900),
        (date(2026, 6, 30), 900),
        (date(2026, 7, 1), 1000),
    ],
)
def test_a_list_holds_from_its_first_day_to_its_last(cast: Cast, on: date, amount: int) -> None:
    with cast.env("gm") as env:
        made = product(env)
        price(env, made, {1: 900}, valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 30))

        assert priced(env, made, on=on) == amount


def test_a_list_that_is_not_in_use_does_not_count(cast: Cast) -> None:
    with cast.env("gm") as env:
        made = product(env)
        price(env, made, {1: 900}, is_active=False)

        assert priced(env, made) == 1000


def test_a_list_that_ends_before_it_begins_is_refused(cast: Cast) -> None:
    with cast.env("gm") as env, pytest.raises(Invalid) as caught:
        env.records(PriceList).create({"name": "錯", "valid_from": date(2026, 6, 2), "valid_until": date(2026, 6, 1)})

    assert list(caught.value.fields) == ["valid_until"]


def test_a_product_has_one_price_per_list_and_quantity(cast: Cast) -> None:
    with cast.env("gm") as env:
        made = product(env)
        found = price(env, made, {1: 900})

        with pytest.raises(Invalid) as caught:
            env.records(PriceListLine).create(
                {"price_list_id": found.id, "product_id": made.id, "minimum_quantity": 1, "price": 800}
            )

    assert list(caught.value.fields) == ["minimum_quantity"]


def test_categories_below_are_called_by_the_one_they_are_merged_into(cast: Cast) -> None:
    with cast.env("gm") as env:
        stays, goes = category(env, "馬達"), category(env, "電機")
        below = category(env, "伺服", goes.id)

        act = merge(env, stays, [goes], {})
        env.session.expire_all()
        merged = below.path
        undo(env, act)
        env.session.expire_all()

        assert (merged, below.path) == ("馬達 / 伺服", "電機 / 伺服")


def test_a_category_that_comes_back_is_called_by_what_is_above_it_now(cast: Cast) -> None:
    with cast.env("gm") as env:
        top = category(env, "零組件")
        below = category(env, "馬達", top.id)
        id = below.id

        act = env.records(ProductCategory).delete(below)
        env.records(ProductCategory).update(top, {"name": "元件"})
        env.records(ProductCategory).restore(act)

        assert env.get(ProductCategory, id).path == "元件 / 馬達"


def test_a_category_is_not_merged_into_one_far_below(cast: Cast) -> None:
    with cast.env("gm") as env:
        top = category(env, "零組件")
        middle = category(env, "馬達", top.id)
        below = category(env, "伺服", middle.id)

        with pytest.raises(Conflict):
            merge(env, below, [top], {})
        merge(env, middle, [top], {})
        env.session.expire_all()

        assert [(each.parent_id, each.path) for each in (middle, below)] == [(None, "馬達"), (middle.id, "馬達 / 伺服")]


def test_initials_follow_the_name_when_a_merge_is_undone(cast: Cast) -> None:
    with cast.env("gm") as env:
        stays, goes = product(env), product(env, code="SV-2", name="減速機")

        act = merge(env, stays, [goes], {"name": "減速機"})
        before, merged = initials_of("伺服馬達"), stays.initials
        undo(env, act)
        env.session.expire_all()

        assert merged == "jsj"
        assert (stays.name, stays.initials) == ("伺服馬達", before)


def test_a_category_that_comes_below_one_that_is_being_renamed_is_called_by_its_new_name(cast: Cast) -> None:
    with cast.env("gm") as env:
        top = category(env, "零組件").id

    def rename() -> None:
        with cast.env("gm") as env:
            env.records(ProductCategory).update(env.get(ProductCategory, top), {"name": "元件"})

    other = threading.Thread(target=rename)
    with cast.env("gm") as env:
        below = category(env, "馬達", top).id
        other.start()
        other.join(0.5)
    other.join(20)

    with cast.env("gm", write=False) as env:
        assert env.get(ProductCategory, below).path == "元件 / 馬達"


@pytest.mark.parametrize("amounts", [(900, 800), (800, 900)])
def test_the_lower_price_counts_where_a_merge_has_left_two(cast: Cast, amounts: tuple[int, int]) -> None:
    with cast.env("gm") as env:
        stays, goes = product(env), product(env, code="SV-2")
        both = price(env, stays, {1: amounts[0]}).id
        row = {"price_list_id": both, "product_id": goes.id, "minimum_quantity": 1, "price": amounts[1]}
        env.records(PriceListLine).create(row)

        merge(env, stays, [goes], {})

        assert priced(env, stays) == Decimal(800)
