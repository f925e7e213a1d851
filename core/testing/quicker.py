"""What each of thousands of applications would compile anew, compiled once per process of tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from core.orm.migrations import Chain
from core.web import templating

if TYPE_CHECKING:
    from jinja2.bccache import Bucket


class InMemory(BytecodeCache):
    """Compiled templates, by name and source."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket with what was compiled before."""
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what has just been compiled."""
        self._known[bucket.key, bucket.checksum] = bucket.code


@cache
def compile_once() -> None:
    """From here on applications share compiled templates, and what builds their addresses."""
    shared = InMemory()
    of_site: Any = templating
    of_site.bytecode_of = lambda site: shared
    build: Callable[..., Any] = Rule._compile_builder
    known: dict[Any, Any] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Any:
        """What is compiled takes the rule as its argument, so rules that are alike can share it."""
        if rule.defaults:
            return build(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in known:
            known[key] = build(rule, append_unknown)
        return known[key]

    rules: Any = Rule
    rules._compile_builder = compile_builder
    _read_migrations_once()


def _read_migrations_once() -> None:
    """Which script of a folder is the last one is found out again only when its files change."""
    chains: Any = Chain
    find: Callable[[Chain], str | None] = chains.head.fget
    known: dict[Any, str | None] = {}

    def head(chain: Chain) -> str | None:
        scripts = sorted((entry.name, entry.stat().st_mtime_ns) for entry in os.scandir(chain.folder))
        key = (chain.folder, tuple(scripts))
        if key not in known:
            known[key] = find(chain)
        return known[key]

    chains.head = property(head)


STATEMENTS = 3000
"""How many compiled statements are kept per kind of database."""

_kept: dict[str, tuple[Dialect, Any]] = {}


def share_statements_of(engine: Engine) -> None:
    """From here on engines of this kind compile no statement that another has compiled. It has been connected."""
    _kept[engine.dialect.name] = (engine.dialect, LRUCache(STATEMENTS))


def with_shared_statements(engine: Engine) -> Engine:
    """The engine, which shares with those of its kind what they have compiled. It has not been connected."""
    if engine.dialect.name in _kept:
        # What is compiled, and how types are bound and read, is looked up by dialect.
        dialect, engine._compiled_cache = _kept[engine.dialect.name]
        engine.dialect = engine.pool._dialect = dialect
    return engine
