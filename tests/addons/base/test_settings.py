import pytest
from sqlalchemy import select

from addons.base.services import CompanySettings
from core.errors import Forbidden, Invalid
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast

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
