"""Amounts in the currency that their record, or its whole, says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from addons.sheet.models import Coin, Sheet, SheetLine
from core.orm.model import describe
from core.pages.cells import Cells
from core.printing.values import Values
from core.testing.cast import Cast
from core.testing.queries import queries
from core.testing.web import Visitor
from tests.core.pages.conftest import restrict

Visit = Callable[..., Visitor]
CODES = {"TWD": 0, "USD": 2, "KWD": 3}


@pytest.fixture
def coins(cast: Cast) -> dict[str, int]:
    with cast.env("gm") as env:
        return {code: env.records(Coin).create({"code": code, "decimals": n}).id for code, n in CODES.items()}


def add(cast: Cast, coin: int | None, price: str = "10.456", **values: object) -> int:
    with cast.env("sales") as env:
        given = {"name": "Offer", "coin_id": coin, "lines": [{"description": "one", "price": Decimal(price)}]}
        return int(env.records(Sheet).create(given | values).id)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("code", "total", "price"),
    [("TWD", "NT$10", "NT$10.456"), ("USD", "$10.46", "$10.456"), ("KWD", "KWD 10.456", "KWD 10.456")],
)
def test_a_page_shows_the_currency_of_its_record(
    visit: Visit, cast: Cast, coins: dict[str, int], code: str, total: str, price: str
) -> None:
    id = add(cast, coins[code])

    text = plain(visit("sales").get(f"/sheet/{id}").text)

    assert f" {total} " in text
    assert f" {price} " in text


def test_without_a_currency_of_its_own_a_record_is_in_the_companys(cast: Cast, coins: dict[str, int]) -> None:
    id = add(cast, None, "12")

    with cast.env("sales") as env:
        shown = Cells(env).of(describe(Sheet).fields["total"], env.get(Sheet, id))

    assert shown == '<span class="num">NT$12</span>'


def test_lists_show_each_row_in_its_own_currency_without_asking_for_each(
    visit: Visit, cast: Cast, coins: dict[str, int]
) -> None:
    def counted(url: str) -> int:
        visitor.get(url)
        with queries(cast.site) as found:
            texts.append(plain(visitor.get(url).text))
        return found.number

    visitor, texts = visit("sales"), list[str]()
    for coin in coins.values():
        add(cast, coin)
    few = counted("/sheet"), counted("/sheet_line")
    for coin in (*coins.values(),) * 5:
        add(cast, coin)
    many = counted("/sheet"), counted("/sheet_line")

    assert few == many
    for text in texts[:2]:
        assert all(f" {amount} " in text for amount in ("NT$10", "$10.46", "KWD 10.456"))


def test_what_is_worked_out_while_typing_is_in_the_currency_chosen_now(
    visit: Visit, cast: Cast, coins: dict[str, int]
) -> None:
    id = add(cast, coins["TWD"])
    form = {"coin_id": str(coins["USD"]), "lines-0-price": "3", "lines-0-quantity": "1"}

    said = json.loads(visit("sales").post(f"/sheet/form/derive?record={id}", form).text)

    assert plain(said["shown"]["total"]).strip() == "$3.00"
    assert plain(said["shown"]["lines-0-amount"]).strip() == "$3.00"


def test_who_may_not_know_the_currency_sees_a_number(cast: Cast, coins: dict[str, int]) -> None:
    id = add(cast, coins["USD"])
    restrict(cast.site, "salesperson", "sheet", "coin_id", "hidden")

    with cast.env("sales") as env:
        cells, record = Cells(env), env.get(Sheet, id)
        shown = cells.of(describe(Sheet).fields["total"], record)
        line = cells.of(describe(SheetLine).fields["amount"], env.parts(record, "lines")[0])

    assert (shown, line) == ('<span class="num">10.456</span>',) * 2


def test_paper_shows_the_currency_too(cast: Cast, coins: dict[str, int]) -> None:
    id = add(cast, coins["USD"])
    spec = describe(Sheet).fields["total"]

    with cast.env("sales") as env:
        record, cells = env.get(Sheet, id), Cells(env)
        text = Values(env, cells).text(spec, spec.read(record), cells.currencies.of(spec, record))

    assert text == "$10.46"


def test_the_history_tells_of_rows_in_the_currency_of_their_record(
    visit: Visit, cast: Cast, coins: dict[str, int]
) -> None:
    id = add(cast, coins["USD"], price="10")
    with cast.env("sales") as env:
        record = env.get(Sheet, id)
        row = env.parts(record, "lines")[0].id
        env.records(Sheet).update(record, {"lines": [{"id": row, "price": Decimal("12.5")}]})

    text = plain(visit("sales").get(f"/sheet/{id}/tab/history").text)

    told = text[text.index("Lines, row 1 · Price") :]
    assert re.findall(r"\S*\$\S+", told)[:2] == ["$10.00", "$12.50"]
