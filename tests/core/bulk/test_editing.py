"""Editing many records at once: which fields, which records, what is told, and undoing it."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from addons.customer.models import Customer
from core.access.models import FieldGrant, Grant, Role, ShareLevel
from core.bulk.models import BulkAct, BulkRecord
from core.jobs import showing, worker
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[[str], Visitor]
URL = "/customer/bulk/edit"


@pytest.fixture
def customers(cast: Cast) -> list[int]:
    with cast.env("sales") as env:
        service = env.records(Customer)
        levels = ("A", "B", None)
        return [int(service.create({"name": f"客戶 {n}", "level": level}).id) for n, level in enumerate(levels)]


def sent(ids: list[int], step: str = "do", **values: str | list[str]) -> MultiDict[str, str]:
    given = {"ids": "|".join(map(str, ids)), "step": step, **values}
    return MultiDict([(k, each) for k, v in given.items() for each in ([v] if isinstance(v, str) else v)])


def values(site: Site, name: str) -> list[object]:
    with site.system("test", write=False) as env:
        return list(env.session.scalars(select(getattr(Customer, name)).order_by(Customer.id)))


def undo_of(visitor: Visitor) -> str:
    found = re.search(r'action="(/undo/bulk/\d+)"', visitor.get("/customer").text)
    assert found is not None
    return found[1]


def restrict(site: Site, role: str, field: str, level: str) -> None:
    with site.system("test") as env:
        id = env.connection_of_core.scalar(select(Role.id).where(Role.preset == role))
        row = {"role_id": id, "model": "customer", "field": field, "level": level}
        env.connection_of_core.execute(FieldGrant.__table__.insert().values(**row))
        bump(env.connection_of_core, "organisation")


def test_several_fields_are_set_and_cleared(site: Site, visit: Visit, customers: list[int]) -> None:
    given = {"way-level": "set", "level": "C", "way-industry": "clear", "source": "ignored"}

    answer = visit("manager").post(URL, sent(customers, **given))

    assert answer.status_code == 303
    assert values(site, "level") == ["C", "C", "C"]


def test_the_preview_counts_and_changes_nothing(site: Site, visit: Visit, customers: list[int]) -> None:
    text = visit("manager").post(URL, sent(customers, "preview", **{"way-level": "set", "level": "A"})).text

    assert "2 records will change" in text
    assert re.search(r"1</span>\s*have these values already", text)
    assert "Level: A" in text
    assert values(site, "level") == ["A", "B", None]


def test_the_preview_tells_who_would_fail_and_why(site: Site, visit: Visit, customers: list[int]) -> None:
    given = {"way-parent_id": "set", "parent_id": str(customers[0])}

    text = visit("manager").post(URL, sent(customers, "preview", **given)).text

    assert "1 of the first 3 cannot be changed" in text
    assert "2 records will change" in text
    assert "This customer cannot be part of its own group." in text
    assert values(site, "parent_id") == [None, None, None]


def test_what_fails_is_told_and_the_rest_is_stored(site: Site, visit: Visit, customers: list[int]) -> None:
    visitor = visit("manager")

    visitor.post(URL, sent(customers, **{"way-parent_id": "set", "parent_id": str(customers[0])}))

    assert values(site, "parent_id") == [None, customers[0], customers[0]]
    html = visitor.get("/customer").text
    assert "2 records changed" in html
    assert "Not done for 1 record: 客戶 0: Parent customer: This customer cannot be part of its own group." in html
    assert "客戶 0" in visitor.get("/bulk/1").text
    assert "This customer cannot be part of its own group." in visitor.get("/bulk/1/missed.csv").text


def test_choices_are_added_to_and_taken_from(site: Site, visit: Visit, customers: list[int]) -> None:
    visitor = visit("manager")
    codes = _tags(site)

    visitor.post(URL, sent(customers[:2], **{"way-tags": "set", "tags": codes[:1]}))
    visitor.post(URL, sent(customers, **{"way-tags": "add", "tags": codes[1:2]}))
    added = values(site, "tags")
    visitor.post(URL, sent(customers, **{"way-tags": "remove", "tags": codes[:1]}))

    assert added == [codes[:2], codes[:2], codes[1:2]]
    assert values(site, "tags") == [codes[1:2], codes[1:2], codes[1:2]]


def _tags(site: Site) -> list[str]:
    with site.system("test", write=False) as env:
        return list(env.lists.values("customer.tag"))[:2]


def test_it_is_undone_where_nobody_has_changed_it_since(
    site: Site, cast: Cast, visit: Visit, customers: list[int]
) -> None:
    visitor = visit("manager")
    visitor.post(URL, sent(customers, **{"way-level": "set", "level": "C"}))
    url = undo_of(visitor)
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customers[1]), {"level": "D"})

    answer = visitor.post(url)

    assert values(site, "level") == ["A", "D", None]
    page = visitor.get(answer.headers["Location"]).text
    assert "Changed since, and kept: Level" in page
    assert visitor.post(url).status_code == 409


def test_only_who_did_it_may_read_and_undo_it(visit: Visit, customers: list[int]) -> None:
    visit("manager").post(URL, sent(customers, **{"way-level": "set", "level": "C"}))

    assert visit("gm").get("/bulk/1").status_code == 404
    assert visit("gm").get("/bulk/1/missed.csv").status_code == 404
    assert visit("gm").post("/undo/bulk/1").status_code == 404


def test_the_grant_is_asked_for(site: Site, visit: Visit, customers: list[int]) -> None:
    assert URL not in visit("sales").get("/customer").text
    assert visit("sales").get(f"{URL}?ids={customers[0]}").status_code == 404
    assert visit("sales").post(URL, sent(customers, **{"way-level": "set", "level": "C"})).status_code == 404
    assert URL in visit("manager").get("/customer").text
    assert values(site, "level") == ["A", "B", None]


def test_nobody_edits_what_they_do_not_see_or_may_only_see(
    site: Site, cast: Cast, visit: Visit, customers: list[int]
) -> None:
    with cast.env("sales2") as env:
        service = env.records(Customer)
        hidden, shared = (
            service.create({"name": "看不見", "level": "A"}),
            service.create({"name": "分享", "level": "A"}),
        )
        hidden_id, shared_id = int(hidden.id), int(shared.id)
    with cast.env("gm") as env:
        shared = env.get(Customer, shared_id)
        env.records(Customer).share(shared, user=cast.manager, level=ShareLevel.EDIT)
    visitor = visit("manager")
    ids = [customers[0], hidden_id, shared_id]

    preview = visitor.post(URL, sent(ids, "preview", **{"way-level": "set", "level": "D"})).text
    visitor.post(URL, sent(ids, **{"way-level": "set", "level": "D"}))

    assert "看不見" not in preview
    assert re.search(r"1</span>\s*are not yours to edit", preview)
    assert values(site, "level") == ["D", "B", None, "A", "A"]
    assert "分享: You are not allowed to do this." in visitor.get("/customer").text


@pytest.mark.parametrize("level", ["hidden", "masked", "read"])
def test_a_field_that_one_may_not_edit_is_neither_offered_nor_written(
    site: Site, visit: Visit, customers: list[int], level: str
) -> None:
    restrict(site, "manager", "level", level)
    visitor = visit("manager")

    form = visitor.get(f"{URL}?ids={customers[0]}").text
    answer = visitor.post(URL, sent(customers, **{"way-level": "set", "level": "C"}))

    assert 'name="way-industry"' in form
    assert 'name="way-level"' not in form
    assert answer.status_code == 422
    assert values(site, "level") == ["A", "B", None]


def test_owner_and_number_are_not_offered(visit: Visit, customers: list[int]) -> None:
    form = visit("manager").get(f"{URL}?ids={customers[0]}").text

    assert not re.search(r'name="way-(owner_id|number|last_visit_on)"', form)
    assert "Edit 1 record" in form


def test_wrong_values_stay_in_the_dialog(site: Site, visit: Visit, customers: list[int]) -> None:
    visitor = visit("manager")

    nothing = visitor.post(URL, sent(customers, "preview"))
    empty = visitor.post(URL, sent(customers, "preview", **{"way-level": "set", "level": ""}))
    wrong = visitor.post(URL, sent(customers, "preview", **{"way-next_contact_on": "set", "next_contact_on": "soon"}))

    assert "Choose at least one field." in nothing.text
    assert (empty.status_code, "Please fill in this field." in empty.text) == (422, True)
    assert 'value="soon"' in wrong.text


def test_a_link_leads_only_to_what_one_sees(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    with cast.env("sales2") as env:
        other = int(env.records(Customer).create({"name": "看不見"}).id)

    answer = visit("manager").post(URL, sent(customers, **{"way-parent_id": "set", "parent_id": str(other)}))

    assert "Please choose an existing record." in answer.text
    assert "看不見" not in answer.text


def test_many_are_edited_in_the_background_and_undone(site: Site, cast: Cast, visit: Visit) -> None:
    with cast.env("sales") as env:
        for number in range(60):
            env.records(Customer).create({"name": f"客戶 {number}", "level": "A"})
    visitor = visit("manager")
    given = sent([], **{"all": "/customer?filter=name:contains:客戶", "way-level": "set", "level": "B"})

    job = visitor.post(URL, given).headers["Location"]
    worker.execute(site, int(job.rsplit("/", 1)[1]))
    with cast.env("manager", write=False) as env:
        shown = showing.shown(env, int(job.rsplit("/", 1)[1]))
    after = set(values(site, "level"))
    assert shown.result is not None
    undo = visitor.post(shown.result.undo_url).headers["Location"]
    worker.execute(site, int(undo.rsplit("/", 1)[1]))

    assert str(shown.result.text) == "60 records changed"
    assert after == {"B"}
    assert set(values(site, "level")) == {"A"}


def test_a_right_that_was_taken_away_counts_when_undoing(site: Site, visit: Visit, customers: list[int]) -> None:
    visitor = visit("manager")
    visitor.post(URL, sent(customers, **{"way-level": "set", "level": "C"}))
    with site.system("test") as env:
        taken = (Grant.model == "customer", Grant.action == "edit")
        env.connection_of_core.execute(update(Grant.__table__).where(*taken).values(scope="none"))
        bump(env.connection_of_core, "organisation")

    visitor.post("/undo/bulk/1")

    assert values(site, "level") == ["C", "C", "C"]
    with site.system("test", write=False) as env:
        kept = set(env.connection_of_core.scalars(select(BulkRecord.kept).where(BulkRecord.act_id == BulkAct.id)))
    assert kept == {"You are not allowed to do this."}


def test_what_one_did_is_listed_for_undoing_later(visit: Visit, customers: list[int]) -> None:
    visitor = visit("manager")
    visitor.post(URL, sent(customers, **{"way-level": "set", "level": "C"}))
    visitor.post(URL, sent(customers[:1], **{"way-level": "set", "level": "B"}))
    visitor.post("/undo/bulk/2")

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", visitor.get("/bulk").text))

    assert re.search(r"Edit: Customers .*? 1 undone .*Edit: Customers .*? 3 can be undone", text)
    assert "Edit: Customers" not in visit("gm").get("/bulk").text
    assert 'href="/bulk"' in visitor.get("/jobs").text
