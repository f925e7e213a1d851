import os
import stat
from pathlib import Path

import pytest
import redis

from core.jobs import valkey
from core.testing.services import valkey as server


def connected(folder: Path) -> redis.Redis:
    return redis.Redis.from_url(f"unix://{valkey.socket_path(folder)}")


def test_server_is_reached_through_a_private_socket_only(tmp_path: Path) -> None:
    with server() as url:
        path = Path(url.removeprefix("unix://"))
        connection = redis.Redis.from_url(url)
        config = connection.config_get()
        connection.close()

        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert config["port"] == "0"
        assert config["appendonly"] == "yes"
        assert config["maxmemory-policy"] == "noeviction"


def test_what_was_stored_survives_kill_9(tmp_path: Path) -> None:
    for command in ("set", "get"):
        process = valkey.start(tmp_path)
        connection = wait_for(tmp_path)
        if command == "set":
            connection.set("kept", "yes")
            # Written within a second ("everysec"): what is lost by then, the outbox hands over again.
            connection.execute_command("WAITAOF", 1, 0, 3000)
        else:
            assert connection.get("kept") == b"yes"
        connection.close()
        process.kill()
        process.wait()


def test_a_folder_has_one_server_at_a_time(tmp_path: Path) -> None:
    process = valkey.start(tmp_path)
    wait_for(tmp_path).close()

    with pytest.raises(valkey.QueueServerError, match=r"Another `9kcrm serve`.*NINEKCRM_DATA"):
        valkey.start(tmp_path, wait=0.2)

    process.kill()
    process.wait()
    again = valkey.start(tmp_path, wait=5)
    wait_for(tmp_path).close()
    again.kill()
    again.wait()


def test_a_long_folder_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)

    path = valkey.socket_path(folder)

    assert len(os.fsencode(path)) <= valkey.LONGEST_SOCKET_PATH
    assert path == valkey.socket_path(folder)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)

    with pytest.raises(valkey.QueueServerError, match="belongs to somebody else"):
        valkey.start(tmp_path / "link")


def test_damaged_data_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir()

    valkey.set_aside(tmp_path)

    assert [path.name.partition("-")[0] for path in tmp_path.iterdir()] == ["damaged"]


def wait_for(folder: Path) -> redis.Redis:
    import time

    connection = connected(folder)
    for _ in range(200):
        try:
            connection.ping()
            return connection
        except redis.RedisError:
            time.sleep(0.02)
    raise AssertionError("The server does not answer.")
