"""What nobody gets by way of a file: others' imports, closed fields, records out of sight, owners out of reach."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer
from core.access.models import FieldGrant, FieldLevel, Role
from core.errors import Forbidden, Invalid, NotFound
from core.exchange.imports import asked, drafts
from core.exchange.imports.asked import Asked
from core.exchange.imports.models import ImportState, Mode, RefusedRow
from core.i18n import Text
from core.jobs import worker
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast


def imported(cast: Cast, who: str, text: str, columns: dict[int, str], model: Any = Customer, **chosen: Any) -> Asked:
    received = drafts.receive(cast.site.settings, io.BytesIO(text.encode()), "file.csv")
    with cast.env(who) as env:
        draft = drafts.put_in(env, model, received)
        drafts.arrange(env, draft.id, columns=columns, **{"keys": [], "mode": Mode.CREATE} | chosen)
        job = drafts.start(env, draft.id, is_try=False)
    assert worker.execute(cast.site, job)
    with cast.env(who, write=False) as env:
        return asked.own(env, draft.id)


def problems(site: Site, found: Asked) -> list[dict[str, str]]:
    """Place of the column → message, of each row that was not taken in."""
    with site.engine.connect() as connection:
        wanted = select(RefusedRow.problems).where(RefusedRow.import_id == found.id).order_by(RefusedRow.row)
        return [
            {place: str(Text.from_json(told)) for place, told in each.items()} for each in connection.scalars(wanted)
        ]


def owners(cast: Cast) -> dict[str, int | None]:
    with cast.env("gm", write=False) as env:
        return dict(env.session.execute(select(Customer.name, Customer.owner_id)).all())


def restrict(site: Site, preset: str, field: str, level: FieldLevel) -> None:
    with site.system("restrict a field") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == preset)).one()
        env.session.add(FieldGrant(role_id=role, model="customer", field=field, level=level.value))
        bump(env.connection_of_core, "organisation")


NAME_AND_OWNER = {0: "customer.name", 1: "customer.owner_id"}


def test_who_creates_for_others_needs_a_grant_that_reaches_them(site: Site, cast: Cast) -> None:
    """The manager of North may create for North alone."""
    done = imported(cast, "manager", "name,owner\n一,林怡君\n二,黃志明\n三,\n", NAME_AND_OWNER)

    assert owners(cast) == {"一": cast.sales, "三": cast.manager}
    assert problems(site, done) == [{"1": "You may not create records for this user."}]


def test_an_update_assigns_who_may_assign(site: Site, cast: Cast) -> None:
    for name in ("一", "二"):
        with cast.env("sales") as env:
            env.records(Customer).create({"name": name})
    text = "name,owner\n一,陳建宏\n二,黃志明\n"

    done = imported(cast, "manager", text, NAME_AND_OWNER, keys=["customer.name"], mode=Mode.UPDATE)

    assert done.counts["updated"] == 1
    assert owners(cast) == {"一": cast.manager, "二": cast.sales}
    assert problems(site, done) == [{"1": "You may not assign records to this user."}]


def test_an_update_without_the_grant_to_assign_leaves_the_owner(site: Site, cast: Cast) -> None:
    with cast.env("sales") as env:
        env.records(Customer).create({"name": "一"})
    with site.system("take the grant away") as env:
        from core.access.models import Grant

        role = env.session.scalars(select(Role.id).where(Role.preset == "manager")).one()
        for grant in env.session.scalars(select(Grant).where(Grant.role_id == role, Grant.action == "assign")):
            env.session.delete(grant)
        bump(env.connection_of_core, "organisation")

    text = "name,owner\n一,陳建宏\n"
    done = imported(cast, "manager", text, NAME_AND_OWNER, keys=["customer.name"], mode=Mode.UPDATE)

    assert owners(cast) == {"一": cast.sales}
    assert problems(site, done) == [{"1": "You may not give this record to somebody else."}]


def test_the_same_owner_is_no_change(site: Site, cast: Cast) -> None:
    with cast.env("sales") as env:
        env.records(Customer).create({"name": "一"})

    text = "name,owner\n一,林怡君\n"
    done = imported(cast, "manager", text, NAME_AND_OWNER, keys=["customer.name"], mode=Mode.UPDATE)

    assert (done.counts["unchanged"], problems(site, done)) == (1, [])


def test_undoing_gives_records_back_to_their_owners(cast: Cast) -> None:
    with cast.env("sales") as env:
        env.records(Customer).create({"name": "一", "level": "A"})
    text = "name,owner,level\n一,黃志明,B\n"
    columns = NAME_AND_OWNER | {2: "customer.level"}
    done = imported(cast, "gm", text, columns, keys=["customer.name"], mode=Mode.UPDATE)
    assert owners(cast) == {"一": cast.sales2}

    with cast.env("gm") as env:
        job = drafts.undo(env, done.id)
    assert worker.execute(cast.site, job)

    with cast.env("sales", write=False) as env:
        assert env.session.execute(select(Customer.owner_id, Customer.level)).all() == [(cast.sales, "A")]
    with cast.env("gm", write=False) as env:
        found = asked.own(env, done.id)
        assert (found.state, found.counts["undone"], found.counts["kept"]) == (ImportState.UNDONE, 1, 0)


@pytest.mark.parametrize("level", [FieldLevel.HIDDEN, FieldLevel.MASKED, FieldLevel.READ])
def test_a_field_that_may_not_be_edited_is_no_target(site: Site, cast: Cast, level: FieldLevel) -> None:
    restrict(site, "manager", "note", level)

    with pytest.raises(Invalid) as raised:
        imported(cast, "manager", "name,note\n一,甲\n", {0: "customer.name", 1: "customer.note"})

    assert [str(message) for message in raised.value.fields["columns.1"]] == ["You may not change this field."]


@pytest.mark.parametrize(
    "field", ["customer.created_at", "customer.id", "customer.last_visit_on", "user.name", "x.y", "x"]
)
def test_what_nobody_may_write_is_no_target(cast: Cast, field: str) -> None:
    with pytest.raises(Invalid) as raised:
        imported(cast, "gm", "name,other\n一,甲\n", {0: "customer.name", 1: field})

    assert "columns.1" in raised.value.fields


def test_a_right_that_is_taken_away_while_it_waits_counts(site: Site, cast: Cast) -> None:
    received = drafts.receive(site.settings, io.BytesIO("name,note\n一,甲\n".encode()), "file.csv")
    with cast.env("manager") as env:
        draft = drafts.put_in(env, Customer, received)
        columns = {0: "customer.name", 1: "customer.note"}
        drafts.arrange(env, draft.id, columns=columns, keys=[], mode=Mode.CREATE)
        job = drafts.start(env, draft.id, is_try=False)
    restrict(site, "manager", "note", FieldLevel.READ)

    assert not worker.execute(site, job)

    assert owners(cast) == {}
    with cast.env("manager", write=False) as env:
        assert asked.own(env, draft.id).is_broken_off


def test_a_record_out_of_sight_is_neither_linked_nor_found_nor_told_of(site: Site, cast: Cast) -> None:
    with cast.env("sales2") as env:
        env.records(Customer).create({"name": "南區機密"})

    linked = imported(
        cast, "manager", "name,parent\n一,南區機密\n二,沒有這家\n", {0: "customer.name", 1: "customer.parent_id"}
    )

    assert problems(site, linked) == [{"1": "“南區機密” was not found."}, {"1": "“沒有這家” was not found."}]
    found = imported(
        cast,
        "manager",
        "name,note\n南區機密,改掉\n",
        {0: "customer.name", 1: "customer.note"},
        keys=["customer.name"],
        mode=Mode.UPDATE,
    )
    assert found.counts["skipped"] == 1
    with cast.env("gm", write=False) as env:
        assert env.session.scalars(select(Customer.note).where(Customer.name == "南區機密")).all() == [None]


def test_a_contact_is_not_put_at_a_customer_out_of_sight(site: Site, cast: Cast) -> None:
    with cast.env("sales2") as env:
        env.records(Customer).create({"name": "南區機密"})

    columns = {0: "contact.name", 1: "contact.customer_id"}
    done = imported(cast, "manager", "name,customer\n王小明,南區機密\n", columns, model=Contact)

    assert problems(site, done) == [{"1": "“南區機密” was not found."}]


def test_the_link_of_what_comes_along_is_no_target(cast: Cast) -> None:
    with pytest.raises(Invalid):
        imported(cast, "gm", "name,other\n一,二\n", {0: "customer.name", 1: "contact.customer_id"})


def test_nobody_touches_the_import_of_another(cast: Cast) -> None:
    done = imported(cast, "gm", "name\n一\n", {0: "customer.name"})

    for act in (drafts.undo, drafts.discard, asked.own):
        with pytest.raises(NotFound), cast.env("admin") as env:
            act(env, done.id)


def test_who_may_no_longer_import_cannot_undo(site: Site, cast: Cast) -> None:
    done = imported(cast, "manager", "name\n一\n", {0: "customer.name"})
    with site.system("take the grant away") as env:
        from core.access.models import Grant

        for grant in env.session.scalars(select(Grant).where(Grant.action == "import")):
            env.session.delete(grant)
        bump(env.connection_of_core, "organisation")

    with pytest.raises(Forbidden), cast.env("manager") as env:
        drafts.undo(env, done.id)
