"""The connection to the queue. What passes through it are ids of outbox rows, as JSON, and nothing else."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import redis
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from core.config import Settings
from core.jobs import valkey

log = logging.getLogger(__name__)

NAME = "default"
RUN = "core.jobs.worker.run"
"""The function that a worker calls with the id of a row."""

KEPT_SECONDS = 60
"""How long rq remembers a job that it could not run; for that time the row is not handed over again."""

PAUSE_SECONDS = 5.0


class Handover:
    """Hands outbox rows to the queue without ever failing or delaying the caller for long.

    After a failure it does not try again for a few seconds, so that an unreachable queue costs each request
    nothing. The rows stay in the outbox, and the sweeper hands them over later.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._queue: Queue | None = None
        self._pause_until = 0.0
        self._lock = threading.Lock()

    def send(self, jobs: Iterable[tuple[int, int, int]]) -> list[int]:
        """Puts `(row id, attempts, timeout in seconds)` on the queue; returns the ids that went there."""
        sent: list[int] = []
        if time.monotonic() < self._pause_until:
            return sent
        try:
            queue = self._connected()
            for row, attempts, timeout in jobs:
                _put(queue, row, attempts, timeout)
                sent.append(row)
        except (redis.RedisError, OSError) as error:
            self._pause_until = time.monotonic() + PAUSE_SECONDS
            log.warning("The queue cannot be reached; jobs wait in the outbox. %s", error)
        return sent

    def _connected(self) -> Queue:
        with self._lock:
            if self._queue is None:
                self._queue = make_queue(connect(self._settings, timeout=1.0))
            return self._queue


@cache
def handover(settings: Settings) -> Handover:
    """The process's connection for handing over, one per installation."""
    return Handover(settings)


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


def make_queue(connection: redis.Redis) -> Queue:
    """The one queue of the site. JSON, because unpickling what came over a wire runs code."""
    return Queue(NAME, connection=connection, serializer=JSONSerializer)


def _put(queue: Queue, row: int, attempts: int, timeout: int) -> None:
    try:
        # One id per row and attempt: a row that is handed over twice is queued once.
        queue.enqueue_call(
            RUN,
            args=[row],
            timeout=timeout,
            result_ttl=0,
            failure_ttl=KEPT_SECONDS,
            job_id=f"outbox-{row}-{attempts}",
            unique=True,
        )
    except DuplicateJobError:
        log.debug("Row %s is on the queue already.", row)
