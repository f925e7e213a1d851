from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from addons.base.services import Grants, Roles
from core.access import presets, users
from core.access.models import FieldLevel, Grant, Role, Scope
from core.errors import Forbidden, NotFound
from core.orm.settings import write_settings
from core.orm.tables import Change
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor


def role(site: Site, preset: str) -> int:
    with site.system("look", write=False) as env:
        return env.session.scalars(select(Role.id).where(Role.preset == preset)).one()


def test_grants_take_effect_on_the_next_request(site: Site, cast: Cast) -> None:
    with cast.env("sales2") as env:
        id = env.records("customer").create({"name": "南科機械"}).id
    with cast.env("sales", write=False) as env, pytest.raises(NotFound):
        env.records("customer").get(id)

    with cast.env("admin") as env:
        env.service(Grants).save(env.get(Role, role(site, "salesperson")), {("customer", "read"): Scope.ALL}, {})

    with cast.env("sales", write=False) as env:
        assert env.records("customer").get(id).name == "南科機械"


def test_grants_not_named_stay_and_none_takes_away(site: Site, cast: Cast) -> None:
    id = role(site, "salesperson")
    with cast.env("admin") as env:
        env.service(Grants).save(env.get(Role, id), {("customer", "create"): Scope.NONE}, {})

    with cast.env("admin", write=False) as env:
        scopes = env.service(Grants).scopes_of(env.get(Role, id))
        assert ("customer", "create") not in scopes
        assert scopes["customer", "read"] is Scope.OWN
    with cast.env("sales") as env, pytest.raises(Forbidden):
        env.records("customer").create({"name": "台榮精密"})


