"""Probable duplicates: keys that stay true on every way of writing, and hits that tell no more than they may."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql

from addons.customer.models import Customer
from core import merging
from core.api import email_key, phone_key, text_key
from core.duplicates import finding, store
from core.duplicates.tables import DuplicateKey, DuplicateLook
from core.orm.model import describe
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.pages.conftest import restrict

Visit = Callable[[str], Visitor]


def made(cast: Cast, who: str = "sales", **values: Any) -> int:
    with cast.env(who) as env:
        return int(env.records(Customer).create({"name": "台榮精密股份有限公司"} | values).id)


def keys(site: Site, id: int) -> set[tuple[str, str]]:
    wanted = select(DuplicateKey.kind, DuplicateKey.key).where(DuplicateKey.record_id == id)
    with site.system("look", write=False) as env:
        return {(kind, key) for kind, key in env.connection_of_core.execute(wanted)}


def asked(visitor: Visitor, **values: str) -> str:
    answer = visitor.post("/customer/duplicates/check", values)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("(02) 2345-6789 #12", "886223456789"),
        ("+886 2 2345 6789", "886223456789"),
        ("+886 (0)2-2345-6789", "886223456789"),
        ("００８８６ ９１２ ３４５ ６７８", "886912345678"),
        ("0912-345-678 分機 3", "886912345678"),
        ("+1 212 555 0100", "12125550100"),
        ("123", ""),
    ],
)
def test_numbers_written_differently_have_one_key(typed: str, key: str) -> None:
    assert phone_key(typed) == key


def test_keys_that_begin_alike_stand_together_in_databases_of_any_language() -> None:
    assert DuplicateKey.__table__.c.key.type.compile(postgresql.dialect()) == 'VARCHAR(100) COLLATE "C"'


def test_texts_written_differently_have_one_key() -> None:
    assert text_key("臺榮－Ａ 1") == "台榮a1"
    assert email_key(" Ann@Example.com") == "ann@example.com"


def test_keys_follow_what_is_written(site: Site, cast: Cast) -> None:
    id = made(cast, phone="02-2345-6789", email="A@example.com")
    first = keys(site, id)

    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, id), {"name": "宏岳", "email": None})
    changed = keys(site, id)
    with cast.env("gm") as env:
        act = env.records(Customer).delete(env.get(Customer, id))
    deleted = keys(site, id)
    with cast.env("gm") as env:
        env.records(Customer).restore(act)

    assert first == {("name", "台榮精密"), ("phone", "886223456789"), ("email", "a@example.com")}
    assert changed == {("name", "宏岳"), ("phone", "886223456789")}
    assert deleted == set()
    assert keys(site, id) == changed


def test_keys_of_many_at_once(site: Site, cast: Cast) -> None:
    with cast.env("gm") as env:
        ids = env.records(Customer).create_many([{"name": f"台榮{number}"} for number in range(3)]).ids.values()

    assert [keys(site, id) for id in ids] == [{("name", f"台榮{number}")} for number in range(3)]


def test_keys_after_a_merge_and_its_undoing(site: Site, cast: Cast) -> None:
    kept, other = made(cast), made(cast, name="台榮", phone="02-2345-6789")
    with cast.env("gm") as env:
        act = merging.merge(env, env.get(Customer, kept), [env.get(Customer, other)], {"phone": "02-2345-6789"})
    merged = keys(site, kept), keys(site, other)

    with cast.env("gm") as env:
        merging.undo(env, act)

    assert merged == ({("name", "台榮精密"), ("phone", "886223456789")}, set())
    assert keys(site, kept) == {("name", "台榮精密")}
    assert keys(site, other) == {("name", "台榮"), ("phone", "886223456789")}


def test_keys_are_made_anew(site: Site, cast: Cast) -> None:
    id, gone = made(cast), made(cast)
    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, gone))
    with site.system("forget") as env:
        env.connection_of_core.execute(delete(DuplicateKey))

        count = store.rebuild(env.connection_of_core, describe(Customer))

    assert count == 1
    assert keys(site, id) == {("name", "台榮精密")}
    assert keys(site, gone) == set()


def test_looking_up_is_quick_among_many(site: Site, cast: Cast) -> None:
    id = made(cast, phone="02-2345-6789")
    rows = [
        {"model": "customer", "kind": "phone", "key": f"8862{number:08}", "record_id": 1_000 + number}
        for number in range(20_000)
    ]
    with site.system("many") as env:
        env.connection_of_core.execute(insert(DuplicateKey), rows)

    with cast.env("sales") as env:
        started = time.process_time()
        for _turn in range(20):
            found = finding.find(env, Customer, {"phone": "(02)23456789"})
        took = (time.process_time() - started) / 20

    assert [hit.url for hit in found.hits] == [f"/customer/{id}"]
    assert took < 0.05


def test_one_that_may_be_opened_is_a_link(cast: Cast, visit: Visit) -> None:
    id = made(cast, tax_id="04595257")

    text = asked(visit("sales"), name="臺榮精密有限公司", tax_id="04595257")

    assert f'href="/customer/{id}"' in text
    assert "台榮精密股份有限公司" in text
    assert "Same unified business number, Same name" in text


def test_one_of_others_is_masked_and_tells_nothing_else(cast: Cast, visit: Visit) -> None:
    id = made(cast, "sales2", phone="02-2345-6789", note="機密", address="台南市")

    text = asked(visit("sales"), phone="0223456789")

    assert "台榮○○公司" in text
    assert "South" in text
    assert "<a " not in text
    # The address of the icons is the only one in it.
    told = re.sub(r"<svg.*?</svg>", "", text)
    for secret in ("精密", "機密", "台南", "2345", str(id), str(cast.sales2), "sales2"):
        assert secret not in told


def test_fields_that_are_hidden_are_not_compared(site: Site, cast: Cast, visit: Visit) -> None:
    made(cast, "sales2", phone="02-2345-6789")
    restrict(site, "salesperson", "customer", "phone", "masked")

    assert asked(visit("sales"), phone="0223456789") == ""


def test_who_asks_too_often_is_told_nothing_of_others_any_more(
    site: Site, cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FREE", 2)
    made(cast, "sales2", phone="02-2345-6781")
    made(cast, "sales2", phone="02-2345-6782", name="另一家")
    own = made(cast, name="自己的客戶")
    visitor = visit("sales")

    first = [asked(visitor, phone=f"022345678{digit}") for digit in (1, 1, 2)]
    then = asked(visitor, phone="0223456781")
    nobody = asked(visitor, phone="0299999999")
    mine = asked(visitor, name="自己的客戶")

    assert all("South" in text for text in first)
    assert "South" not in then
    assert then == nobody
    assert f'href="/customer/{own}"' in mine
    with site.system("look", write=False) as env:
        assert len(env.session.scalars(select(DuplicateLook.id)).all()) == 2


def test_the_record_itself_is_none(cast: Cast, visit: Visit) -> None:
    id = made(cast)

    assert asked(visit("sales"), name="台榮精密", record=str(id)) == ""
    assert visit("sales2").post("/customer/duplicates/check", {"record": str(id)}).status_code == 404


def test_without_scripts_the_form_asks_once(cast: Cast, visit: Visit) -> None:
    id = made(cast)
    visitor = visit("sales")
    form = {"name": "台榮精密", "kind": "company", "status": "potential"}
    assert 'name="stop_at_duplicates"' in visitor.get("/customer/new").text

    stopped = visitor.post("/customer/new", form | {"stop_at_duplicates": "1"})
    saved = visitor.post("/customer/new", form)

    assert stopped.status_code == 200
    assert f'href="/customer/{id}"' in stopped.text
    assert "Save anyway" in stopped.text
    assert 'name="stop_at_duplicates"' not in stopped.text
    assert saved.status_code == 303


def test_without_scripts_an_edit_asks_only_when_it_comes_closer(cast: Cast, visit: Visit) -> None:
    made(cast)
    other = made(cast, name="台榮")
    visitor = visit("sales")
    form = {"version": "1", "stop_at_duplicates": "1", "original": "{}", "kind": "company", "status": "potential"}

    closer = visitor.post(f"/customer/{other}/edit", form | {"name": "台榮精密"})
    same = visitor.post(f"/customer/{other}/edit", form | {"name": "台榮", "note": "x"})

    assert "Save anyway" in closer.text
    assert same.status_code == 303


def test_a_similar_name_is_told_after_the_same_one(cast: Cast, visit: Visit) -> None:
    made(cast, name="台榮精密機械股份有限公司")
    made(cast, name="臺榮精密有限公司")
    made(cast, name="台榮食品")

    text = asked(visit("sales"), name="台榮精密")

    assert "台榮食品" not in text
    assert 0 < text.index("臺榮精密有限公司") < text.index("台榮精密機械股份有限公司")


def test_a_similar_name_that_is_hidden_comes_masked(cast: Cast, visit: Visit) -> None:
    made(cast, "sales2", name="台榮精密機械股份有限公司")

    text = asked(visit("sales"), name="台榮精密")

    assert "台榮精密機械" not in text
    assert "台榮○○公司" in text
