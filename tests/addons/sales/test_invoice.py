import pytest

from addons.sales.invoice import check_invoice_number


def test_two_letters_and_eight_digits_are_an_invoice_number() -> None:
    assert check_invoice_number("AB12345678") is None


@pytest.mark.parametrize(
    "number", ["ab12345678", "AB1234567", "AB123456789", "12345678AB", "AB-12345678", "ＡＢ12345678", "AB1234567８"]
)
def test_anything_else_is_refused_with_an_example(number: str) -> None:
    assert "AB12345678" in str(check_invoice_number(number))
