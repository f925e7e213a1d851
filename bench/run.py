"""`python -m bench`: makes or reuses the data, measures, prints the tables."""

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import event
from werkzeug.test import Client

from bench import data, databases, importing
from bench.cases import Case, cases
from bench.clock import Clock
from bench.floor import create_floor
from core.access.users import new_token
from core.orm import migrations
from core.orm.versions import bump
from core.site import Site
from core.web.app import create_app

IMPORT = "import"
HEAD = f"{'':24}{'reader':20}{'floor':>8}{'ours':>8}{'ratio':>7}{'first':>8}{'ratio':>7}{'limit':>7}{'queries':>9}"
"""`first` is a search for a word that nobody has searched for before; `ours` the same search again."""


def main() -> None:
    """Reads the command line and measures. Ends with 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="customers; there are twice as many visits")
    parser.add_argument("--engine", choices=databases.ENGINES, action="append", help="measure this one only")
    parser.add_argument("--rounds", type=int, default=100, help="requests per figure")
    parser.add_argument("--only", default="", help="cases whose name and reader contain this; or: import")
    parser.add_argument("--profile", action="store_true", help="print a profile of each case that missed")
    options = parser.parse_args()
    engines = [] if options.only == IMPORT else options.engine or databases.ENGINES
    missed = [case for engine in engines for case in _engine(engine, options)]
    if options.only in ("", IMPORT):
        missed += importing.measure(options.rows)
    if missed:
        print(f"\n{len(missed)} above the limit: " + "; ".join(missed))
        sys.exit(1)


def _engine(engine: str, options: argparse.Namespace) -> list[str]:
    folder = databases.FOLDER / f"{engine}-{options.rows}"
    with databases.ENGINES[engine](folder) as url:
        site = databases.open_site(url, folder)
        _prepare(site, engine, folder, options.rows)
        print(f"\n{engine}, {options.rows:,} customers: processor milliseconds, median of {options.rounds} requests")
        print(HEAD)
        try:
            with _floor_connection(site, engine) as connection:
                return _measure(site, create_floor(connection, "?" if engine == "sqlite" else "%s"), options)
        finally:
            site.dispose()


def _prepare(site: Site, engine: str, folder: Path, rows: int) -> None:
    """Makes the data unless it is there; half-made data is made anew by removing the folder."""
    marker = folder / "complete"
    if marker.exists():
        migrations.upgrade(site)
        return
    print(f"making the data for {engine} in {folder}, once")
    data.make(site, rows, print)
    marker.touch()


@contextmanager
def _floor_connection(site: Site, engine: str) -> Iterator[Any]:
    with site.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if engine == "postgresql":
            driver.autocommit = True
        yield driver
        if engine == "postgresql":
            driver.autocommit = False


def _measure(site: Site, floor: Any, options: argparse.Namespace) -> list[str]:
    app, missed = create_app(site), []
    bare = Client(floor)
    for case in cases(site):
        if options.only not in f"{case.name} {case.reader}":
            continue
        call = _caller(app, site, case)
        _describe_floor(floor, case, case.ids(site), call)
        with _counted(site) as queries:
            call()
        clock = Clock(site)
        ours, base = _timed(options.rounds, clock, call, lambda case=case: bare.get(f"/{case.floor}"))  # type: ignore[misc]
        first = _first_searches(site, app, floor, bare, case, options.rounds) if case.terms else None
        again = Figure(ours, base)
        above = [figure for figure in (again, first) if figure is not None and figure.ratio > case.target]
        shown = f"{base:8.2f}{again}{first or '':15}{case.target:7.0f}{len(queries):9}{'  ← above' if above else ''}"
        print(f"{case.name:24}{case.reader:20}{shown}", flush=True)
        missed += [f"{case.name}{', first' * (figure is first)} ({case.reader}) {figure.ratio:.1f}" for figure in above]
        if above and options.profile:
            _profile(call)
    return missed


@dataclass(frozen=True)
class Figure:
    """Milliseconds that a request took, and those of the floor."""

    ours: float
    base: float

    @property
    def ratio(self) -> float:
        return self.ours / self.base

    def __format__(self, _spec: str) -> str:
        return f"{self.ours:8.2f}{self.ratio:7.1f}"


def _first_searches(site: Site, app: Any, floor: Any, bare: Client, case: Case, rounds: int) -> Figure:
    """What a search takes whose word is new to the reader, against the floor with the same records."""
    plain = _caller(app, site, replace(case, url=f"/{case.floor}"))
    searches = [case.searching(term) for term in case.terms]
    calls = [(_caller(app, site, search, warm=0), search.ids(site)) for search in searches]
    found: list[tuple[float, ...]] = []
    clock = Clock(site)
    for n in range(rounds):
        search, ids = calls[n % len(calls)]
        with site.system("forget what was searched for") as env:
            bump(env.connection_of_core, "organisation")
        plain()
        floor.config.update(IDS=ids)
        found.append(tuple(clock(call) for call in (search, lambda: bare.get(f"/{case.floor}"))))
    ours, base = (statistics.median(times) for times in zip(*found, strict=True))
    return Figure(ours, base)


def _caller(app: Any, site: Site, case: Case, *, warm: int = 8) -> Callable[[], Any]:
    client = Client(app)
    headers = {}
    with site.system("sign in for the benchmark") as env:
        if case.url.startswith("/api/"):
            headers["Authorization"] = f"Bearer {new_token(env, case.user, 'bench')}"
        else:
            token = app.unit.sessions.open(env, case.user, address="127.0.0.1", agent="bench")
            client.set_cookie("9kcrm", token)

    def call() -> Any:
        response = client.get(case.url, headers=headers)
        if response.status_code != 200:
            raise SystemExit(f"{case.url} answers {response.status}: {response.get_data(as_text=True)[:300]}")
        return response

    for _ in range(warm):
        call()
    return call


def _describe_floor(floor: Any, case: Case, ids: list[int], call: Callable[[], Any]) -> None:
    """The floor shows the very same records; for the API the same columns too."""
    columns: list[str] = []
    if case.floor.startswith("api/"):
        first = call().get_json()["data"][0]
        table = case.request.model.__table__
        columns = [name for name in first if name in table.c]
    floor.config.update(IDS=ids, COLUMNS=columns, MODEL=case.request.model.__tablename__)


def _timed(rounds: int, clock: Clock, *calls: Callable[[], Any]) -> list[float]:
    """The median milliseconds of each, called in turn."""
    found: list[list[float]] = [[] for _call in calls]
    for _ in range(rounds):
        for call, times in zip(calls, found, strict=True):
            times.append(clock(call))
    return [statistics.median(times) for times in found]


@contextmanager
def _counted(site: Site) -> Iterator[list[str]]:
    found: list[str] = []

    def note(*arguments: Any) -> None:
        found.append(arguments[2])

    event.listen(site.engine, "before_cursor_execute", note)
    yield found
    event.remove(site.engine, "before_cursor_execute", note)


def _profile(call: Callable[[], Any]) -> None:
    from pyinstrument import Profiler

    with Profiler(interval=0.0002) as profiler:
        for _ in range(50):
            call()
    print(profiler.output_text(unicode=True, show_all=False))
