import pytest

from addons.customer.likeness import company_key, is_near


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("臺榮精密股份有限公司", "台榮精密"),
        ("Acme Co., Ltd.", "acme"),
        ("王", ""),
    ],
)
def test_company_key_leaves_out_the_legal_form(name: str, key: str) -> None:
    assert company_key(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("台榮精密", "台榮精密機械"),
        ("台榮精密機械", "台榮精密機戒"),
        ("台榮精密機械", "台榮精機密械"),
        ("acmeindustries", "acmeindustris"),
        ("globexinternational", "globexintenatonal"),
    ],
)
def test_names_that_may_mean_the_same(one: str, other: str) -> None:
    assert is_near(one, other)
    assert is_near(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("台榮電子", "台榮機電"),
        ("台榮", "台榮精密"),
        ("台榮精密第1廠", "台榮精密第2廠"),
        ("台榮精密機械", "台榮食品工業"),
        ("acme", "acmeindustries"),
    ],
)
def test_names_that_mean_others(one: str, other: str) -> None:
    assert not is_near(one, other)
