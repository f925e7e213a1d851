"""The documentation leads nowhere wrong, and what it shows runs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from core.cli import COMMANDS
from core.config_source import ENVIRONMENT
from core.reference.settings import VARIABLES

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
GUIDE = ROOT / "docs" / "guide" / "partners.md"

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```", re.DOTALL)
BLOCK = re.compile(r"```(?:python|toml)\n(.*?)```", re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """What a link to a heading of the page may be called."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_links_lead_somewhere(doc: Path) -> None:
    wrong = []
    for link in LINK.findall(CODE.sub("", doc.read_text("utf-8"))):
        target, _, anchor = link.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = (doc.parent / target).resolve() if target else doc
        if not file.exists() or (anchor and anchor not in anchors(file)):
            wrong.append(link)

    assert wrong == []


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_commands_and_variables_exist(doc: Path) -> None:
    text = doc.read_text("utf-8")

    commands = set(re.findall(r"(?:`|^|bin/)9kcrm ([a-z]+)", text, re.MULTILINE))
    variables = set(re.findall(r"\bNINEKCRM_[A-Z_]+", text))

    assert commands <= COMMANDS.keys() | {"addon"}
    assert variables <= ENVIRONMENT.keys() | VARIABLES.keys()


def test_readmes_say_the_same() -> None:
    """What is code in one language is code in the other."""
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-Hant.md"))

    def told(text: str) -> set[str]:
        return {code for code in re.findall(r"`([^`\n]+)`", CODE.sub("", text)) if code.isascii()}

    assert told(english) == told(chinese)


def test_python_of_the_guides_compiles() -> None:
    for page in PAGES:
        for text in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            compile(dedent(text), name_of(page), "exec")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the addon of the partner guide, its files as the guide shows them."""
    folder = tmp_path_factory.mktemp("workshop")
    for text in BLOCK.findall(GUIDE.read_text("utf-8")):
        found = re.match(r"# ((?:equipment/)?[\w./]+\.(?:py|toml))\n", text)
        if found is None or found[1].startswith("tests/"):
            continue
        path = folder / ("addons" if "/" in found[1] else "") / found[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "addons/equipment/__init__.py").touch()
    return folder


def run(folder: Path, *arguments: str) -> str:
    """What a command says, in the workshop."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NINEKCRM_")}
    done = subprocess.run(
        [sys.executable, "-c", "from core.cli import main; main()", *arguments],
        cwd=folder,
        env=environ | {"NINEKCRM_CONFIG": str(folder / "site.toml"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def steps() -> Iterator[tuple[str, ...]]:
    yield ("init",)
    yield "migrate", "--new", "initial tables", "--addon", "equipment"
    yield ("migrate",)
    yield "addon", "enable", "equipment"
    yield ("init", "--demo")
    yield "messages", "addons/equipment"


@pytest.mark.slow
def test_addon_of_the_partner_guide_runs(workshop: Path) -> None:
    for step in steps():
        run(workshop, *step)

    found = run(
        workshop,
        "shell",
        "--as",
        "gm",
        "-c",
        "from addons.equipment.models import Equipment as E\n"
        "from addons.customer.models import Customer as C\n"
        "from core.api import Conflict\n"
        "machine = env.session.scalars(select(E).order_by(E.id)).first()\n"
        "env.records(E).update(machine, {'condition': 'broken'})\n"
        "try: env.records(C).delete(env.get(C, machine.customer_id))\n"
        "except Conflict as error: print(machine.number, error)",
    )

    assert re.match(r"M\d{4} ", found)
    assert "There are still machines in use at this customer." in found
