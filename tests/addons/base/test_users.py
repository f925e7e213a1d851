from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from addons.base.services import Grants, Roles, Users
from addons.base.services.roles import RoleInUse
from core.access import users
from core.access.models import ApiToken, Role, RoleMember, Scope, User
from core.errors import Conflict, Forbidden, Invalid
from core.orm.tables import Change
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from core.web.models import PasswordReset, WebSession
from core.web.passwords import reset_link
from core.web.sessions import Sessions

GOOD = "a quiet green river"


def role_id(site: Site, preset: str) -> int:
    with site.system("look", write=False) as env:
        return env.session.scalars(select(Role.id).where(Role.preset == preset)).one()


def grant_roles(site: Site, user: int, *presets: str) -> None:
    with site.system("arrange") as env:
        users.set_roles(env, env.get(User, user), [role_id(site, preset) for preset in presets])


@pytest.mark.parametrize("username", ["a", "with space", "王小明", "-x", "", "x" * 101])
def test_user_needs_a_plain_sign_in_name(cast: Cast, username: str) -> None:
    with cast.env("admin") as env, pytest.raises(Invalid) as refused:
        env.records(User).create({"username": username, "name": "新人"})

    assert list(refused.value.fields) == ["username"]


def test_sign_in_names_differ_in_more_than_case(cast: Cast) -> None:
    with cast.env("admin") as env, pytest.raises(Invalid) as refused:
        env.records(User).create({"username": "SALES", "name": "新人"})

    assert "already used" in str(refused.value.fields["username"][0])


def test_nobody_supervises_themselves_over_any_number_of_steps(cast: Cast) -> None:
    with cast.env("admin") as env:
        env.records(User).update(env.get(User, cast.sales), {"supervisor_id": cast.manager})
        env.records(User).update(env.get(User, cast.manager), {"supervisor_id": cast.gm})

    with cast.env("admin") as env, pytest.raises(Invalid) as refused:
        env.records(User).update(env.get(User, cast.gm), {"supervisor_id": cast.sales})

    assert list(refused.value.fields) == ["supervisor_id"]


def test_only_the_administrator_creates_users(cast: Cast) -> None:
    for username in ("sales", "manager", "gm", "accountant"):
        with cast.env(username) as env, pytest.raises(Forbidden):
            env.records(User).create({"username": "new.one", "name": "新人"})

    with cast.env("admin") as env:
        made = env.records(User).create({"username": "new.one", "name": "新人"})
        assert made.state == "active"


def test_last_administrator_is_neither_disabled_nor_deleted_nor_left_without_the_role(site: Site, cast: Cast) -> None:
    with site.system("try") as env:
        admin = env.get(User, cast.admin)
        with pytest.raises(users.LastAdministrator):
            users.disable(env, admin)
        with pytest.raises(users.LastAdministrator):
            users.set_roles(env, admin, [])
    with site.system("look", write=False) as env:
        assert users.administrators(env.connection_of_core) == {cast.admin}


def test_last_administrator_may_go_once_there_is_another(site: Site, cast: Cast) -> None:
    grant_roles(site, cast.gm, "general_manager", "administrator")

    with cast.env("gm") as env:
        users.disable(env, env.get(User, cast.admin))

    with site.system("look", write=False) as env:
        assert users.administrators(env.connection_of_core) == {cast.gm}
        assert env.get(User, cast.admin).state == "disabled"


def test_a_disabled_administrator_does_not_count_as_one(site: Site, cast: Cast) -> None:
    grant_roles(site, cast.gm, "administrator")
    with cast.env("gm") as env:
        users.disable(env, env.get(User, cast.admin))

    with site.system("try") as env, pytest.raises(users.LastAdministrator):
        users.set_roles(env, env.get(User, cast.gm), [])


def test_administrators_do_not_take_the_right_from_themselves(site: Site, cast: Cast) -> None:
    grant_roles(site, cast.gm, "general_manager", "administrator")

    with cast.env("admin") as env, pytest.raises(users.OwnAdministration):
        env.service(Users).give_roles(env.get(User, cast.admin), [role_id(site, "salesperson")])


def test_roles_are_given_by_administrators_only_and_leave_history(site: Site, cast: Cast) -> None:
    wanted = [role_id(site, "salesperson"), role_id(site, "accountant")]
    with cast.env("gm") as env, pytest.raises(Forbidden):
        env.service(Users).give_roles(env.get(User, cast.sales), wanted)

    with cast.env("admin") as env:
        env.service(Users).give_roles(env.get(User, cast.sales), wanted)

    with site.system("look", write=False) as env:
        has = set(env.session.scalars(select(RoleMember.role_id).where(RoleMember.user_id == cast.sales)))
        assert has == set(wanted)
        entry = env.session.scalars(select(Change).where(Change.action == "roles")).one()
        assert (entry.record_id, entry.user_id) == (cast.sales, cast.admin)
        assert entry.changes == {"roles": [["業務"], ["會計", "業務"]]} or entry.changes == {
            "roles": [["業務"], ["業務", "會計"]]
        }


