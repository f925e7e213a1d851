"""The hook that lets an outside directory say who may sign in."""

from collections.abc import Callable
from typing import Any

import pytest

from core.access import users
from core.access.models import User
from core.errors import Forbidden
from core.site import Site
from core.testing.cast import PASSWORD, Cast
from core.testing.web import Visitor
from tests.core.addons.listening import Stumble, listen, prove


def test_hook_authenticate(site: Site, cast: Cast) -> None:
    def sign_in(username: str, password: str) -> int | None:
        with site.system("sign in", write=False) as env:
            return users.verify_password(env, username, password)

    def fire() -> None:
        try:
            sign_in("sales", PASSWORD)
        except users.SignInUnavailable as error:
            raise error.__cause__ or error from None

    prove(site, "authenticate", fire)
    known = {"manager": "from the directory", "nobody": "from the directory", "sales2": "from the directory"}
    listen(site, "authenticate", lambda username, password: known[username] == password if username in known else None)
    with cast.env("admin") as env:
        users.disable(env, env.get(User, cast.sales2))

    assert sign_in("manager", "from the directory") == cast.manager
    assert sign_in("manager", PASSWORD) is None
    assert sign_in("sales", PASSWORD) == cast.sales
    assert sign_in("sales", "wrong") is None
    assert sign_in("nobody", "from the directory") is None
    assert sign_in("sales2", "from the directory") is None


def test_hook_authenticate_that_fails_lets_nobody_in(
    site: Site, cast: Cast, visit: Callable[..., Visitor], caplog: pytest.LogCaptureFixture
) -> None:
    def directory(username: str, **_: Any) -> bool | None:
        if username == "manager":
            raise Stumble
        if username == "gm":
            raise Forbidden("Your account in the directory is locked.")
        return None

    calls = listen(site, "authenticate", directory)

    for _ in range(3):
        with pytest.raises(users.SignInUnavailable), site.system("sign in", write=False) as env:
            users.verify_password(env, "manager", PASSWORD)
    refused, told = visit().sign_in("manager", PASSWORD), visit().sign_in("gm", PASSWORD)

    assert (refused.status_code, told.status_code) == (503, 403)
    assert "Signing in is not possible at the moment." in refused.text
    assert "Your account in the directory is locked." in told.text
    assert "Set-Cookie" not in refused.headers or "session" not in refused.headers["Set-Cookie"]
    assert "The hook authenticate of the addon one failed." in caplog.text
    assert "Traceback" in caplog.text
    assert len(calls) == 5
    assert visit().sign_in("sales", PASSWORD).status_code == 303


def test_hook_authenticate_is_never_switched_off(site: Site, cast: Cast) -> None:
    def fails(**_: Any) -> bool | None:
        raise Stumble

    listen(site, "authenticate", fails)

    for _ in range(12):
        with pytest.raises(users.SignInUnavailable), site.system("sign in", write=False) as env:
            users.verify_password(env, "sales", PASSWORD)


def test_hook_authenticate_of_several_the_first_that_knows_them_decides(site: Site, cast: Cast) -> None:
    listen(site, "authenticate", lambda **_: None, lambda **_: False, lambda **_: True)

    with site.system("sign in", write=False) as env:
        assert users.verify_password(env, "sales", PASSWORD) is None


def test_hook_authenticate_does_not_get_around_the_lock_out(
    site: Site, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    listen(site, "authenticate", lambda password, **_: password == "from the directory")
    browser = visit()

    for _ in range(30):
        browser.sign_in("manager", "wrong")
    answer = browser.sign_in("manager", "from the directory")

    assert answer.status_code == 429
