"""An addon of a partner is checked by mypy as strictly as core is, and needs no exception for it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

REVEALED = """\
from addons.customer.models import Customer, Visit
from addons.loyalty.models import Loyalty
from addons.loyalty.services import LoyalCustomers
from core.api import Env
from sqlalchemy import select


def look(env: Env, customer: Customer, visit: Visit) -> None:
    reveal_type(Loyalty.points)
    reveal_type(Loyalty.of(customer))
    reveal_type(Loyalty.of(customer).points)
    reveal_type(Loyalty.of(customer).record)
    reveal_type(Loyalty.of(customer).referrer)
    reveal_type(env.service(LoyalCustomers))
    reveal_type(select(Loyalty.points).where(Loyalty.points > 3))
    Loyalty.of(customer).points = 5
    Loyalty.of(customer).points = "many"
    Loyalty.of(visit)
"""

TYPES = [
    "sqlalchemy.orm.attributes.InstrumentedAttribute[int | None]",
    "addons.loyalty.models.Loyalty",
    "int | None",
    "addons.customer.models.Customer",
    "addons.customer.models.Customer | None",
    "addons.loyalty.services.LoyalCustomers",
    "sqlalchemy.sql.selectable.Select[int | None]",
]

ERRORS = [
    'Incompatible types in assignment (expression has type "str", variable has type "SQLCoreOperations[int | None] | '
    'int | None")  [assignment]',
    'Argument 1 to "of" of "Extension" has incompatible type "Visit"; expected "Customer"  [arg-type]',
]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which the example is one of the product's addons, and core is found as it is."""
    folder = tmp_path_factory.mktemp("partner")
    addons = folder / "addons"
    addons.mkdir()
    (addons / "__init__.py").touch()
    (folder / "core").symlink_to(ROOT / "core")
    (addons / "loyalty").symlink_to(ROOT / "examples" / "loyalty")
    for addon in ("base", "customer"):
        (addons / addon).symlink_to(ROOT / "addons" / addon)
    (folder / "reveal.py").write_text(REVEALED, "utf-8")
    return folder


def mypy(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "setup.cfg"), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.slow
def test_partner_addon_is_checked_strictly(workshop: Path) -> None:
    told = mypy(workshop, "-p", "addons.loyalty")

    assert re.search(r"Success: no issues found in \d+ source files", told), told
    assert [
        path.name for path in (ROOT / "examples" / "loyalty").glob("*.py") if "type: ignore" in path.read_text()
    ] == []


@pytest.mark.slow
def test_types_of_an_extension_are_right(workshop: Path) -> None:
    told = mypy(workshop, "reveal.py")

    assert re.findall(r'note: Revealed type is "(.*)"', told) == TYPES
    assert re.findall(r"error: (.*)", told) == ERRORS
