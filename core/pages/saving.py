"""Writing from pages: an attempt that fails leaves the transaction usable, so that a page can say why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.orm.session import SystemSession

if TYPE_CHECKING:
    from core.env import Env

SYSTEM = "_system_session"


@contextmanager
def attempt(env: Env) -> Iterator[None]:
    """A part of the transaction that is undone by itself if it raises, jobs and callbacks included: a savepoint."""
    callbacks, jobs = len(env._after_commit), len(env._outbox)
    try:
        with env.session.begin_nested(), _system_inside(env):
            yield
            env.flush()
    except BaseException:
        del env._after_commit[callbacks:], env._outbox[jobs:]
        raise


@contextmanager
def _system_inside(env: Env) -> Iterator[None]:
    """A system session of the attempt's own, which shares its savepoint instead of opening another one in it."""
    if env.actor.is_system:
        yield
        return
    before = env.__dict__.pop(SYSTEM, None)
    inner = SystemSession(env.connection_of_core)
    inner.join_transaction_mode = "rollback_only"
    inner.info.update(user_id=env.user_id, env=env)
    env.__dict__[SYSTEM] = inner
    try:
        yield
    finally:
        inner.close()
        env.__dict__.pop(SYSTEM)
        if before is not None:
            before.expire_all()
            env.__dict__[SYSTEM] = before
