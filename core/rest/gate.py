"""Who calls the API, and the transaction in which it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from flask import Response, current_app, request

from core.errors import AppError, Forbidden, Stale
from core.i18n import _
from core.orm.model import model_of
from core.rest.comparison import compared
from core.rest.idempotency import once
from core.rest.tokens import Known, Tokens
from core.web import csrf
from core.web.access import without_csrf
from core.web.unit import SignedOut, UnitOfWork, receive

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from core.env import Env
    from core.web.sessions import Known as KnownSession

BEARER = "bearer "


def api(view: Callable[..., Response], prepare: Callable[[int], None] | None = None) -> Callable[..., Response]:
    """Makes `view(env, …)` an operation of the API, for the bearer of a token or a browser that is signed in.

    `prepare(user_id)` does what takes time before the transaction begins, once it is known who calls. A stale save
    gets its comparison here, from a look at the record as it is now.
    """

    @wraps(view)
    def run(**arguments: Any) -> Response:
        receive()
        caller = _bearer() if "Authorization" in request.headers else _browser()
        problem = None
        try:
            if prepare is not None:
                prepare(caller.user_id)
        except AppError as error:
            # Only for who does not find the answer that the same request got before.
            problem = error
        prepared = view if problem is None else _refused(problem)
        try:
            return unit().stored(caller.open(write=_writes()), lambda env: _answer(env, prepared, arguments))
        except Stale as error:
            with caller.open(write=False) as env:
                compared(env, model_of(error.model), error)
            raise
        finally:
            caller.note_use()

    return without_csrf(run)


def _refused(problem: AppError) -> Callable[..., Response]:
    def view(env: Env, **arguments: Any) -> Response:
        raise problem

    return view


def unit() -> UnitOfWork:
    """What runs the views of this application."""
    found: UnitOfWork = current_app.unit  # type: ignore[attr-defined]
    return found


class Caller(Protocol):
    """Somebody who may call the API."""

    @property
    def user_id(self) -> int:
        """As whom they act."""

    def open(self, *, write: bool) -> AbstractContextManager[Env]:
        """A transaction by them. Raises `SignedOut` once they may no longer call."""

    def note_use(self) -> None:
        """Remembers when they were here last."""


class _Bearer:
    def __init__(self, token: str, known: Known, tokens: Tokens) -> None:
        self._token, self._known, self._tokens = token, known, tokens

    @property
    def user_id(self) -> int:
        return self._known.user_id

    @contextmanager
    def open(self, *, write: bool) -> Iterator[Env]:
        with unit().as_user(self._known.user_id, write=write) as env:
            if not self._tokens.holds(env, self._token):
                raise SignedOut(_("This token is not valid."))
            yield env

    def note_use(self) -> None:
        self._tokens.touch(self._known)


class _Browser:
    def __init__(self, known: KnownSession) -> None:
        self._known = known

    @property
    def user_id(self) -> int:
        return self._known.user_id

    def open(self, *, write: bool) -> AbstractContextManager[Env]:
        return unit().open(self._known, write=write)

    def note_use(self) -> None:
        unit().sessions.touch(self._known)


def _bearer() -> Caller:
    header = request.headers["Authorization"]
    token = header[len(BEARER) :].strip() if header.lower().startswith(BEARER) else ""
    tokens: Tokens = current_app.extensions.setdefault("ninekcrm_tokens", Tokens(current_app.config["SITE"]))
    known = tokens.find(token) if token else None
    if known is None:
        raise SignedOut(_("This token is not valid."))
    return _Bearer(token, known, tokens)


def _browser() -> Caller:
    known = unit().who()
    if known is None:
        raise SignedOut()
    csrf.check()
    if known.must_change_password:
        raise Forbidden(_("Please choose a password of your own before you go on."))
    return _Browser(known)


def _answer(env: Env, view: Callable[..., Response], arguments: Mapping[str, Any]) -> Response:
    if _writes():
        return once(env, lambda: view(env, **arguments))
    return view(env, **arguments)


def _writes() -> bool:
    return request.method not in csrf.SAFE
