"""Lines, discounts, taxes and totals add up, whatever the prices, the modes and the currency."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.sales.amounts import LARGEST, Document, Line, amounts_of, in_currency, with_tax

D = Decimal
KINDS = ("taxable", "zero", "exempt")

percents = st.integers(0, 1_000_000).map(lambda n: D(n).scaleb(-4))
prices = st.integers(0, 10**12).map(lambda n: D(n).scaleb(-4))
quantities = st.integers(1, 10**9).map(lambda n: D(n).scaleb(-4))
lines = st.builds(Line, quantities, prices, percents, st.sampled_from(KINDS), st.none() | prices)
documents = st.builds(
    Document,
    st.lists(lines, max_size=8),
    st.integers(0, 4),
    st.sampled_from(["exclusive", "inclusive"]),
    st.integers(0, 3000).map(lambda n: D(n).scaleb(-2)),
    st.just(D(0)) | percents,
    st.just(D(0)) | prices,
)


def half_up(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(D(1).scaleb(-decimals), ROUND_HALF_UP)


@given(documents)
def test_lines_less_discount_plus_tax_are_the_total(document: Document) -> None:
    found = amounts_of(document)

    assert found.untaxed_total + found.tax_total == found.total
    assert sum(line.amount for line in found.lines) == found.subtotal
    assert sum(line.net_amount for line in found.lines) == found.subtotal - found.discount_total
    is_inclusive = document.tax_mode == "inclusive"
    assert found.subtotal - found.discount_total == (found.total if is_inclusive else found.untaxed_total)
    assert sum(each.tax for each in found.taxes.values()) == found.tax_total
    assert sum(each.untaxed for each in found.taxes.values()) == found.untaxed_total


@given(documents)
def test_no_amount_is_negative_or_finer_than_the_currency(document: Document) -> None:
    found = amounts_of(document)

    each = [found.subtotal, found.discount_total, found.untaxed_total, found.tax_total, found.total]
    each += [amount for line in found.lines for amount in (line.amount, line.net_amount)]
    assert min(each) >= 0
    assert all(amount == half_up(amount, document.decimals) for amount in each)


@given(documents)
def test_share_of_the_discount_is_within_a_unit_of_the_exact_one_and_never_more_than_its_line(
    document: Document,
) -> None:
    found = amounts_of(document)

    unit = D(1).scaleb(-document.decimals)
    for line in found.lines:
        assert 0 <= line.net_amount <= line.amount
        if found.subtotal:
            exact = line.amount * found.discount_total / found.subtotal
            assert abs(line.amount - line.net_amount - exact) <= unit


@given(documents)
def test_tax_is_rounded_once_per_kind(document: Document) -> None:
    found = amounts_of(document)

    for kind, taxed in found.taxes.items():
        rate = document.tax_rate if kind == "taxable" else D(0)
        if document.tax_mode == "exclusive":
            assert taxed.tax == half_up(taxed.untaxed * rate / 100, document.decimals)
        else:
            with_it = taxed.untaxed + taxed.tax
            assert taxed.tax == half_up(with_it * rate / (100 + rate), document.decimals)


@given(documents)
def test_highest_discount_is_a_percentage(document: Document) -> None:
    assert 0 <= amounts_of(document).highest_discount <= 100


@given(documents)
def test_order_of_the_lines_changes_no_total_without_a_discount_to_share(document: Document) -> None:
    plain = Document(document.lines, document.decimals, document.tax_mode, document.tax_rate)
    turned = Document(plain.lines[::-1], plain.decimals, plain.tax_mode, plain.tax_rate)

    assert amounts_of(plain).total == amounts_of(turned).total


def test_a_document_of_taiwan_dollars() -> None:
    found = amounts_of(
        Document(
            [Line(D(3), D("33.5")), Line(D(1), D(1000), D(10)), Line(D(2), D(250), tax_kind="exempt")],
            discount_amount=D(50),
        )
    )

    # 100.5 rounds up; the discount of 50 goes 3 : 31 : 16 to 101, 900 and 500.
    assert [line.amount for line in found.lines] == [101, 900, 500]
    assert [line.net_amount for line in found.lines] == [98, 870, 483]
    assert (found.subtotal, found.discount_total, found.untaxed_total) == (1501, 50, 1451)
    assert (found.tax_total, found.total) == (48, 1499)


def test_inclusive_prices_have_the_tax_taken_out() -> None:
    found = amounts_of(Document([Line(D(1), D(105)), Line(D(1), D(10))], tax_mode="inclusive"))

    assert (found.subtotal, found.untaxed_total, found.tax_total, found.total) == (115, 110, 5, 115)


def test_tax_of_many_small_lines_is_that_of_their_sum() -> None:
    found = amounts_of(Document([Line(D(1), D(9))] * 20))

    # 9 dollars have no half dollar of tax each; 180 have nine.
    assert found.tax_total == 9


@pytest.mark.parametrize(
    ("line", "document", "highest"),
    [
        (Line(D(1), D(100)), {}, D(0)),
        (Line(D(1), D(100), D(10)), {}, D(10)),
        (Line(D(1), D(80), list_price=D(100)), {}, D(20)),
        (Line(D(1), D(120), D(10), list_price=D(100)), {}, D(0)),
        (Line(D(1), D(100), D(10)), {"discount_percent": D(10)}, D(19)),
        (Line(D(1), D(100)), {"discount_amount": D(7)}, D(7)),
        (Line(D(3), D("0.3"), D(15)), {}, D(15)),
        (Line(D(1), D(0), list_price=D(100)), {}, D(100)),
    ],
)
def test_highest_discount_counts_every_discount(line: Line, document: dict[str, Decimal], highest: Decimal) -> None:
    assert amounts_of(Document([line], **document)).highest_discount == highest  # type: ignore[arg-type]


def test_discount_is_never_more_than_there_is() -> None:
    found = amounts_of(Document([Line(D(1), D(100))], discount_amount=D(500)))

    assert (found.discount_total, found.total) == (100, 0)


def test_absurd_document_is_not_storable() -> None:
    line = Line(D("99999999.9999"), D("999999999999.9999"))

    assert not amounts_of(Document([line] * 500, 4)).is_storable
    assert amounts_of(Document([Line(D(1), LARGEST)], tax_rate=D(0))).is_storable
    assert not amounts_of(Document([Line(D(1), LARGEST)])).is_storable


def test_prices_are_brought_into_another_currency_and_mode() -> None:
    assert with_tax(D(100), tax_kind="taxable", tax_rate=D(5)) == 105
    assert with_tax(D(100), tax_kind="zero", tax_rate=D(5)) == 100
    assert in_currency(D(100), D("31.25")) == D("3.2")
