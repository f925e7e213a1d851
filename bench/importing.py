"""Taking files in: rows a second and memory by the size of the file, against a bare insert of the same rows."""

from __future__ import annotations

import csv
import multiprocessing
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from addons.customer.models import Customer
from bench import databases
from core.access import presets, users
from core.exchange import importing
from core.jobs import worker
from core.orm import migrations
from core.site import Site

SIZES = (10_000, 100_000, 1_000_000)
HEADS = ("客戶名稱", "電話", "等級", "地址", "備註")
MEGABYTE = 1024
LIMIT = 200
"""At most so many times the floor's processor time: validation, numbers, owners, history, search and the way back are
what is paid for. The time on the clock depends on who else uses the machine."""

SAMPLED = 0.1
"""Seconds between two looks at the memory."""

Spent = tuple[float, float]
"""Seconds on the clock, and of the processor."""


def measure(most: int) -> list[str]:
    """Prints a line per size up to `most`; returns what missed the limit. Each size has a process of its own."""
    print("\nimport into SQLite, customers with history, search and undo")
    print(f"{'rows':>12}{'floor/s':>12}{'ours/s':>12}{'ratio':>8}{'limit':>7}{'own MB':>9}")
    missed = []
    for rows in (size for size in SIZES if size <= most):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            floor, ours, peak = pool.apply(_one, (rows,))
        ratio = ours[1] / floor[1]
        note = "" if ratio <= LIMIT else "  ← above"
        speeds = f"{rows / floor[0]:12,.0f}{rows / ours[0]:12,.0f}"
        print(f"{rows:12,}{speeds}{ratio:8.1f}{LIMIT:7}{peak:9.0f}{note}", flush=True)
        if note:
            missed.append(f"import of {rows:,} {ratio:.1f}")
    return missed


def _one(rows: int) -> tuple[Spent, Spent, float]:
    """What the floor and the import took, and megabytes at the peak."""
    with tempfile.TemporaryDirectory(prefix="9kcrm-bench-") as name:
        folder = Path(name)
        path = folder / "customers.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_with_heads(rows))
        site = databases.open_site(f"sqlite:///{folder / 'site.db'}", folder)
        migrations.upgrade(site)
        presets.install(site)
        with Memory() as memory:
            ours = _import(site, path, rows)
        return _floor(folder / "floor.db", path), ours, memory.peak


def _with_heads(rows: int) -> Iterator[tuple[str, ...]]:
    yield HEADS
    yield from _lines(rows)


def _lines(rows: int) -> Iterator[tuple[str, ...]]:
    for n in range(rows):
        yield (f"台榮精密機械第{n}廠", f"02-2345-{n % 10_000:04}", "ABCD"[n % 4], f"台北市信義路{n % 500}號", "")


def _import(site: Site, path: Path, rows: int) -> Spent:
    """What it took from the first row to the last. Raises SystemExit if a row is missing."""
    with site.system("an importer") as env:
        id = users.create(env, username="gm", name="gm", role="general_manager").id
    with path.open("rb") as file:
        received = importing.receive(site.settings, file, path.name)
    with site.env(id, write=True) as env:
        draft = importing.put_in(env, Customer, received)
        job = importing.start(env, draft.id, is_try=False)
    started = _now()
    worker.execute(site, job)
    spent = _since(started)
    with site.env(id) as env:
        counts: Any = importing.own(env, draft.id).counts
    if counts.get("created") != rows:
        raise SystemExit(f"Of {rows:,} rows {counts} were taken in.")
    return spent


def _floor(database: Path, path: Path) -> Spent:
    """What it takes to read the same file and insert its rows barely, in one transaction."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name, phone, level, address, note)")
    started = _now()
    with connection, path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        connection.executemany(
            "INSERT INTO customer (name, phone, level, address, note) VALUES (?, ?, ?, ?, ?)", reader
        )
    spent = _since(started)
    connection.close()
    return spent


def _now() -> Spent:
    return time.perf_counter(), time.process_time()


def _since(started: Spent) -> Spent:
    clock, processor = _now()
    return clock - started[0], processor - started[1]


class Memory:
    """The most memory of its own that the process had within the block, in megabytes: `peak`, 0 where it is not told.

    SQLite's cache, 64 MB a connection, is part of it; the pages of the database's file, which the kernel lends as long
    as nobody else wants the room, are not.
    """

    def __init__(self) -> None:
        self.peak = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLED):
            self.peak = max(self.peak, _own_megabytes())


def _own_megabytes() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    lines = dict(line.split(":", 1) for line in status.read_text("ascii").splitlines())
    return int(lines["RssAnon"].split()[0]) / MEGABYTE
