"""`9kcrm addon new` writes an addon that is right from the first moment."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from core.cli.scaffold.naming import BadName, names_of, plural_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A folder with settings and no addon yet."""
    (tmp_path / "site.toml").write_text('[site]\ndata = "data"\n[addons]\npath = ["addons"]\n', "utf-8")
    (tmp_path / "addons").mkdir()
    return tmp_path


def run(folder: Path, *command: str, config: Path | None = None) -> tuple[int, str]:
    """The exit code, and what was said."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("NINEKCRM_", "PYTEST_"))}
    named = {"NINEKCRM_CONFIG": str(config or folder / "site.toml")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environ | named | {"PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def ninekcrm(folder: Path, *arguments: str) -> tuple[int, str]:
    return run(folder, "-c", "from core.cli import main; main()", *arguments)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"), [("warranty", ["--depends", "customer"]), ("price_list_review", ["--title", "Price reviews"])]
)
def test_what_is_written_is_right(workshop: Path, name: str, options: list[str]) -> None:
    code, said = ninekcrm(workshop, "addon", "new", name, *options)
    assert code == 0, said
    addon = workshop / "addons" / name

    for command in (
        ("-m", "ruff", "check", "--no-cache", "."),
        ("-m", "ruff", "format", "--no-cache", "--check", "."),
        ("-m", "mypy", "."),
        # What the kit asks on each engine is asked of the product's own addons.
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "ninekcrm_engines=sqlite"),
    ):
        code, said = run(addon, *command, config=workshop / "site.toml")
        assert code == 0, said


@pytest.mark.slow
def test_it_becomes_a_package(workshop: Path) -> None:
    ninekcrm(workshop, "addon", "new", "warranty", "--depends", "customer")
    addon, installed = workshop / "addons" / "warranty", workshop / "installed"

    code, said = run(addon, "-c", "import setuptools; setuptools.setup()", "-q", "build", "--build-lib", str(installed))

    assert code == 0, said
    package = installed / "ninekcrm_warranty"
    wanted = ("addon.toml", "models.py", "migrations/0001_initial_tables.py")
    assert [name for name in wanted if not (package / name).exists()] == []
    assert (package / "translations/zh_Hant_TW/LC_MESSAGES/messages.po").exists()
    told = tomllib.loads((addon / "pyproject.toml").read_text("utf-8"))
    assert told["project"]["entry-points"]["ninekcrm.addons"] == {"warranty": "ninekcrm_warranty"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Price"], "'Price' is no name for an addon: small letters, digits and _ between them. Perhaps price?"),
        (["class"], "class means something else already."),
        (["settings"], "settings means something else already."),
        (["customer"], "There is an addon customer already, in "),
        (["visit"], "There are records called visit already."),
        (["full"], "is there already, and not empty."),
        (
            ["warranty", "--depends", "nothing"],
            "There is no addon nothing to depend on. Installed: approval, base, customer, data_",
        ),
    ],
)
def test_what_cannot_be_is_refused_kindly(workshop: Path, arguments: list[str], said: str) -> None:
    (workshop / "addons/full").mkdir()
    (workshop / "addons/full/notes.txt").write_text("mine", "utf-8")

    code, text = ninekcrm(workshop, "addon", "new", *arguments)

    assert code == 1
    assert said in text
    assert "Traceback" not in text
    assert not (workshop / "addons" / arguments[0] / "addon.toml").exists()


def test_without_a_folder_it_asks_for_one(workshop: Path) -> None:
    (workshop / "site.toml").write_text('[site]\ndata = "data"\n', "utf-8")

    assert "Say --path FOLDER" in ninekcrm(workshop, "addon", "new", "warranty")[1]
    code, said = ninekcrm(workshop, "addon", "new", "warranty", "--path", "elsewhere")

    assert code == 0
    assert f'path = ["{workshop / "elsewhere"}"]' in said
    assert (workshop / "elsewhere/warranty/addon.toml").exists()


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        ("Warranty", "Warranties"),
        ("Price list", "Price lists"),
        ("Box", "Boxes"),
        ("Survey", "Surveys"),
        ("保固", "保固"),
    ],
)
def test_plurals_are_those_of_english(word: str, plural: str) -> None:
    assert plural_of(word) == plural


def test_a_long_name_is_refused() -> None:
    with pytest.raises(BadName, match="at most 24"):
        names_of("a" * 25)


def test_a_name_becomes_a_class_and_a_title() -> None:
    names = names_of("price_list")

    assert (names.cls, names.title, names.plural) == ("PriceList", "Price list", "Price lists")
