"""Making the data: plausible names, skewed ownership, fast because rows go straight into the tables."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, inspect, text

from addons.customer.models import Customer, Visit
from bench import people
from core import clock
from core.access import presets
from core.access.models import Share
from core.orm import migrations, search
from core.orm.database import WRITES
from core.orm.model import ModelInfo, describe
from core.orm.settings import write_settings
from core.site import Site


def _words(text: str) -> list[str]:
    return text.split()


HEAVY_SHARE = 0.2
BATCH = 20_000
CITIES = _words("台北 新北 桃園 新竹 苗栗 台中 彰化 雲林 嘉義 台南 高雄 屏東 宜蘭 花蓮")
FIRST = _words("宏岳 立新 大同 永豐 和成 正隆 東元 士林 中興 華新 聯華 力成 廣達 富邦 光寶 台達 研華 新普 景碩 欣興")
SECOND = _words(
    "精密 自動化 機電 電子 光電 化工 金屬 塑膠 食品 紡織 醫療 物流 科技 材料 能源 儀器 模具 包裝 半導體 軟體"
)
GIVEN = "一二三天地人和平安福祿壽喜春夏秋冬東西南北金木水火土日月星辰山河海洋仁義禮智信忠孝悌廉恥"
PHRASES = _words(
    "拜訪廠長 討論報價 確認規格 安排試機 技術說明 提供樣品 追蹤付款 參觀產線 交期協調 合約更新 售後服務 "
    "教育訓練 介紹新品 客訴處理 競品比較 年度預算"
)
LEVELS, STATUSES = "ABCD", ("potential", "intent", "won", "lost", "invalid")
INDUSTRIES = ("semiconductor", "electronics", "machinery", "metal", "food", "chemical", "other")
METHODS = ("visit", "phone", "line", "email", "meeting")
START = date(2024, 1, 1)


def make(site: Site, customers: int, say: Callable[[str], None]) -> None:
    """Migrates the empty database of `site` and fills it: `customers`, twice as many visits, some shares."""
    migrations.upgrade(site)
    presets.install(site)
    with site.system("people of the benchmark") as env:
        people.hire(env)
    owners = _owners(customers)
    for model, rows in ((Customer, _customers(owners)), (Visit, _visits(owners))):
        info, started = describe(model), time.monotonic()
        with site.engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin(), _without_indexes(connection, info):
                _load(connection, info, rows)
            with connection.begin():
                search.rebuild(connection, info)
        say(f"  {info.key}: {time.monotonic() - started:.0f} s")
    with site.system("shares of the benchmark") as env:
        _share(env.connection_of_core, customers)
        write_settings(env.connection_of_core, {"bench.rows": customers})
    _analyze(site)


def _owners(customers: int) -> list[int | None]:
    """Customer → owner: one has a fifth of all, one three, one in a hundred nobody."""
    rng = random.Random(9)
    others = [id for id in range(1, people.USERS + 1) if id not in (people.HEAVY, people.TINY)]
    found: list[int | None] = []
    for _ in range(customers):
        chance = rng.random()
        found.append(people.HEAVY if chance < HEAVY_SHARE else None if chance < 0.21 else rng.choice(others))
    for at in rng.sample(range(customers), 3):
        found[at] = people.TINY
    return found


def _customers(owners: Sequence[int | None]) -> Iterator[dict[str, Any]]:
    rng, now = random.Random(1), clock.now()
    base = {"version": 1, "created_at": now, "updated_at": now, "kind": "company", "tags": []}
    for n, owner in enumerate(owners, 1):
        short = rng.choice(FIRST) + rng.choice(GIVEN) + rng.choice(SECOND)
        yield base | {
            "id": n,
            "number": f"C{n:05}",
            "name": f"{rng.choice(CITIES)}{short}{rng.choice(GIVEN)}{rng.choice(GIVEN)}股份有限公司",
            "short_name": short,
            "tax_id": f"{rng.randrange(10**8):08}",
            "level": rng.choice(LEVELS),
            "status": rng.choice(STATUSES),
            "industry": rng.choice(INDUSTRIES),
            "phone": f"02-{rng.randrange(2000, 9000)}-{rng.randrange(10000):04}",
            "owner_id": owner,
            "received_on": START,
            "last_visit_on": START + timedelta(rng.randrange(700)) if rng.random() < 0.8 else None,
            "next_contact_on": START + timedelta(rng.randrange(900)) if rng.random() < 0.5 else None,
        }


def _visits(owners: Sequence[int | None]) -> Iterator[dict[str, Any]]:
    rng, now = random.Random(2), clock.now()
    base = {"version": 1, "created_at": now, "updated_at": now}
    midnight = datetime(START.year, START.month, START.day, tzinfo=UTC)
    for n in range(1, 2 * len(owners) + 1):
        root = rng.randrange(len(owners))
        owner = owners[root]
        yield base | {
            "id": n,
            "customer_id": root + 1,
            "root_id": root + 1,
            "root_owner_id": owner,
            # One visit in twenty was made by somebody else than who looks after the customer now.
            "owner_id": owner if rng.random() < 0.95 else rng.randrange(1, people.USERS + 1),
            "method": rng.choice(METHODS),
            "content": "，".join(rng.sample(PHRASES, 3)),
            "visited_at": midnight + timedelta(seconds=rng.randrange(700 * 86400)),
        }


def _share(connection: Connection, customers: int) -> None:
    rng, now = random.Random(3), clock.now()
    pairs = {(rng.randrange(1, customers + 1), rng.randrange(1, people.USERS + 1)) for _ in range(customers // 50)}
    rows = [
        {"root_model": "customer", "root_id": root, "user_id": user, "level": "read", "created_at": now}
        for root, user in sorted(pairs)
    ]
    for batch in _batches(iter(rows)):
        connection.execute(insert(Share), batch)
    roots = sorted({root for root, _user in pairs})
    for model in (Customer, Visit):
        search.index_roots(connection, describe(model), roots)


def _load(connection: Connection, info: ModelInfo, rows: Iterator[dict[str, Any]]) -> None:
    if connection.dialect.name == "sqlite":
        for batch in _batches(rows):
            connection.execute(insert(info.table), batch)
        return
    _copy(connection, info, rows)
    name = info.table.name
    connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))


def _copy(connection: Connection, info: ModelInfo, rows: Iterator[Mapping[str, Any]]) -> None:
    first = next(rows)
    names = list(first)
    processors = [info.table.c[name].type.dialect_impl(connection.dialect) for name in names]
    bind = [type_.bind_processor(connection.dialect) for type_ in processors]
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {info.table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in _chain(first, rows):
            copy.write_row([make(row[name]) if make else row[name] for name, make in zip(names, bind, strict=True)])


def _chain(first: Mapping[str, Any], rest: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    yield first
    yield from rest


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


@contextmanager
def _without_indexes(connection: Connection, info: ModelInfo) -> Iterator[None]:
    """Indexes are built at the end, which is several times faster."""
    name = info.table.name
    if connection.dialect.name == "sqlite":
        wanted = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql > ''")
    else:
        unique = {found["name"] for found in inspect(connection).get_unique_constraints(name)} | {f"pk_{name}"}
        wanted = text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = :name")
    found = [tuple(row) for row in connection.execute(wanted, {"name": name})]
    if connection.dialect.name != "sqlite":
        found = [row for row in found if row[0] not in unique]
    for index, _sql in found:
        connection.execute(text(f"DROP INDEX {index}"))
    yield
    for _index, sql in found:
        connection.exec_driver_sql(sql)


def _analyze(site: Site) -> None:
    """PostgreSQL gathers statistics by itself, in time; SQLite of ours never does, so it is measured without."""
    if site.engine.dialect.name == "sqlite":
        return
    with site.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
