import os
import signal
import subprocess
import sys
import time

import pytest

PARENT_OF_COMMAND = """
import subprocess, sys, time
from core.jobs import lifeline
child = subprocess.Popen(lifeline.tied(["sleep", "60"]), start_new_session=True)
time.sleep(0.5)
print(child.pid, flush=True)
time.sleep(60)
"""

PARENT_OF_FOLLOWER = """
import os, time
from core.jobs import lifeline
child = os.fork()
if child == 0:
    lifeline.follow_parent()
    time.sleep(60)
time.sleep(0.5)
print(child, flush=True)
time.sleep(60)
"""


def is_alive(process: int) -> bool:
    """Zombies count as ended: in a container nobody may be there to collect them."""
    try:
        os.kill(process, 0)
        with open(f"/proc/{process}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def ends_within(process: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not is_alive(process):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("program", [PARENT_OF_COMMAND, PARENT_OF_FOLLOWER])
def test_child_ends_when_its_parent_is_killed(program: str) -> None:
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        was_alive = is_alive(child)

        parent.kill()

        assert was_alive
        assert ends_within(child, 5)


def test_child_ends_at_once_when_the_parent_is_gone_already() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    command = [
        sys.executable,
        "-m",
        "core.jobs.lifeline",
        str(gone.pid),
        signal.SIGTERM.name,
        "--",
        "sleep",
        "60",
    ]

    code = subprocess.run(command, timeout=10, check=False).returncode

    assert code == 1
