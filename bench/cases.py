"""What is measured: pages of two lists for readers of all widths, the API, and search."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from addons.customer.models import Customer, Visit
from bench.data import FIRST, PHRASES, SECOND
from bench.people import CHIEF, HEAVY, MANAGER, READERS, REGIONAL, TYPICAL
from core.env import Env
from core.orm.listing import ListRequest, list_page
from core.orm.listing.cursor import encode
from core.orm.listing.request import Query
from core.orm.model import Model
from core.site import Site

PAGE = 50


@dataclass(frozen=True)
class Case:
    """One address asked for by one reader. `target` is the most that it may cost, as a multiple of the floor.

    `terms` are other words as frequent as the one searched for, to measure searches that nobody has made before.
    """

    name: str
    reader: str
    user: int
    url: str
    target: float
    request: ListRequest
    floor: str
    terms: tuple[str, ...] = ()

    def searching(self, term: str) -> "Case":
        """The same for another word."""
        return replace(self, url=f"/{self.floor}?q={term}", request=replace(self.request, q=term))

    def ids(self, site: Site) -> list[int]:
        """The records on the page."""
        with site.env(self.user) as env:
            return [row.id for row in list_page(env, self.request).rows]


def cases(site: Site) -> Iterator[Case]:
    """All of them, in the order of the report."""
    for reader, user in READERS.items():
        yield from _pages(site, "customers", Customer, "name", reader, user, 4)
    for reader, user in READERS.items():
        yield from _pages(site, "visits", Visit, "-visited_at", reader, user, 5)
    for reader, user in _some(TYPICAL, MANAGER, CHIEF):
        request = ListRequest(Customer)
        yield Case("API customers", reader, user, "/api/v1/customer", 3, request, "api/customer")
    for q, terms in (("精密", SECOND), ("宏岳", FIRST)):
        for reader, user in _some(TYPICAL, HEAVY, MANAGER, REGIONAL, CHIEF):
            request = ListRequest(Customer, q=q)
            yield Case(f"search {q}", reader, user, f"/customer?q={q}", 5, request, "customer", _pairs(terms))
    for reader, user in _some(TYPICAL, CHIEF):
        request = ListRequest(Visit, q="報價")
        yield Case("search 報價", reader, user, "/visit?q=報價", 5, request, "visit", _pairs(PHRASES))


def _pairs(words: Sequence[str]) -> tuple[str, ...]:
    """The last two characters of each word."""
    return tuple(word[-2:] for word in words)


def _some(*users: int) -> list[tuple[str, int]]:
    return [(reader, user) for reader, user in READERS.items() if user in users]


def _pages(
    site: Site, name: str, model: type[Model], sort: str, reader: str, user: int, target: float
) -> Iterator[Case]:
    request = ListRequest(model, sort=sort)
    url, floor = f"/{model.key()}", model.key()
    yield Case(f"{name}, first", reader, user, url, target, request, floor)
    cursor = _deep(site, request, user)
    if cursor:
        deep = replace(request, after=cursor)
        yield Case(f"{name}, deep", reader, user, f"{url}?after={cursor}", target, deep, floor)


def _deep(site: Site, request: ListRequest, user: int) -> str | None:
    """A cursor half way through what the reader sees."""
    with site.env(user) as env:
        query = Query(env, request)
        column, id = query.table.c[query.sort.name], query.table.c.id
        order = [column.desc(), id.desc()] if query.sort.descending else [column, id]
        guard = [] if query.guard is None else [query.guard]
        half = _count(env, query, guard) // 2
        wanted = select(column, id).where(*query.wanted, *guard).order_by(*order).offset(half).limit(1)
        row = env.connection_of_core.execute(wanted).first()
        return encode(query.sort, row[0], row[1]) if row is not None and half > PAGE else None


def _count(env: Env, query: Query, guard: list[Any]) -> int:
    from sqlalchemy import func

    statement = select(func.count()).select_from(query.table).where(*query.wanted, *guard)
    return int(env.connection_of_core.execute(statement).scalar_one())
