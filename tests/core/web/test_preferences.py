"""Language, theme, density and time zone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from core.orm.settings import write_settings
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from core.web.signed_in import browser_name

Visit = Callable[..., Visitor]
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


def test_preferences_are_kept(visit: Visit, cast: Cast) -> None:
    wanted = {"locale": "zh_Hans_CN", "theme": "dark", "density": "comfortable", "timezone": "Asia/Tokyo"}

    assert visit("sales").post("/preferences", wanted).status_code == 303

    with cast.env("sales") as env:
        member = env.actor.member
    assert {name: getattr(member, name) for name in wanted} == wanted
    page = visit("sales", locale="en").get("/preferences").text
    assert '<html lang="zh-Hans-CN" data-theme="dark" data-bs-theme="dark" data-density="comfortable"' in page


@pytest.mark.parametrize(
    "wrong", [{"theme": "pink"}, {"density": "huge"}, {"locale": "fr"}, {"timezone": "Mars/Olympus"}]
)
def test_a_value_that_is_not_offered_is_refused(visit: Visit, cast: Cast, wrong: dict[str, str]) -> None:
    good = {"locale": "", "theme": "auto", "density": "compact", "timezone": "Asia/Taipei"}

    assert visit("sales").post("/preferences", good | wrong).status_code == 422
    assert visit("sales").post("/preferences/theme", {"theme": "pink"}).status_code == 422


def test_who_chose_no_time_zone_follows_the_company(visit: Visit, site: Site, cast: Cast) -> None:
    def zone() -> str:
        with cast.env("sales", write=False) as env, site.system("look", write=False) as system:
            assert env.timezone == env.company_timezone == system.timezone
            return env.timezone.key

    before = zone()
    with site.system("settings") as env:
        write_settings(env.connection_of_core, {"company.timezone": "Asia/Tokyo"})

    assert (before, zone()) == ("Asia/Taipei", "Asia/Tokyo")
    assert '<option selected value="">As the company (Asia/Tokyo)</option>' in visit("sales").get("/preferences").text


def test_a_time_zone_of_one_s_own_can_be_given_up_again(visit: Visit, cast: Cast) -> None:
    wanted = {"locale": "", "theme": "auto", "density": "compact"}
    for chosen, zone in (("Europe/Berlin", "Europe/Berlin"), ("", "Asia/Taipei")):
        assert visit("sales").post("/preferences", wanted | {"timezone": chosen}).status_code == 303

        with cast.env("sales", write=False) as env:
            assert (env.actor.member.timezone, env.timezone.key) == (chosen or None, zone)


def test_one_session_is_ended_and_the_others_stay(visit: Visit) -> None:
    here, there, elsewhere = visit("sales"), visit("sales"), visit("sales2")
    found = re.findall(r'action="(/preferences/sessions/\d+/end)"', here.get("/preferences").text)
    foreign = re.findall(r'action="(/preferences/sessions/\d+/end)"', there.get("/preferences").text)

    assert here.post(found[0]).status_code == 303
    assert elsewhere.post(foreign[0]).status_code == 303

    assert len(found) == 1
    assert there.get("/preferences").status_code == 303
    assert here.get("/preferences").status_code == 200
    assert "/preferences/sessions/" not in here.get("/preferences").text.replace("/preferences/sessions/end", "")


def test_a_token_is_shown_once_works_and_is_revoked(visit: Visit, app: Flask) -> None:
    visitor = visit("sales")
    made = visitor.post("/preferences/tokens", {"name": "  accounting  "})
    token = re.findall(r"9k_[\w-]{20,}", made.text)[0]
    program = ApiClient(app, token)
    working = program.get("/customer").status_code
    page = visitor.get("/preferences").text

    revoke = re.findall(r'action="(/preferences/tokens/\d+/revoke)"', page)[0]
    others = visit("sales2").post(revoke).status_code
    still = program.get("/customer").status_code
    visitor.post(revoke)

    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    assert ("accounting" in page, token in page) == (True, False)
    assert (working, others, still, program.get("/customer").status_code) == (200, 404, 200, 401)
    assert "accounting" not in visitor.get("/preferences").text


def test_a_token_wants_a_name(visit: Visit) -> None:
    visitor = visit("sales")

    assert visitor.post("/preferences/tokens", {"name": " "}).status_code == 422
    assert visitor.get("/preferences/tokens").location == "/preferences"
    assert "/revoke" not in visitor.get("/preferences").text


def test_preferences_leave_the_record_of_the_user_alone(visit: Visit, cast: Cast) -> None:
    from core.access.models import User

    visit("sales").post("/preferences/theme", {"theme": "dark"})

    with cast.env("admin") as env:
        user = env.get(User, cast.sales)
        assert (user.version, user.theme) == (1, "dark")


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN", "zh-Hans-CN"),
        ("zh-TW,en;q=0.5", "zh-Hant-TW"),
        ("zh-HK", "zh-Hant-TW"),
        ("fr,en;q=0.3", "en"),
        ("fr", "zh-Hant-TW"),
        ("", "zh-Hant-TW"),
    ],
)
def test_who_chose_no_language_gets_the_browsers(visit: Visit, header: str, lang: str) -> None:
    for visitor in (visit(locale=header), visit("sales", locale=header)):
        for path in ("/signin", "/preferences", "/no/such/page/at/all"):
            answer = visitor.get(path)
            if answer.status_code != 303:
                assert f'<html lang="{lang}"' in answer.text, path


def test_a_browser_without_a_wish_gets_the_sites_language(visit: Visit, site: Site) -> None:
    with site.system("settings") as env:
        write_settings(env.connection_of_core, {"company.locale": "en"})

    assert '<html lang="en"' in visit(locale="fr").get("/signin").text


def test_anybody_may_choose_a_language_which_the_browser_remembers(app: Flask) -> None:
    client = app.test_client()

    assert '<html lang="zh-Hans-CN"' in client.get("/signin?lang=zh-Hans-CN").text
    assert '<html lang="zh-Hans-CN"' in client.get("/signin").text
    assert '<html lang="zh-Hans-CN"' in client.get("/signin?lang=klingon").text


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("zh-TW", "zh-Hant-TW"),
        ("zh_TW", "zh-Hant-TW"),
        ("zh_Hant_TW", "zh-Hant-TW"),
        ("zh", "zh-Hant-TW"),
        ("zh-CN", "zh-Hans-CN"),
        ("ZH-hans", "zh-Hans-CN"),
        ("en-GB", "en"),
        ("english", "zh-Hant-TW"),
    ],
)
def test_languages_go_by_all_their_usual_names(app: Flask, asked: str, lang: str) -> None:
    assert f'<html lang="{lang}"' in app.test_client().get(f"/signin?lang={asked}").text


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"{WINDOWS} Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0", "Edge · Windows"),
        (f"{WINDOWS} Chrome/149.0.0.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/149.0.0.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.5.0", "curl/8.5.0"),
    ],
)
def test_browsers_are_called_by_their_names(agent: str, name: str) -> None:
    assert browser_name(agent) == name
