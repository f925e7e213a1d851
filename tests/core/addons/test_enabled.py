"""Installed and enabled are two things."""

from dataclasses import replace
from pathlib import Path

from core.addons.manifest import Manifest
from core.addons.registry import Addon, Registry

PLAIN = Manifest("plain", "Plain", "1.0", (), "", "", Path(), "plain")


def registry(*manifests: Manifest) -> Registry:
    return Registry([Addon(manifest) for manifest in manifests])


def test_nothing_stored_leaves_it_to_the_manifest() -> None:
    made = registry(PLAIN, replace(PLAIN, name="bundled", enabled_by_default=True))

    assert made.enabled({}) == {"bundled"}


def test_what_is_stored_wins() -> None:
    made = registry(PLAIN, replace(PLAIN, name="bundled", enabled_by_default=True))

    assert made.enabled({"plain": True, "bundled": False}) == {"plain"}


def test_an_addon_is_off_while_one_that_it_depends_on_is() -> None:
    made = registry(
        PLAIN, replace(PLAIN, name="above", depends=("plain",)), replace(PLAIN, name="top", depends=("above",))
    )

    assert made.enabled({"above": True, "top": True}) == frozenset()
    assert made.enabled({"plain": True, "above": True, "top": True}) == {"plain", "above", "top"}


def test_rows_of_what_is_no_longer_installed_say_nothing() -> None:
    assert registry(PLAIN).enabled({"gone": True}) == frozenset()