def test_grants_of_fields_hide_them(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env:
        env.service(Grants).save(
            env.get(Role, role(site, "salesperson")), {}, {("customer", "tax_id"): FieldLevel.HIDDEN}
        )

    with cast.env("sales", write=False) as env:
        assert env.actor.field_level("customer", "tax_id") is FieldLevel.HIDDEN
        assert env.actor.field_level("customer", "phone") is FieldLevel.EDIT


def test_grants_leave_history(site: Site, cast: Cast) -> None:
    id = role(site, "salesperson")
    with cast.env("admin") as env:
        env.service(Grants).save(env.get(Role, id), {("customer", "delete"): Scope.OWN}, {})

    with site.system("look", write=False) as env:
        entry = env.session.scalars(select(Change).where(Change.action == "grants")).one()
        assert (entry.model, entry.record_id, entry.user_id) == ("role", id, cast.admin)
        assert entry.changes == {"customer.delete": [None, "own"]}


def test_grants_are_edited_by_administrators_only(site: Site, cast: Cast) -> None:
    for username in ("sales", "manager", "gm", "accountant"):
        with site.system("look", write=False) as system:
            found = system.get(Role, role(site, "salesperson"))
        with cast.env(username) as env, pytest.raises(Forbidden):
            env.service(Grants).save(found, {("customer", "delete"): Scope.ALL}, {})


def test_grants_that_would_lock_everybody_out_are_refused(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env, pytest.raises(users.LastAdministrator):
        env.service(Grants).save(env.get(Role, role(site, "administrator")), {("role", "edit"): Scope.NONE}, {})

    with site.system("look", write=False) as env:
        assert users.administrators(env.connection_of_core) == {cast.admin}


def test_matrix_offers_what_makes_sense(cast: Cast) -> None:
    with cast.env("admin", write=False) as env:
        rows = {row.key: row for row in env.service(Grants).matrix()}

    assert "assign" in rows["customer"].actions
    assert "assign" not in rows["contact"].actions
    assert list(rows["settings"].actions) == ["edit"]
    assert list(rows["role"].scopes) == [Scope.NONE, Scope.ALL]
    assert Scope.BELOW in rows["visit"].scopes
    assert "phone" in {f.name for f in rows["customer"].fields}


PRESETS = [
    ("sales", "customer", "read", Scope.OWN),
    ("sales", "customer", "create", Scope.OWN),
    ("sales", "customer", "delete", Scope.NONE),
    ("sales", "customer", "assign", Scope.NONE),
    ("sales", "customer", "export", Scope.NONE),
    ("manager", "customer", "read", Scope.BELOW),
    ("manager", "customer", "assign", Scope.BELOW),
    ("manager", "visit", "delete", Scope.BELOW),
    ("gm", "customer", "assign", Scope.ALL),
    ("accountant", "customer", "read", Scope.NONE),
    ("admin", "customer", "read", Scope.NONE),
    ("admin", "user", "edit", Scope.ALL),
    ("admin", "settings", "edit", Scope.ALL),
    ("gm", "settings", "edit", Scope.NONE),
]


@pytest.mark.parametrize(("username", "model", "action", "scope"), PRESETS)
def test_preset_roles_grant(cast: Cast, username: str, model: str, action: str, scope: Scope) -> None:
    with cast.env(username, write=False) as env:
        assert env.actor.scope(model, action) is scope


def test_presets_do_not_bring_back_what_was_changed(site: Site, cast: Cast) -> None:
    id = role(site, "salesperson")
    with cast.env("admin") as env:
        env.service(Grants).save(
            env.get(Role, id),
            {("customer", "create"): Scope.NONE, ("customer", "read"): Scope.DEPARTMENT},
            {("customer", "locked_until"): FieldLevel.EDIT},
        )
        env.records(Role).update(env.get(Role, id), {"name": "業務同仁"})

    presets.install(site)

    with cast.env("admin", write=False) as env:
        scopes = env.service(Grants).scopes_of(env.get(Role, id))
        assert ("customer", "create") not in scopes
        assert scopes["customer", "read"] is Scope.DEPARTMENT
        assert ("customer", "locked_until") not in env.service(Grants).levels_of(env.get(Role, id))
        assert env.get(Role, id).name == "業務同仁"


def test_presets_bring_what_an_addon_suggests_later(site: Site, cast: Cast) -> None:
    id = role(site, "salesperson")
    with site.system("as if visits had come later") as env:
        known = env.setting(presets.SUGGESTED)
        kept = [what for what in known if "visit" not in what]
        write_settings(env.connection_of_core, {presets.SUGGESTED: kept})
        env.connection_of_core.execute(delete(Grant).where(Grant.model == "visit"))

    presets.install(site)

    with cast.env("admin", write=False) as env:
        scopes = env.service(Grants).scopes_of(env.get(Role, id))
        assert scopes["visit", "read"] is Scope.OWN


def test_presets_are_five_roles_named_in_the_sites_language(site: Site) -> None:
    with site.system("look", write=False) as env:
        names = dict(env.session.execute(select(Role.preset, Role.name)).all())

    assert names == {
        "salesperson": "業務",
        "manager": "部門主管",
        "general_manager": "總經理",
        "accountant": "會計",
        "administrator": "系統管理員",
    }


def test_a_role_starts_as_a_copy_of_another(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    id = role(site, "salesperson")
    with cast.env("admin") as env:
        env.service(Grants).save(env.get(Role, id), {}, {("customer", "tax_id"): FieldLevel.READ})

    answer = visit("admin").post(f"/role/{id}/actions/copy")

    made = int(answer.location.split("/")[-2])
    assert answer.location == f"/role/{made}/edit"
    with cast.env("admin", write=False) as env:
        copied, original, grants = env.get(Role, made), env.get(Role, id), env.service(Grants)
        assert (copied.name, copied.preset) == (f"Copy of {original.name}", None)
        assert grants.scopes_of(copied) == grants.scopes_of(original)
        assert grants.levels_of(copied) == grants.levels_of(original)
        assert grants.levels_of(copied)["customer", "tax_id"] is FieldLevel.READ


def test_a_role_is_copied_by_those_who_may_make_one(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    with site.system("no new roles") as env:
        env.connection_of_core.execute(delete(Grant).where(Grant.model == "role", Grant.action == "create"))
        bump(env.connection_of_core, "organisation")
    id = role(site, "salesperson")

    visit("admin").post(f"/role/{id}/actions/copy")

    with cast.env("admin") as env:
        assert env.session.scalars(select(Role.name).where(Role.name.startswith("Copy"))).all() == []
        with pytest.raises(Forbidden):
            env.service(Roles).copy(env.get(Role, id))