def test_whoever_edits_users_cannot_make_an_administrators_account_their_own(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env:
        role = env.records(Role).create({"name": "人事"})
        env.service(Grants).save(role, {("user", "read"): Scope.ALL, ("user", "edit"): Scope.ALL}, {})
        env.service(Users).give_roles(env.get(User, cast.gm), [role.id])

    with cast.env("gm") as env:
        env.records(User).update(env.get(User, cast.sales), {"title": "業務專員"})
        with pytest.raises(Forbidden):
            env.records(User).update(env.get(User, cast.admin), {"email": "gm@example.com"})
        with pytest.raises(Forbidden):
            env.service(Users).give_password(env.get(User, cast.admin), GOOD)


@pytest.fixture
def clerk(site: Site, cast: Cast) -> str:
    """The accountant may edit users, and nothing else; `sales2` has no role any more."""
    with cast.env("admin") as env:
        role = env.records(Role).create({"name": "人事"})
        env.service(Grants).save(role, {("user", "read"): Scope.ALL, ("user", "edit"): Scope.ALL}, {})
        env.service(Users).give_roles(env.get(User, cast.accountant), [role.id])
        env.service(Users).give_roles(env.get(User, cast.sales2), [])
    return "accountant"


def test_whoever_edits_users_gets_no_account_that_may_do_more(cast: Cast, clerk: str) -> None:
    with cast.env(clerk) as env:
        target, service = env.get(User, cast.gm), env.service(Users)

        assert not service.may_reset(target)
        with pytest.raises(users.MayDoMore):
            service.give_password(target, GOOD)
        with pytest.raises(users.MayDoMore):
            reset_link(env, target, "http://localhost")
        for values in ({"email": "clerk@example.com"}, {"username": "clerk2"}):
            with pytest.raises(Invalid) as refused:
                env.records(User).update(target, values)
            assert list(refused.value.fields) == list(values)
        service.update(target, {"title": "總經理", "state": "left"})


def test_pages_and_api_refuse_an_account_that_may_do_more(
    visit: Callable[..., Visitor], api: Callable[[str], ApiClient], cast: Cast, clerk: str
) -> None:
    visitor = visit(clerk)

    page = visitor.post(f"/user/{cast.gm}/password", {"way": "password"})
    answer = api(clerk).patch(f"/user/{cast.gm}", {"email": "clerk@example.com"})

    assert page.status_code == 403
    assert "Only an administrator may change this for somebody who may do more than you." in page.text
    assert (answer.status_code, list(answer.get_json()["error"]["fields"])) == (422, ["email"])
    assert "Give a new password" not in visitor.get(f"/user/{cast.gm}").text
    assert "Give a new password" in visitor.get(f"/user/{cast.sales2}").text


def test_whoever_edits_users_helps_those_who_may_do_no_more(cast: Cast, clerk: str) -> None:
    with cast.env(clerk) as env:
        target, service = env.get(User, cast.sales2), env.service(Users)

        service.give_password(target, GOOD)
        service.update(target, {"email": "sales2@example.com"})

        assert reset_link(env, target, "http://localhost").startswith("http://localhost/password/reset/")
        assert target.email == "sales2@example.com"


def test_nobody_but_an_administrator_moves_themselves_to_another_department(cast: Cast, clerk: str) -> None:
    with cast.env("admin") as env:
        north = env.get(User, cast.sales).department_id
        env.records(User).update(env.get(User, cast.admin), {"department_id": north})

    with cast.env(clerk) as env, pytest.raises(Invalid) as refused:
        env.records(User).update(env.get(User, cast.accountant), {"department_id": north})

    assert list(refused.value.fields) == ["department_id"]
    with cast.env(clerk) as env:
        env.records(User).update(env.get(User, cast.accountant), {"phone": "02-2990-6688"})


def open_ways(site: Site, user: int) -> list[int]:
    """How many sessions, tokens and links of the user still hold."""
    with site.system("look", write=False) as env:
        return [
            len(env.session.scalars(select(table).where(table.user_id == user, ended.is_(None))).all())
            for table, ended in (
                (WebSession, WebSession.revoked_at),
                (ApiToken, ApiToken.revoked_at),
                (PasswordReset, PasswordReset.used_at),
            )
        ]


def sign_in_everywhere(site: Site, cast: Cast, user: int) -> None:
    with site.system("arrange") as env:
        Sessions(site).open(env, user, address="", agent="")
        users.new_token(env, user, "a script")
        reset_link(env, env.get(User, user), "http://localhost")


@pytest.mark.parametrize("state", ["left", "disabled"])
def test_coming_back_revives_no_session_token_or_link(site: Site, cast: Cast, state: str) -> None:
    sign_in_everywhere(site, cast, cast.sales)
    sign_in_everywhere(site, cast, cast.manager)

    with cast.env("admin") as env:
        env.records(User).update(env.get(User, cast.sales), {"state": state})
    with cast.env("admin") as env:
        env.records(User).update(env.get(User, cast.sales), {"state": "active"})

    assert open_ways(site, cast.sales) == [0, 0, 0]
    assert open_ways(site, cast.manager) == [1, 1, 1]


def test_a_deleted_user_who_is_restored_has_to_sign_in_again(site: Site, cast: Cast) -> None:
    sign_in_everywhere(site, cast, cast.sales2)

    with cast.env("admin") as env:
        act = env.records(User).delete(env.get(User, cast.sales2))
    with cast.env("admin") as env:
        env.records(User).restore(act)

    assert open_ways(site, cast.sales2) == [0, 0, 0]


def test_role_that_somebody_has_is_not_deleted(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env, pytest.raises(RoleInUse) as refused:
        env.service(Roles).delete(env.get(Role, role_id(site, "salesperson")))

    assert str(refused.value.message).startswith("2 users")


def test_role_that_nobody_has_is_deleted(cast: Cast) -> None:
    with cast.env("admin") as env:
        made = env.records(Role).create({"name": "臨時"})
        env.records(Role).delete(made)

    with cast.env("admin", write=False) as env:
        assert env.session.scalars(select(Role).where(Role.name == "臨時")).all() == []


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaaaa", "1234567890", "qwertyuiop", "sales12345678", "x" * 201, "林怡君1234567"],
)
def test_weak_password_is_refused_with_a_message(site: Site, cast: Cast, password: str) -> None:
    with site.system("try") as env, pytest.raises(Invalid) as refused:
        users.set_password(env, cast.sales, password)

    assert list(refused.value.fields) == ["password"]


def test_password_is_verified_in_any_case_of_the_name(site: Site, cast: Cast) -> None:
    with site.system("arrange") as env:
        users.set_password(env, cast.sales, GOOD)

    with site.system("look", write=False) as env:
        assert users.verify_password(env, " Sales ", GOOD) == cast.sales
        assert users.verify_password(env, "sales", GOOD + "x") is None
        assert users.verify_password(env, "nobody", GOOD) is None
        stored = env.session.scalars(select(User.password_hash).where(User.id == cast.sales)).one()
        assert stored is not None
        assert stored.startswith("$argon2id$")


def test_password_of_somebody_disabled_is_not_accepted(site: Site, cast: Cast) -> None:
    with site.system("arrange") as env:
        users.set_password(env, cast.sales, GOOD)
        users.disable(env, env.get(User, cast.sales))

    with site.system("look", write=False) as env:
        assert users.verify_password(env, "sales", GOOD) is None


def test_password_from_an_administrator_has_to_be_changed(site: Site, cast: Cast) -> None:
    with cast.env("admin") as env:
        env.service(Users).give_password(env.get(User, cast.sales), GOOD)

    with site.system("look", write=False) as env:
        assert env.get(User, cast.sales).must_change_password is True
        entry = env.session.scalars(select(Change).where(Change.action == "password")).one()
        assert entry.changes == {}


def test_token_acts_as_its_user_until_it_is_revoked(site: Site, cast: Cast) -> None:
    with site.system("arrange") as env:
        token = users.new_token(env, cast.sales, "a script")

    with site.system("look") as env:
        kept = env.session.scalars(select(ApiToken).where(ApiToken.name == "a script")).one()
        assert token.startswith("9k_")
        assert token not in kept.digest
        assert users.user_for_token(env.connection_of_core, token) == cast.sales
        assert users.user_for_token(env.connection_of_core, token[:-1]) is None
        users.revoke_token(env, kept.id)
        assert users.user_for_token(env.connection_of_core, token) is None


def test_token_of_somebody_disabled_is_dead(site: Site, cast: Cast) -> None:
    with site.system("arrange") as env:
        token = users.new_token(env, cast.sales, "a script")
        env.connection_of_core.execute(update(User).where(User.id == cast.sales).values(state="left"))
        bump(env.connection_of_core, "organisation")

    with site.system("look", write=False) as env:
        assert users.user_for_token(env.connection_of_core, token) is None


def test_create_gives_a_preset_role_and_a_password(site: Site) -> None:
    with site.system("arrange") as env:
        made = users.create(env, username="boss", name="老闆", password=GOOD, role="administrator")
        id = made.id

    with site.system("look", write=False) as env:
        assert id in users.administrators(env.connection_of_core)
        assert users.verify_password(env, "boss", GOOD) == id


def test_create_refuses_an_unknown_role(site: Site) -> None:
    with site.system("try") as env, pytest.raises(Invalid) as refused:
        users.create(env, username="boss", name="老闆", role="king")

    assert "king" in str(refused.value.fields["role"][0])


def test_user_on_whom_something_depends_is_not_deleted(cast: Cast) -> None:
    with cast.env("sales") as env:
        env.records("customer").create({"name": "台榮精密"})

    with cast.env("admin") as env, pytest.raises(Conflict):
        env.records(User).delete(env.get(User, cast.sales))
