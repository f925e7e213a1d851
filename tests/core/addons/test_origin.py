"""Which addon a module belongs to."""

import pytest

from core.addons import origin


@pytest.mark.parametrize(
    ("module", "addon"),
    [
        ("core.mail.jobs", "core"),
        ("addons", "core"),
        ("addons.warranty", "warranty"),
        ("addons.warranty.services.cards", "warranty"),
        ("acme_warranty", "warranty"),
        ("acme_warranty.models", "warranty"),
        ("acme_warranty_tests.models", "core"),
        ("json", "core"),
    ],
)
def test_addon_is_told_by_the_package(module: str, addon: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origin, "_claims", {})
    origin.claim("acme_warranty", "warranty")

    assert origin.addon_of(module) == addon
