"""The page on which somebody's records are handed over, and the command."""

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from addons.customer.models import Customer, Visit
from core.access.models import User
from core.cli import cli
from core.jobs import worker
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit_ = Callable[[str], Visitor]


@pytest.fixture
def customers(cast: Cast) -> list[int]:
    with cast.env("sales") as env:
        ids = [int(env.records(Customer).create({"name": f"客戶 {n}"}).id) for n in range(5)]
        env.records(Visit).create({"customer_id": ids[0], "content": "看廠"})
    return ids


def owners(site: Site) -> dict[int | None, int]:
    with site.system("test", write=False) as env:
        counted = select(Customer.owner_id, func.count()).group_by(Customer.owner_id)
        return dict(env.session.execute(counted).all())


def sent(step: str, **given: str) -> dict[str, str]:
    return {"step": step, "of_customer": "above", "of_visit": "stays", "reason": "離職", **given}


def test_the_page_shows_what_there_is(cast: Cast, visit: Visit_, customers: list[int]) -> None:
    admin = visit("admin")

    text = re.sub(r"<[^>]+>", " ", admin.get(f"/user/{cast.sales}/leave").text)

    assert "Hand over and mark as left" in admin.get(f"/user/{cast.sales}").text
    assert "Hand over from 林怡君" in text
    assert re.search(r"Customers.*?\b5\b", text, re.S)
    assert re.search(r"Visits.*?\b1\b", text, re.S)


def test_preview_then_job(site: Site, cast: Cast, visit: Visit_, customers: list[int]) -> None:
    admin, url = visit("admin"), f"/user/{cast.sales}/leave"
    chosen = {"to": str(cast.manager), "others": str(cast.gm), "leaves": "1"}

    preview = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.post(url, sent("preview", **chosen)).text))
    before = owners(site)
    job = admin.post(url, sent("do", **chosen)).headers["Location"]
    worker.execute(site, int(job.rsplit("/", 1)[1]))

    assert "Customers 5 陳建宏 3 張淑芬 2" in preview
    assert "Visits 1 stays as it is" in preview
    assert before == {cast.sales: 5}
    assert owners(site) == {cast.manager: 3, cast.gm: 2}
    page = admin.get(job).text
    assert "5 records of 林怡君 handed over" in page
    assert "Customers: 3 to 陳建宏" in page
    with site.system("test", write=False) as env:
        assert env.get(User, cast.sales).state == "left"


def test_what_is_wrong_is_said_beside_it(site: Site, cast: Cast, visit: Visit_, customers: list[int]) -> None:
    admin, url = visit("admin"), f"/user/{cast.sales}/leave"

    nobody = admin.post(url, sent("preview"))
    blind = admin.post(url, sent("preview", to=str(cast.admin)))
    same = admin.post(url, sent("do", to=str(cast.sales)))

    assert (nobody.status_code, "Choose who takes over." in nobody.text) == (422, True)
    assert "王俊傑 has no role that may see Customers." in blind.text
    assert "Somebody else has to take over." in same.text
    assert owners(site) == {cast.sales: 5}


def test_two_people_at_once(cast: Cast, visit: Visit_, customers: list[int]) -> None:
    url, chosen = f"/user/{cast.sales}/leave", sent("do", to=str(cast.manager))
    visit("admin").post(url, chosen)

    again = visit("gm").post(url, chosen)

    assert again.status_code == 409
    assert "Somebody is handing over the records of this person already." in again.text


def test_a_department_takes_over_in_turn(site: Site, cast: Cast, visit: Visit_, customers: list[int]) -> None:
    with site.system("test", write=False) as env:
        department = env.get(User, cast.sales2).department_id

    job = visit("admin").post(f"/user/{cast.sales}/leave", sent("do", department=str(department))).headers["Location"]
    worker.execute(site, int(job.rsplit("/", 1)[1]))

    assert owners(site) == {cast.sales2: 5}


def test_who_may_not_has_no_page(cast: Cast, visit: Visit_, customers: list[int]) -> None:
    url = f"/user/{cast.sales}/leave"

    assert visit("sales2").get(url).status_code == 403
    assert visit("accountant").post(url, sent("do", to=str(cast.gm))).status_code == 403
    manager = visit("manager").get(url).text
    assert 'name="of_customer"' in manager
    assert 'name="leaves"' not in manager
    assert "There is more that only an administrator may hand over." in manager


def test_who_left_without_a_hand_over_is_noticed(site: Site, cast: Cast, visit: Visit_, customers: list[int]) -> None:
    admin, url = visit("admin"), f"/user/{cast.sales}"
    before = admin.get(url).text
    with cast.env("admin") as env:
        env.records(User).update(env.get(User, cast.sales), {"state": "disabled"})

    page = admin.get(url).text

    assert "still owns" not in before
    assert "林怡君 cannot sign in and still owns 5 records. Hand them over." in page
    assert f'href="{url}/leave"' in page


def test_command(site: Site, cast: Cast, customers: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINEKCRM_DATA", str(site.settings.data))
    monkeypatch.setenv("NINEKCRM_DATABASE_URL", site.settings.database_url)

    refused = CliRunner().invoke(cli, ["user", "leave", "sales", "--to", "admin"])
    done = CliRunner().invoke(cli, ["user", "leave", "sales", "--to", "manager", "--reason", "離職"])

    assert refused.exit_code == 1
    assert "王俊傑 has no role that may see Customers." in refused.output
    assert done.output.splitlines() == ["5 records of 林怡君 handed over", "Customers: 5 to 陳建宏"]
    assert owners(site) == {cast.manager: 5}
    with site.system("test", write=False) as env:
        assert env.get(User, cast.sales).state == "left"
