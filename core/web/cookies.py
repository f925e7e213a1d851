"""The cookies: the session's token, a random mark of browsers not signed in, and a chosen language."""

from __future__ import annotations

from flask import Response, current_app, g, request

SESSION, ANONYMOUS, LANGUAGE = "9kcrm", "9kcrm_visit", "lang"


def is_https() -> bool:
    """Whether the browser speaks https to us, or to the proxy in front."""
    public: str | None = current_app.config["SITE"].settings.public_url
    return request.is_secure or bool(public and public.startswith("https:"))


def session_token() -> str:
    """The token that the browser sent, "" if none. A request that has just signed in has the new one."""
    if "new_session" in g:
        return str(g.new_session)
    return request.cookies.get(_name(SESSION), "")


def anonymous_token() -> str:
    """The mark of a browser that is not signed in, "" if it has none."""
    return request.cookies.get(_name(ANONYMOUS), "")


def keep_session(token: str) -> None:
    """Gives the browser this session with the response; "" takes it away."""
    g.new_session = token


def add_to(response: Response) -> None:
    """Sets the cookies that this request decided on."""
    if "new_session" in g:
        days = current_app.config["SITE"].settings.session_days
        _set(response, _name(SESSION), g.new_session, days * 86400 if g.new_session else 0)
    if "new_anonymous" in g:
        _set(response, _name(ANONYMOUS), g.new_anonymous, None)
    if "new_language" in g:
        _set(response, LANGUAGE, g.new_language, 365 * 86400)


def _name(name: str) -> str:
    # The prefix makes browsers refuse a cookie that another host of the same domain has planted.
    return f"__Host-{name}" if is_https() else name


def _set(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=is_https(), httponly=True, samesite="Lax")
