"""Which addons can be loaded, as far as their manifests tell."""

from pathlib import Path

import pytest

from core.addons import boot, discovery
from core.addons.boot import Plan
from tests.core.addons.workshop import write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for addons, without those of the product."""
    monkeypatch.setattr(discovery, "BUNDLED", tmp_path / "none")
    return tmp_path / "ours"


def names(plan: Plan) -> list[str]:
    return [manifest.name for manifest in plan.addons]


def told(plan: Plan) -> dict[str, tuple[str, str]]:
    """Addon → cause and remedy."""
    return {each.name: (each.problem.cause, str(each.problem.remedy)) for each in plan.quarantined}


def test_addons_come_after_what_they_depend_on_and_may_work_with(folder: Path) -> None:
    write(folder, "a", 'depends = ["c"]')
    write(folder, "b", 'optional = ["d", "absent"]')
    write(folder, "c")
    write(folder, "d")

    plan = boot.plan([folder])

    assert names(plan) == ["c", "d", "a", "b"]
    assert plan.quarantined == []


def test_optional_addons_that_depend_on_the_addon_itself_come_after_it(folder: Path) -> None:
    write(folder, "a", 'optional = ["b"]')
    write(folder, "b", 'depends = ["a"]')

    assert names(boot.plan([folder])) == ["a", "b"]


def test_missing_dependency_is_left_out_with_all_that_need_it(folder: Path) -> None:
    write(folder, "a", 'depends = ["absent"]')
    write(folder, "b", 'depends = ["a"]')
    write(folder, "c")

    plan = boot.plan([folder])

    assert names(plan) == ["c"]
    assert told(plan) == {
        "a": ("It depends on absent, which is not installed.", "Install absent, or remove this addon."),
        "b": (
            "It depends on a, which cannot be loaded either.",
            "Put a right; this one then comes back by itself.",
        ),
    }
    assert [(each.name, each.because_of) for each in plan.quarantined] == [("a", ""), ("b", "a")]


def test_circle_is_left_out_with_all_behind_it(folder: Path) -> None:
    write(folder, "a", 'depends = ["b"]')
    write(folder, "b", 'depends = ["a"]')
    write(folder, "c", 'depends = ["b"]')
    write(folder, "d")

    plan = boot.plan([folder])

    circle = (
        "These addons depend on each other in a circle: a, b.",
        "Take one of them out of “depends”, or make it “optional”.",
    )
    assert names(plan) == ["d"]
    assert told(plan)["a"] == told(plan)["b"] == circle
    assert told(plan)["c"][0] == "It depends on b, which cannot be loaded either."


def test_wrong_version_of_a_dependency_is_left_out(folder: Path) -> None:
    write(folder, "a", 'depends = ["b>=2"]')
    write(folder, "b")

    plan = boot.plan([folder])

    assert names(plan) == ["b"]
    assert told(plan)["a"][0] == "It needs b>=2; there is 1.0."


def test_other_api_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot, "API_VERSION", "0.3")
    write(folder, "a", 'api = ">=0.1,<0.3"')
    write(folder, "b", 'api = ">=0.3"')

    plan = boot.plan([folder])

    assert names(plan) == ["b"]
    assert told(plan)["a"][0] == "It is written for core.api <0.3,>=0.1; this is 0.3."


def test_second_addon_of_a_name_is_left_out(folder: Path, tmp_path: Path) -> None:
    first = write(folder, "a")
    write(tmp_path / "theirs", "a")

    plan = boot.plan([folder, tmp_path / "theirs"])

    assert [manifest.path for manifest in plan.addons] == [first]
    assert told(plan)["a"] == (f"There is another addon a already, in {first}.", "Remove one of the two.")


def test_folder_has_the_name_of_its_addon(folder: Path) -> None:
    write(folder, "a").rename(folder / "z")

    assert told(boot.plan([folder]))["a"][0] == "Its folder is called z, its name is a."


def test_broken_manifest_is_left_out_under_the_name_of_its_folder(folder: Path) -> None:
    write(folder, "a", "depends = [")
    write(folder, "b")

    plan = boot.plan([folder])

    assert names(plan) == ["b"]
    assert told(plan)["a"][0].startswith("It cannot be read: ")
    assert told(plan)["a"][1] == "Correct addon.toml; the reference says what its keys mean."


def test_only_some_leaves_out_the_others_without_a_word(folder: Path) -> None:
    write(folder, "a", 'depends = ["absent"]')
    write(folder, "b")

    plan = boot.plan([folder], only=frozenset({"b"}))

    assert (names(plan), plan.quarantined) == (["b"], ())


def test_package_is_found_by_its_entry_point_and_not_imported(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    package = write(site / "acme", "warranty")
    (site / "acme" / "__init__.py").write_text("raise RuntimeError\n")
    (package / "__init__.py").write_text("raise RuntimeError\n")
    info = site / "acme_warranty-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-warranty\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[ninekcrm.addons]\nwarranty = acme.warranty\ngone = acme.gone\n")
    monkeypatch.syspath_prepend(str(site))

    plan = boot.plan([folder])

    assert [(m.name, m.package, m.path) for m in plan.addons] == [("warranty", "acme.warranty", package)]
    assert told(plan)["gone"][0] == ("An installed package names acme.gone as an addon, but there is no such package.")
