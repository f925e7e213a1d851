"""What the contract says of parts that do not fit their whole."""

import pytest

from addons.sales.models import Quote
from core.i18n import _
from core.orm.parts import Part
from core.site import Site
from core.testing.contract import parts


def test_parts_of_the_product_fit(site: Site) -> None:
    assert list(parts.ill_fitting(site.registry.addon("sales"))) == []


def test_a_wrong_link_place_and_rule_are_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Part("quote_line", via="product_id", label=_("Lines"), order="quantity")
    monkeypatch.setattr(Quote, "__parts__", {"lines": wrong})

    found = [str(problem) for problem in parts.ill_fitting(site.registry.addon("sales"))]

    assert len(found) == 3
    assert "product_id is no link to it" in found[0]
    assert "quantity cannot hold the places" in found[1]
    assert "Follows(link='product_id', owner='owner_id')" in found[2]


def test_a_grant_for_a_part_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    addon = site.registry.addon("sales")
    granted = {"salesperson": {"quote_line": {"read": "own"}}}
    monkeypatch.setattr(type(addon), "contributed", lambda self, module, name, default: granted)

    assert ["quote_line" in str(problem) for problem in parts.ill_fitting(addon)] == [True]
