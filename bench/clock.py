"""What a request costs: time of the processor, here and in the database's processes.

The time on the clock depends on who else uses the machine, and long requests are disturbed more often than short ones.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from core.site import Site

CLIENTS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"


class Clock:
    """Measures calls that use connections which are open already. Needs Linux for PostgreSQL."""

    def __init__(self, site: Site) -> None:
        self._servers: list[Path] = []
        if site.engine.dialect.name == "postgresql":
            with site.engine.connect() as connection:
                pids = connection.scalars(text(CLIENTS)).all()
            self._servers = [Path(f"/proc/{pid}/schedstat") for pid in pids]

    def __call__(self, call: Callable[[], Any]) -> float:
        """The milliseconds that the call takes."""
        started = self._now()
        call()
        return (self._now() - started) / 1e6

    def _now(self) -> int:
        """Nanoseconds on a processor so far."""
        return time.process_time_ns() + sum(int(server.read_text().split()[0]) for server in self._servers)
