import stat
from pathlib import Path

import pytest

from core.config import ConfigError, Settings
from core.config_source import ENVIRONMENT


@pytest.fixture
def data(tmp_path: Path) -> dict[str, str]:
    return {"NINEKCRM_DATA": str(tmp_path / "data")}


def written(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_are_sqlite_and_the_embedded_queue(data: dict[str, str], tmp_path: Path) -> None:
    settings = Settings.load(environ=data)

    assert settings.data == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/site.db"
    assert settings.redis_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.smtp is None


def test_file_overrides_defaults_and_environment_overrides_file(data: dict[str, str], tmp_path: Path) -> None:
    path = written(tmp_path, '[server]\nport = 9000\nhost = "0.0.0.0"\n[session]\ndays = 3\n')

    settings = Settings.load(environ={**data, "NINEKCRM_CONFIG": str(path), "PORT": "9100"})

    assert (settings.host, settings.port, settings.session_days) == ("0.0.0.0", 9100, 3)


def test_paths_in_a_file_are_relative_to_that_file(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    path = written(tmp_path, '[site]\ndata = "kept"\n[addons]\npath = ["ours"]\n')

    settings = Settings.load(path, environ={})

    assert settings.data == tmp_path / "kept"
    assert settings.addons_path == (tmp_path / "ours",)


@pytest.mark.parametrize("name", ["帳 冊", "100%", "a?b#c"])
def test_database_url_reaches_a_folder_with_any_name(tmp_path: Path, name: str) -> None:
    from sqlalchemy import create_engine

    settings = Settings.load(environ={"NINEKCRM_DATA": str(tmp_path / name)})
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
    engine.dispose()

    assert (tmp_path / name / "site.db").exists()


def test_secret_key_is_made_once_and_private(data: dict[str, str], tmp_path: Path) -> None:
    first = Settings.load(environ=data).secret_key
    second = Settings.load(environ=data).secret_key

    kept = tmp_path / "data" / "secret_key"
    assert first == second == kept.read_text().strip()
    assert len(first) == 64
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert [path.name for path in kept.parent.iterdir()] == ["secret_key"]


def test_secrets_stay_out_of_the_representation(data: dict[str, str]) -> None:
    settings = Settings.load(environ={**data, "NINEKCRM_DATABASE_URL": "postgresql://u:hidden@h/d"})

    assert "hidden" not in repr(settings)
    assert settings.secret_key not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("PORT", "eighty", "whole number from 1 to 65535"),
        ("PORT", "70000", "whole number from 1 to 65535"),
        ("NINEKCRM_DATABASE_URL", "mysql://root@h/d", "postgresql://user:password@host/name"),
        ("NINEKCRM_DATABASE_URL", "postgres://u:secret@h/d", "postgresql://"),
        ("NINEKCRM_REDIS_URL", "localhost:6379", "redis://host:6379/0"),
        ("NINEKCRM_HOST", " ", "Must not be empty"),
        ("NINEKCRM_SAFE", "perhaps", "true or false"),
    ],
)
def test_wrong_environment_names_key_origin_and_remedy(
    data: dict[str, str], variable: str, value: str, remedy: str
) -> None:
    with pytest.raises(ConfigError, match=remedy) as raised:
        Settings.load(environ={**data, variable: value})

    assert raised.value.key == ENVIRONMENT[variable]
    assert variable in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[server]\nprot = 1", "Did you mean server.port"),
        ("prot = 1", "no such setting"),
        ("[server\n", "Not valid TOML"),
        ('[site]\ntimezone = "Taipei"', "Asia/Taipei"),
        ('[server]\npublic_url = "crm"', "https://crm.example.com"),
        ('[mail]\nhost = "mx"', "write a sender"),
        ('[addons]\npath = ["absent"]', "is not a folder"),
        ("[site]\ndebug = 3", "true or false"),
    ],
)
def test_wrong_file_says_what_to_do(data: dict[str, str], tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Settings.load(written(tmp_path, text), environ=data)


def test_missing_file_is_an_error(data: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Settings.load(environ={**data, "NINEKCRM_CONFIG": str(tmp_path / "absent.toml")})


def test_mail_server_is_read_whole(data: dict[str, str], tmp_path: Path) -> None:
    path = written(tmp_path, '[mail]\nhost = "mx"\nuser = "u"\npassword = "p"\nsender = "crm@example.com"')

    smtp = Settings.load(path, environ=data).smtp

    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.user, smtp.tls) == ("mx", 587, "u", "starttls")
