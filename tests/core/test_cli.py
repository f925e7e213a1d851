import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from addons.customer.models import Contact, Customer
from core.cli import COMMANDS, cli
from core.config import Settings
from core.site import Site

PASSWORD = "blau-Tinte-42"

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line on an installation of its own."""
    for name in ("NINEKCRM_DATABASE_URL", "NINEKCRM_REDIS_URL", "NINEKCRM_CONFIG", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NINEKCRM_DATA", str(data))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    return run


@pytest.fixture
def ready(run: Run) -> Run:
    """The same, with tables and an administrator."""
    result = run("init", "--admin", "boss", "--password", PASSWORD)
    assert result.exit_code == 0, result.output
    return run


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(data / "site.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_help_is_quick_and_names_every_command() -> None:
    program = "import sys; from core.cli import main\ntry: main()\nfinally: print('sqlalchemy' in sys.modules)"
    started = time.monotonic()

    done = subprocess.run([sys.executable, "-c", program, "--help"], capture_output=True, text=True, check=True)

    assert all(f"  {command}" in done.stdout for command in COMMANDS)
    assert done.stdout.endswith("False\n"), "Help must not load the database libraries."
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")

    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("token",),
        ("init", "--demo", "--admin", "boss"),
        ("migrate", "--new", "x"),
        ("shell", "--as", "boss"),
        ("worker", "--count", "0"),
    ],
)
def test_wrong_usage_is_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_init_makes_tables_and_an_administrator(ready: Run, data: Path) -> None:
    assert ready("migrate", "--check").exit_code == 0
    assert rows(data, "SELECT username FROM core_user") == [("boss",)]


def test_init_may_be_repeated(ready: Run, data: Path) -> None:
    again = ready("init")

    assert again.exit_code == 0, again.output
    assert rows(data, "SELECT count(*) FROM core_user") == [(1,)]


def test_init_without_people_says_how_to_add_them(run: Run) -> None:
    result = run("init")

    assert result.exit_code == 0
    assert "9kcrm init --admin NAME" in result.output


def test_commands_before_init_say_what_to_run(run: Run) -> None:
    result = run("user", "list")

    assert result.exit_code == 1
    assert "Run: 9kcrm migrate" in result.output


def test_users_are_added_listed_and_disabled(ready: Run) -> None:
    added = ready("user", "add", "mei", "--name", "林美", "--password", PASSWORD)
    both = ready("user", "list").output
    disabled = ready("user", "disable", "mei")
    one, everyone = ready("user", "list").output, ready("user", "list", "--all").output

    assert (added.exit_code, disabled.exit_code) == (0, 0)
    assert "林美" in both
    assert "mei" not in one
    assert "disabled" in everyone


def test_weak_password_is_refused_with_the_reason(ready: Run, data: Path) -> None:
    result = ready("user", "add", "mei", "--name", "林美", "--password", "short")

    assert result.exit_code == 1
    assert "password: At least" in result.output
    assert rows(data, "SELECT count(*) FROM core_user") == [(1,)]


def test_weak_password_of_the_first_administrator_leaves_nobody(run: Run, data: Path) -> None:
    result = run("init", "--admin", "boss", "--password", "short")

    assert result.exit_code == 1
    assert "password: At least" in result.output
    assert rows(data, "SELECT count(*) FROM core_user") == [(0,)]


def test_demo_is_loaded_once_and_removed(run: Run, data: Path) -> None:
    first, status = run("init", "--demo"), run("demo", "status")
    count = rows(data, "SELECT count(*) FROM core_user")
    run("init", "--demo")
    again = run("demo", "load")

    removed = run("demo", "remove", "--yes")

    assert first.exit_code == removed.exit_code == 0, removed.output
    assert "sales " in status.output
    assert count[0] >= (6,)
    assert again.exit_code == 1
    assert "loaded already" in again.output
    assert rows(data, "SELECT count(*) FROM core_user WHERE deleted_at IS NULL") == [(0,)]
    assert "no demo data" in run("demo", "status").output


def test_password_is_set(ready: Run, data: Path) -> None:
    before = rows(data, "SELECT password_hash FROM core_user")

    result = ready("user", "password", "boss", "--password", f"{PASSWORD}-new")

    assert result.exit_code == 0
    assert rows(data, "SELECT password_hash FROM core_user") != before


def test_the_last_administrator_stays(ready: Run) -> None:
    result = ready("user", "disable", "boss")

    assert result.exit_code == 1
    assert "Somebody has to remain" in result.output


def test_token_is_printed_alone_and_kept_as_a_digest(ready: Run, data: Path) -> None:
    result = ready("token", "boss")

    token = result.output.strip()
    assert result.exit_code == 0
    assert len(token) > 30
    assert "\n" not in token
    ((digest,),) = rows(data, "SELECT digest FROM core_api_token")
    assert token not in str(digest)


@pytest.mark.parametrize("arguments", [("token", "nobody"), ("user", "password", "nobody", "--password", PASSWORD)])
def test_unknown_user_is_named(ready: Run, arguments: tuple[str, ...]) -> None:
    result = ready(*arguments)

    assert result.exit_code == 1
    assert "There is no user 'nobody'" in result.output


def test_shell_runs_a_command_and_stores(ready: Run, data: Path) -> None:
    code = (
        "from core.access.models import User; env.session.scalar(select(User).where(User.username == 'boss'))"
        ".name = 'Boss'"
    )

    result = ready("shell", "-c", code)

    assert result.exit_code == 0, result.output
    assert rows(data, "SELECT name FROM core_user") == [("Boss",)]


def test_doctor_is_content_with_a_new_installation(ready: Run, data: Path) -> None:
    result = ready("doctor")

    assert "database  sqlite" in result.output
    assert "up to date" in result.output
    assert "messages are kept, not sent" in result.output


def test_doctor_names_what_is_wrong(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINEKCRM_REDIS_URL", f"unix://{data}/absent.sock")
    monkeypatch.setenv("NINEKCRM_REDISURL", "typo")
    data.mkdir(mode=0o700)
    (data / "secret_key").write_text("0" * 64)
    (data / "secret_key").chmod(0o644)

    result = run("doctor")

    assert result.exit_code == 1
    assert "NINEKCRM_REDIS_URL does not answer" in result.output
    assert "NINEKCRM_REDISURL is set, but no setting is called so" in result.output
    assert "chmod 600" in result.output
    assert "Run: 9kcrm migrate" in result.output


def test_doctor_misses_the_address_that_links_in_mail_need(
    ready: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = data.parent / "9kcrm.toml"
    monkeypatch.setenv("NINEKCRM_CONFIG", str(file))
    mail = '[mail]\nhost = "mail.example.com"\nsender = "crm@example.com"\n'
    file.write_text(mail)

    without = ready("doctor")
    file.write_text(mail + '[server]\npublic_url = "https://crm.example.com"\n')

    assert without.exit_code == 1
    assert "Set server.public_url." in without.output
    assert "server.public_url" not in ready("doctor").output


def test_doctor_finds_and_repairs_copied_owners(ready: Run, data: Path) -> None:
    site = Site.open(Settings.load())
    with site.system("arrange") as env:
        customer = env.records(Customer).create({"name": "a", "owner_id": 1})
        env.records(Contact).create({"name": "b", "customer_id": customer.id})
        env.connection_of_core.execute(update(Contact.__table__).values(root_owner_id=None))
    site.dispose()

    found, repaired, again = ready("doctor"), ready("doctor", "--repair"), ready("doctor")

    assert found.exit_code == 1
    assert (
        "wrong owners    contact: 1 with another root or owner than what they follow. Run: 9kcrm doctor" in found.output
    )
    assert "note  owners    contact: 1 put right" in repaired.output
    assert "ok    owners    copied ones are right" in again.output
    assert rows(data, "SELECT root_owner_id FROM contact") == [(1,)]


def test_doctor_sets_the_lines_of_an_error_below_each_other(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINEKCRM_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/absent")

    result = ready("doctor")

    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert lines[-1] == " " * 16 + "Is NINEKCRM_DATABASE_URL right?"
    assert all(line[:6].strip() in {"ok", "note", "wrong", ""} and line[16:17].strip() for line in lines)


def test_doctor_reports_a_wrong_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")

    result = run("doctor")

    assert result.exit_code == 1
    assert "whole number from 1 to 65535" in result.output


def test_unreachable_database_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.cli.site.DATABASE_SECONDS", 0.1)
    monkeypatch.setenv("NINEKCRM_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/absent")

    result = run("user", "list")

    assert result.exit_code == 1
    assert "NINEKCRM_DATABASE_URL" in result.output


def test_worker_without_a_queue_says_what_to_set(run: Run) -> None:
    result = run("worker")

    assert result.exit_code == 1
    assert "NINEKCRM_REDIS_URL" in result.output


def test_doctor_survives_an_addon_that_does_not_load(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(settings: object) -> None:
        raise ZeroDivisionError("no luck")

    monkeypatch.setattr("core.site.Site.open", broken)

    result = ready("doctor")

    assert result.exit_code == 1
    assert "ZeroDivisionError('no luck'). Start without them: 9kcrm serve --safe" in result.output
