"""What each of thousands of applications would compile anew, compiled once per process of tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache
from werkzeug.routing import Rule

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
