"""One request is one unit of work: who asks is found out, a transaction opened, and stored or undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from core.errors import AppError, Forbidden, NotFound
from core.i18n import DEFAULT_LOCALE, _, use_locale
from core.web import access, cookies, csrf, hosts, language
from core.web.maintenance import Maintenance
from core.web.sessions import Known, Sessions

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

ANONYMOUS_BYTES = 64 * 1024
"""What somebody may send who has not signed in: a small form."""

UNDONE_FROM = 400
"""A view that answers with such a status has failed: what it wrote is undone."""


class SignedOut(AppError):
    """The page is for people who are signed in."""

    code = "unauthorized"
    default = _("Please sign in first.")


class _Undo(Exception):
    """Carries the response of a view that failed out of the transaction, so that it is rolled back."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class UnitOfWork:
    """Runs views. `addon_of` names the addon behind a blueprint, whose pages are gone while it is off."""

    def __init__(self, app: Flask, site: Site) -> None:
        self._app, self._site = app, site
        self.sessions = Sessions(site)
        self.maintenance = Maintenance(site)
        self.addon_of: dict[str, str] = {}

    def run(self, view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        """What the matched view answers to the current request."""
        self.maintenance.check(request.path)
        function = self._app.view_functions[request.endpoint or ""]
        if access.checks_itself(function):
            return view()
        if access.is_public(function):
            self._check_addon_first()
            return self._anonymous(view)
        known = self.who()
        if known is None:
            return self._ask_to_sign_in()
        csrf.check()
        receive()
        if known.must_change_password and not request.path.startswith("/password"):
            return redirect("/password", 303)
        try:
            response = self._signed_in(view, known, function)
        except SignedOut:
            return self._ask_to_sign_in()
        self.sessions.touch(known)
        return response

    def _signed_in(
        self, view: Callable[[], ResponseReturnValue], known: Known, function: Callable[..., Any]
    ) -> ResponseReturnValue:
        g.known = known
        if access.opens_itself(function):
            self._check_addon_first()
            return view()
        if prepare := access.preparation_of(function):
            self._check_addon_first()
            prepare()

        def checked(env: Env) -> ResponseReturnValue:
            self._check_addon(env)
            return view()

        return self.stored(self.open(known), checked)

    def stored(self, opened: AbstractContextManager[Env], view: Callable[[Env], ResponseReturnValue]) -> Response:
        """What the view answers inside the transaction, which is undone if that says that it failed."""
        try:
            with opened as env:
                response = self._app.make_response(view(env))
                if response.status_code >= UNDONE_FROM:
                    raise _Undo(response)
        except _Undo as undone:
            return undone.response
        return response

    def who(self) -> Known | None:
        """The session that the browser's cookie belongs to."""
        token = cookies.session_token()
        return self.sessions.find(token) if token else None

    @contextmanager
    def open(self, known: Known, *, write: bool | None = None) -> Iterator[Env]:
        """The transaction by the session's user as `g.env`. Raises `SignedOut` if the session has ended."""
        if write is None:
            write = request.method not in csrf.SAFE
        with self.as_user(known.user_id, write=write) as env:
            if not self.sessions.is_current(env, cookies.session_token(), known):
                raise SignedOut()
            yield env

    @contextmanager
    def as_user(self, user_id: int, *, write: bool) -> Iterator[Env]:
        """A transaction by that user as `g.env`, in their language."""
        with ExitStack() as stack:
            try:
                env = stack.enter_context(self._site.env(user_id, write=write))
            except Forbidden as error:
                raise SignedOut() from error
            env.locale = g.locale = language.for_reader(env)
            stack.enter_context(use_locale(env.locale))
            env.request.update(origin())
            g.env = env
            try:
                yield env
            finally:
                g.pop("env")
                g.pop("frame", None)

    def _anonymous(self, view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        request.max_content_length = ANONYMOUS_BYTES
        csrf.check()
        if request.blueprint == "assets":
            return view()
        g.locale = language.chosen() or self._default_language()
        with use_locale(g.locale):
            return self._app.make_response(view())

    def _default_language(self) -> str:
        """The site's, for browsers that want none of ours; the product's while the database is away."""
        try:
            with self._site.system("default language", write=False) as env:
                return self._site.default_locale(env)
        except SQLAlchemyError:
            return DEFAULT_LOCALE

    def _check_addon_first(self) -> None:
        """Raises `NotFound` while the addon is off, for a view that runs, or begins to, outside a transaction."""
        if request.blueprint in self.addon_of:
            with self._site.system("is the addon on", write=False) as env:
                self._check_addon(env)

    def _check_addon(self, env: Env) -> None:
        addon = self.addon_of.get(request.blueprint or "")
        if addon is not None and addon not in env.enabled:
            raise NotFound()

    def _ask_to_sign_in(self) -> ResponseReturnValue:
        if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
            raise SignedOut()
        wanted = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else _page_before()
        return redirect(sign_in_url(wanted), 303)


def receive() -> None:
    """Reads the body before the transaction begins, so that a slow line holds no lock."""
    if request.method not in csrf.SAFE:
        if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded"):
            _ = request.form
        else:
            request.get_data()


def origin() -> dict[str, str]:
    """Where the request comes from, for the log of sign-ins and of the system's accesses."""
    return {"address": request.remote_addr or "", "agent": request.headers.get("User-Agent", "")[:300]}


def sign_in_url(wanted: str) -> str:
    """The sign-in page, leading on to `wanted`."""
    from urllib.parse import urlencode

    return "/signin?" + urlencode({"next": wanted}) if wanted not in ("", "/") else "/signin"


def _page_before() -> str:
    """The page whose form was sent, as far as it is ours."""
    referrer = request.referrer or ""
    if not referrer.startswith(request.host_url):
        return "/"
    path = referrer.removeprefix(request.host_url.rstrip("/"))
    return path if hosts.is_local(path) else "/"
