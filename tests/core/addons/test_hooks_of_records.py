"""Hooks about records: saving, deleting, merging, owners and numbers."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from addons.customer.models import Customer
from core import merging
from core.addons.answers import Saved
from core.env import Env
from core.errors import Conflict, Invalid
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.addons.hooking import install
from tests.core.addons.listening import Stumble, create, listen, name_of, prove, update


def test_hook_validate(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    prove(site, "validate", lambda: create(cast))
    id = create(cast)
    calls = listen(
        site,
        "validate",
        lambda values, **_: {"name": "Not this name"} if values["name"] == "壞" else None,
        lambda values, **_: {"name": "Second", "phone": "Not this phone"} if values["name"] == "壞" else None,
    )

    with pytest.raises(Invalid) as caught:
        create(cast, name="壞")
    shown = visit("sales").post(f"/customer/{id}/edit", {"name": "壞", "version": 1}).get_data(as_text=True)

    assert set(caught.value.fields) == {"name", "phone"}
    assert "Not this name" in shown
    assert "Not this phone" in shown
    assert [arguments["record"] for _name, arguments in calls][:2] == [None, None]
    assert calls[-1][1]["record"].id == id
    assert name_of(cast, id) == "台榮精密"


def test_hook_before_save(site: Site, cast: Cast) -> None:
    prove(site, "before_save", lambda: create(cast))
    listen(
        site,
        "before_save",
        lambda values, **_: {"name": values["name"].strip("*"), "phone": "02 2345 6789"},
        lambda **_: {"phone": "04-2345-6789"},
    )

    id = create(cast, name="*台榮*")
    update(cast, id, name="**瑞豐")

    with cast.env("sales", write=False) as env:
        found = env.get(Customer, id)
        assert (found.name, found.phone) == ("瑞豐", "04-2345-6789")


@pytest.mark.parametrize(("answer", "error"), [({"owner_id": 1}, ValueError), ({"name": 5 * "x" * 500}, Invalid)])
def test_hook_before_save_cannot_do_everything(
    answer: Mapping[str, Any], error: type[Exception], site: Site, cast: Cast
) -> None:
    listen(site, "before_save", lambda **_: answer)

    with pytest.raises(error):
        create(cast)


def test_hook_after_save(site: Site, cast: Cast) -> None:
    prove(site, "after_save", lambda: create(cast))
    calls = listen(site, "after_save", None)

    id = create(cast)
    update(cast, id, name="瑞豐")
    update(cast, id, name="瑞豐")

    assert [(a["record"].id, a["created"], a["changes"].get("name")) for _name, a in calls] == [
        (id, True, (None, "台榮精密")),
        (id, False, ("台榮精密", "瑞豐")),
    ]


def test_hook_before_delete(site: Site, cast: Cast) -> None:
    def delete(id: int) -> None:
        with cast.env("gm") as env:
            env.records(Customer).delete(env.get(Customer, id))

    prove(site, "before_delete", lambda: delete(create(cast)))
    id = create(cast)

    def refuse(record: Any) -> None:
        raise Conflict()

    listen(site, "before_delete", refuse)
    with pytest.raises(Conflict):
        delete(id)
    assert name_of(cast, id) == "台榮精密"


def test_hook_after_delete(site: Site, cast: Cast) -> None:
    def delete(id: int) -> int:
        with cast.env("gm") as env:
            return env.records(Customer).delete(env.get(Customer, id))

    prove(site, "after_delete", lambda: delete(create(cast)))
    id = create(cast)
    calls = listen(site, "after_delete", None)

    act = delete(id)

    assert calls == [("one", {"model": Customer, "id": id, "deletion": act})]


def test_hook_after_commit(site: Site, cast: Cast) -> None:
    prove(site, "after_commit", lambda: create(cast))
    old = create(cast)
    told: list[list[Saved]] = []

    def answer(saved: list[Saved]) -> None:
        told.append(saved)
        # What is done in answer does not come back, or it would never end.
        create(cast, name="from the answer")

    listen(site, "after_commit", answer)
    with cast.env("sales") as env:
        new = env.records(Customer).create({"name": "new"}).id
        env.records(Customer).update(env.get(Customer, old), {"name": "old"})
        with pytest.raises(Stumble), env.savepoint():
            env.records(Customer).create({"name": "undone"})
            raise Stumble
        assert told == []
    with pytest.raises(Stumble), cast.env("sales") as env:
        env.records(Customer).create({"name": "undone"})
        raise Stumble

    assert told == [[Saved("customer", new, True), Saved("customer", old, False)]]


def test_hook_after_commit_finds_what_is_stored(site: Site, cast: Cast) -> None:
    names: list[str] = []

    def after_commit(env: Env, saved: list[Saved]) -> None:
        with env.site.env(cast.sales) as fresh:
            names.extend(fresh.get(Customer, each.id).name for each in saved)

    install(site, "reader", after_commit)
    create(cast)

    assert names == ["台榮精密"]


def test_hook_owners_changed(site: Site, cast: Cast) -> None:
    prove(site, "owners_changed", lambda: create(cast))
    calls = listen(site, "owners_changed", None)

    id = create(cast)
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, id), to=cast.sales2, reason="moved")

    found = [(change.before, change.after, change.reason) for _n, a in calls for change in a["changes"]]
    assert found == [(None, cast.sales, ""), (cast.sales, cast.sales2, "moved")]


def merge(cast: Cast, kept: int, other: int) -> int:
    with cast.env("gm") as env:
        return merging.merge(env, env.get(Customer, kept), [env.get(Customer, other)], {})


def test_hook_records_merged(site: Site, cast: Cast) -> None:
    prove(site, "records_merged", lambda: merge(cast, create(cast), create(cast)))
    kept, other = create(cast), create(cast, name="other")

    def refuse(**_arguments: Any) -> None:
        raise Conflict()

    calls = listen(site, "records_merged", refuse)
    with pytest.raises(Conflict):
        merge(cast, kept, other)

    assert [(a["model"], a["survivor"].id, a["others"]) for _n, a in calls] == [(Customer, kept, [other])]
    assert name_of(cast, other) == "other"


def test_hook_merge_undone(site: Site, cast: Cast) -> None:
    def undo(act: int) -> None:
        with cast.env("gm") as env:
            merging.undo(env, act)

    prove(site, "merge_undone", lambda: undo(merge(cast, create(cast), create(cast))))
    kept, other = create(cast), create(cast)
    act = merge(cast, kept, other)
    seen: list[Any] = []
    listen(site, "merge_undone", lambda survivor, others, act, **_rest: seen.append((survivor.id, others, act)))

    undo(act)

    assert seen == [(kept, [other], act)]


def test_hook_owner_for_new(site: Site, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    prove(site, "owner_for_new", lambda: create(cast))
    chosen: dict[str, int | None] = {"id": cast.sales2}
    calls = listen(site, "owner_for_new", lambda **_: chosen["id"])

    def owner(id: int) -> int | None:
        with cast.env("gm", write=False) as env:
            return env.get(Customer, id).owner_id

    assert owner(create(cast, "gm")) == cast.sales2
    assert owner(create(cast, "gm", owner_id=cast.manager)) == cast.manager
    assert len(calls) == 1
    with caplog.at_level(logging.WARNING):
        assert owner(create(cast, "sales")) == cast.sales
    assert "cannot be made owner" in caplog.text
    chosen["id"] = None
    assert owner(create(cast, "gm")) == cast.gm


def test_hook_next_number(site: Site, cast: Cast) -> None:
    def number(id: int) -> str:
        with cast.env("gm", write=False) as env:
            return str(env.get(Customer, id).number)

    prove(site, "next_number", lambda: create(cast))
    listen(site, "next_number", lambda values, **_: f"X-{values['name']}" if values["name"] == "瑞豐" else None)

    assert number(create(cast, name="瑞豐")) == "X-瑞豐"
    assert number(create(cast)).startswith("C")
