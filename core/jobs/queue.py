"""The connection to the queue. What passes through it are ids of outbox rows, as JSON, and nothing else."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from core.config import Settings
from core.jobs import valkey

log = logging.getLogger(__name__)

RUN = "core.jobs.worker.run"
"""The function that a worker calls with the id of a row."""

FAILURE_SECONDS = 60
"""How long rq remembers a job whose process ended; what has to be known of it is in the outbox."""

PAUSE_SECONDS = 5.0


class Handover:
    """Hands outbox rows to the queue without ever failing or delaying the caller for long.

    After a failure it does not try again for a few seconds, so that an unreachable queue costs each request
    nothing. The rows stay in the outbox, and the sweeper hands them over later.
    """

    def __init__(self, settings: Settings, site: str) -> None:
        self._settings, self._site = settings, site
        self._queue: Queue | None = None
        self._pause_until = 0.0
        self._lock = threading.Lock()

    def send(self, jobs: Iterable[tuple[int, int]], *, again: bool = False) -> list[int]:
        """Puts `(row id, timeout in seconds)` on the queue; returns the ids of the rows that are on it then.

        `again` leaves out those that are waiting there already.
        """
        sent: list[int] = []
        if time.monotonic() < self._pause_until:
            return sent
        try:
            queue = self._connected()
            waiting = _rows_on(queue) if again else frozenset()
            for row, timeout in jobs:
                if row not in waiting:
                    _put(queue, row, timeout)
                sent.append(row)
        except (redis.RedisError, OSError) as error:
            self._pause_until = time.monotonic() + PAUSE_SECONDS
            log.warning("The queue cannot be reached; jobs wait in the outbox. %s", error)
        return sent

    def _connected(self) -> Queue:
        with self._lock:
            if self._queue is None:
                self._queue = make_queue(connect(self._settings, timeout=1.0), self._site)
            return self._queue


@cache
def handover(settings: Settings, site: str) -> Handover:
    """The process's connection for handing over, one per site. `site` is its id."""
    return Handover(settings, site)


def connect(settings: Settings, *, timeout: float | None = None) -> redis.Redis:
    """A connection to the queue server. `timeout` is for short commands; blocking reads need None."""
    return redis.Redis.from_url(
        url(settings), socket_timeout=timeout, socket_connect_timeout=timeout or 5.0, health_check_interval=30
    )


def url(settings: Settings) -> str:
    """The URL of the queue server: the configured one, or that of the embedded server."""
    if settings.redis_url:
        return settings.redis_url
    return f"unix://{valkey.socket_path(folder(settings))}"


def folder(settings: Settings) -> Path:
    """Where the embedded server keeps its data."""
    return settings.data / "queue"


def is_reachable(settings: Settings) -> bool:
    """Whether the queue server answers now."""
    try:
        return bool(connect(settings, timeout=1.0).ping())
    except (redis.RedisError, OSError):
        return False


def make_queue(connection: redis.Redis, site: str) -> Queue:
    """The one queue of the site with that id. JSON, because unpickling what came over a wire runs code."""
    return Queue(f"9kcrm-{site}", connection=connection, serializer=JSONSerializer)


def _put(queue: Queue, row: int, timeout: int) -> None:
    # The row's number is in the name, so that one look at the queue tells which rows wait there.
    queue.enqueue_call(
        RUN,
        args=[row],
        timeout=timeout,
        result_ttl=0,
        failure_ttl=FAILURE_SECONDS,
        job_id=f"{row}-{secrets.token_hex(6)}",
    )


def _rows_on(queue: Queue) -> frozenset[int]:
    rows = (name.partition("-")[0] for name in queue.get_job_ids())
    # What others may have put there is theirs.
    return frozenset(int(row) for row in rows if row.isascii() and row.isdigit() and len(row) < 20)
