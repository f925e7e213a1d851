import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import IO

import pytest
from flask import g
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from addons.base.services import CompanySettings
from core.clock import frozen
from core.config import Settings
from core.errors import Forbidden, Invalid
from core.files.store import Content, keep
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

NEEDED = {"name": "宏岳自動化設備股份有限公司"}


def test_settings_are_stored_and_seen_by_everybody(cast: Cast) -> None:
    with cast.env("admin") as env:
        env.service(CompanySettings).save({**NEEDED, "business_number": "04595257", "accent": "#0a7f55"})

    with cast.env("sales", write=False) as env:
        assert env.setting("company.name") == "宏岳自動化設備股份有限公司"
        assert env.setting("company.business_number") == "04595257"
        assert env.setting("company.accent") == "#0a7f55"
        assert env.setting("company.currency") is None
        assert env.service(CompanySettings).values()["currency"] == "TWD"


def test_settings_leave_history_of_what_changed(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env:
        env.service(CompanySettings).save(NEEDED)
    with cast.env("admin") as env:
        env.service(CompanySettings).save({**NEEDED, "phone": "02-2990-6688"})

    with site.system("look", write=False) as env:
        entries = env.session.scalars(select(Change).where(Change.model == "settings").order_by(Change.id)).all()
        assert entries[-1].changes == {"phone": [None, "02-2990-6688"]}
        assert entries[-1].user_id == cast.admin


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({**NEEDED, "business_number": "12345678"}, "business_number"),
        ({**NEEDED, "accent": "red"}, "accent"),
        ({**NEEDED, "currency": "XXX"}, "currency"),
        ({**NEEDED, "locales": []}, "locales"),
        ({**NEEDED, "timezone": "Mars/Olympus"}, "timezone"),
        ({**NEEDED, "locale": "en", "locales": ["zh_Hant_TW"]}, "locale"),
        ({**NEEDED, "phone": "abc"}, "phone"),
    ],
)
def test_settings_that_make_no_sense_are_refused(cast: Cast, values: dict[str, object], field: str) -> None:
    with cast.env("admin") as env, pytest.raises(Invalid) as refused:
        env.service(CompanySettings).save(values)

    assert list(refused.value.fields) == [field]


def test_settings_are_edited_by_those_who_may(cast: Cast) -> None:
    for username in ("sales", "manager", "gm", "accountant"):
        with cast.env(username) as env, pytest.raises(Forbidden):
            env.service(CompanySettings).save(NEEDED)


def test_language_of_the_company_is_the_default(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env:
        env.service(CompanySettings).save({**NEEDED, "locale": "en"})

    with site.system("look", write=False) as env:
        assert env.locale == "en"


def test_time_zone_of_the_company_decides_its_dates(cast: Cast) -> None:
    with cast.env("admin") as env:
        assert env.service(CompanySettings).values()["timezone"] == "Asia/Taipei"
        env.service(CompanySettings).save({**NEEDED, "timezone": "America/New_York"})

    with cast.env("sales", write=False) as env, frozen(datetime(2026, 3, 11, 1, tzinfo=UTC)):
        assert (env.company_timezone.key, env.today) == ("America/New_York", date(2026, 3, 10))


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 20), "#2f5fd0").save(made, "PNG")
    return made.getvalue()


def send_logo(visitor: Visitor, content: bytes) -> TestResponse:
    form = {"name": "宏岳自動化", "locale": "en", "locales": "en", "currency": "TWD", "accent": "#0a7f55"}
    return visitor.post("/settings/company", form | {"logo": (io.BytesIO(content), "logo.png")})


def test_logo_is_unpacked_while_nobody_waits_for_the_database(
    visit: Callable[..., Visitor], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_open: list[bool] = []

    def noted(settings: Settings, stream: IO[bytes]) -> Content:
        is_open.append("env" in g)
        return keep(settings, stream)

    monkeypatch.setattr("core.files.incoming.keep", noted)

    answer = send_logo(visit("admin"), picture())

    assert answer.status_code == 303, answer.text
    assert is_open == [False]
    assert visit().get("/logo").status_code == 200


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7", "Please choose a picture: PNG, JPEG or WebP."),
        (picture()[:60], "This picture cannot be read."),
        (b"", "The file is empty."),
    ],
)
def test_a_logo_that_is_no_picture_is_refused_at_its_field(
    visit: Callable[..., Visitor], site: Site, content: bytes, message: str
) -> None:
    answer = send_logo(visit("admin"), content)

    assert answer.status_code == 422
    assert re.search(rf'href="#[^"]*logo"[^>]*>[^<]*{re.escape(message)}', answer.text)
    assert "宏岳自動化" in answer.text
    with site.system("look", write=False) as env:
        assert env.setting("company.name") != "宏岳自動化"


def test_only_who_may_edit_the_settings_sends_a_logo(visit: Callable[..., Visitor]) -> None:
    assert send_logo(visit("sales"), picture()).status_code == 403
