"""addon.toml is read and checked as a whole."""

from pathlib import Path

import pytest

from core import API_VERSION
from core.addons.manifest import Manifest, ManifestError

ROOT = Path(__file__).resolve().parents[3]
WHOLE = """
name = "warranty"
title = "Warranties"
version = "1.2"
api = ">=0.1,<0.3"
depends = ["base", "product>=1,<2"]
optional = ["sales"]
category = "Service"
summary = "How long what was sold is under warranty."
uninstall = "purge"
enabled_by_default = true
"""


def read(folder: Path, text: str) -> Manifest:
    (folder / "addon.toml").write_text(text, "utf-8")
    return Manifest.read(folder, "addons.warranty")


def complaints(folder: Path, text: str) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        read(folder, text)
    return [str(complaint) for complaint in caught.value.complaints]


def test_every_key_is_taken(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)

    assert (found.name, found.title, found.version) == ("warranty", "Warranties", "1.2")
    assert (found.depends, found.optional) == (("base", "product"), ("sales",))
    assert "1.9" in found.versions["product"]
    assert "2.0" not in found.versions["product"]
    assert "0.2" in found.api
    assert (found.category, found.summary) == ("Service", "How long what was sold is under warranty.")
    assert (found.uninstall, found.enabled_by_default) == ("purge", True)


def test_little_is_required(tmp_path: Path) -> None:
    found = read(tmp_path, 'name = "warranty"\ntitle = "Warranties"\nversion = "1"\n')

    assert (found.depends, found.optional, found.uninstall) == ((), (), "keep")
    assert not found.enabled_by_default
    assert "99" in found.api


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    assert complaints(tmp_path, 'name = "Warranty"\nversion = "one"\ndepend = ["base"]\n') == [
        "“name” is 'Warranty'.",
        "Write lower-case letters, digits and _, at most 40, such as “warranty”; “core” is taken.",
        "“title” is missing.",
        "“version” is 'one'.",
        "Write a version such as “1.2.0” (PEP 440).",
        "There is no key “depend”; did you mean “depends”?",
    ]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("name = 5", "5"),
        ('name = "core"', "'core'"),
        ('name = "class"', "'class'"),
        ('name = "a-b"', "'a-b'"),
        ('title = ""', "''"),
        ('api = "0.1 or so"', "'0.1 or so'"),
        ('depends = "base"', "'base'"),
        ('depends = ["base>="]', "['base>=']"),
        ('depends = ["base[extra]"]', "['base[extra]']"),
        ("optional = [1]", "[1]"),
        ('uninstall = "drop"', "'drop'"),
        ("enabled_by_default = 1", "1"),
    ],
)
def test_value_that_cannot_be_is_named(tmp_path: Path, line: str, value: str) -> None:
    key = line.partition(" ")[0]
    others = [part for part in WHOLE.splitlines() if part and part.partition(" ")[0] != key]

    assert complaints(tmp_path, "\n".join([*others, line]))[0] == f"“{key}” is {value}."


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("addons/*/addon.toml"), *ROOT.glob("examples/*/addon.toml")]), ids=str
)
def test_addons_that_come_along_say_which_api_they_are_written_for(path: Path) -> None:
    found = Manifest.read(path.parent, f"addons.{path.parent.name}").api

    assert str(found)
    assert API_VERSION in found
    assert "99" not in found
