import pytest

from addons.base.business_number import check_business_number, is_business_number


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("04595257", "the example of the ministry: the sum is 45, which divides by 5 but not by 10"),
        ("04595252", "the sum is 40, right by the old rule as well"),
        ("10458570", "a seventh 7 counted as 1"),
        ("10458574", "a seventh 7 counted as 1"),
        ("10458575", "a seventh 7 counted as 0"),
        ("00000000", "the sum is 0"),
    ],
)
def test_business_number_with_right_check_digit_passes(number: str, why: str) -> None:
    assert is_business_number(number), why
    assert check_business_number(number) is None


@pytest.mark.parametrize("number", ["04595253", "04595258", "10458571", "10458572", "12345678"])
def test_business_number_with_wrong_check_digit_is_refused(number: str) -> None:
    assert not is_business_number(number)
    assert "typing error" in str(check_business_number(number))


@pytest.mark.parametrize("number", ["", "0459525", "045952570", "0459525a", "０４５９５２５７", "-4595257", " 4595257"])
def test_business_number_has_eight_plain_digits(number: str) -> None:
    assert not is_business_number(number)
    assert "eight digits" in str(check_business_number(number))


def test_business_number_notices_every_single_wrong_digit_but_those_that_differ_by_a_multiple_of_five() -> None:
    missed = []
    for place in range(8):
        for digit in "0123456789":
            number = "04595257"[:place] + digit + "04595257"[place + 1 :]
            if digit != "04595257"[place] and is_business_number(number):
                missed.append((place, "04595257"[place], digit))

    assert (0, "0", "5") in missed
    assert (7, "7", "2") in missed
    assert len(missed) <= 14
