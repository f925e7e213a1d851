"""The people of the demo company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import insert, select, update

from core.administration import DEMO_PASSWORD, RoleMember, UserState, bump, hash_password
from core.api import Conflict, Department, Env, Role, User, _, acting_as, backdate, replace_settings

COMPANY = {
    "company.name": "宏岳自動化設備股份有限公司",
    "company.business_number": "66128035",
    "company.address": "新北市新莊區五權一路 88 號 6 樓",
    "company.phone": "02-2990-6688",
    "company.email": "service@hongyue.example",
    "company.website": "https://www.hongyue.example",
    "company.bank_account": "範例商業銀行（999）新莊分行　000-123-456789　戶名：宏岳自動化股份有限公司",
    "company.currency": "TWD",
}

NORTH, SOUTH, OFFICE = "北區業務部", "南區業務部", "管理部"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the demo company."""

    username: str
    name: str
    title: str
    department: str
    role: str
    supervisor: str
    phone: str
    state: str = UserState.ACTIVE.value


PEOPLE = (
    Person("gm", "張淑芬", "總經理", OFFICE, "general_manager", "", "02-2990-6688 #801"),
    Person("manager", "陳建宏", "業務經理", NORTH, "manager", "gm", "02-2990-6688 #201"),
    Person("sales", "林怡君", "業務專員", NORTH, "salesperson", "manager", "02-2990-6688 #211"),
    Person("wang.pohan", "王柏翰", "資深業務專員", NORTH, "salesperson", "manager", "02-2990-6688 #212"),
    Person("wu.peishan", "吳佩珊", "業務專員", NORTH, "salesperson", "manager", "02-2990-6688 #213"),
    Person("hsu.chiahao", "許家豪", "業務工程師", NORTH, "salesperson", "manager", "02-2990-6688 #214"),
    Person(
        "liu.tsunghan",
        "劉宗翰",
        "業務專員",
        NORTH,
        "salesperson",
        "manager",
        "02-2990-6688 #215",
        UserState.LEFT.value,
    ),
    Person("tsai.mingche", "蔡明哲", "業務經理", SOUTH, "manager", "gm", "07-812-6688 #301"),
    Person("sales2", "黃志明", "業務專員", SOUTH, "salesperson", "tsai.mingche", "07-812-6688 #311"),
    Person("cheng.yawen", "鄭雅文", "資深業務專員", SOUTH, "salesperson", "tsai.mingche", "07-812-6688 #312"),
    Person("kuo.chunhsien", "郭俊賢", "業務工程師", SOUTH, "salesperson", "tsai.mingche", "07-812-6688 #313"),
    Person("hung.shihhan", "洪詩涵", "業務專員", SOUTH, "salesperson", "tsai.mingche", "07-812-6688 #314"),
    Person("accountant", "李雅婷", "會計", OFFICE, "accountant", "gm", "02-2990-6688 #511"),
    Person("chou.meiling", "周美玲", "會計助理", OFFICE, "accountant", "accountant", "02-2990-6688 #512"),
    Person("admin", "王俊傑", "資訊管理師", OFFICE, "administrator", "gm", "02-2990-6688 #601"),
)
"""Supervisors come before those whom they supervise."""

MANAGERS = {NORTH: "manager", SOUTH: "tsai.mingche", OFFICE: "gm"}


def load(env: Env) -> None:
    """The departments, the people with their roles, and the company's settings."""
    _check_names(env)
    if not env.setting("company.name"):
        # A company that has entered its own particulars keeps them.
        replace_settings(env, COMPANY)
    morning = datetime.combine(env.today, time(9), env.company_timezone)
    founded = morning - timedelta(days=760 + morning.weekday())
    departments = {name: Department(name=name) for name in (NORTH, SOUTH, OFFICE)}
    with acting_as(env, None) as session:
        session.add_all(departments.values())
    users = _users(env, departments)
    for name, department in departments.items():
        department.manager_id = users[MANAGERS[name]].id
    env.session.flush()
    _give_roles(env, users)
    _let_sign_in(env, users)
    opened = [(record, _moment(founded, place)) for place, record in enumerate(departments.values())]
    backdate(env, opened)
    backdate(env, opened, "update")
    backdate(env, [(record, _moment(founded, place + 5)) for place, record in enumerate(users.values())])


def _check_names(env: Env) -> None:
    """Raises `Conflict` where somebody real has one of the names."""
    names = [person.username for person in PEOPLE]
    taken = env.session.scalars(select(User.username).where(User.username.in_(names)).order_by(User.id)).all()
    if taken:
        raise Conflict(_("The demo data needs sign-in names that are taken: {names}.", names=", ".join(taken)))


def _users(env: Env, departments: dict[str, Department]) -> dict[str, User]:
    users: dict[str, User] = {}
    for person in PEOPLE:
        user = User(
            username=person.username,
            name=person.name,
            title=person.title,
            department_id=departments[person.department].id,
            supervisor_id=users[person.supervisor].id if person.supervisor else None,
            email=f"{person.username}@hongyue.example",
            phone=person.phone,
            state=person.state,
            is_demo=True,
        )
        env.session.add(user)
        # One by one: the next one's supervisor needs an id.
        env.session.flush()
        users[person.username] = user
    return users


def _give_roles(env: Env, users: dict[str, User]) -> None:
    presets = env.session.execute(select(Role.preset, Role.id).where(Role.preset.is_not(None)))
    roles = dict(presets.all())
    rows = [
        {"user_id": users[person.username].id, "role_id": roles[person.role]}
        for person in PEOPLE
        if person.role in roles
    ]
    env.connection_of_core.execute(insert(RoleMember), rows)
    bump(env.connection_of_core, "organisation")


def _let_sign_in(env: Env, users: dict[str, User]) -> None:
    """Only the people whom the sign-in page names: the fewer known passwords, the better."""
    known = [users[name].id for name in ("sales", "manager", "sales2", "gm", "accountant", "admin")]
    hashed = hash_password(env, DEMO_PASSWORD)
    env.connection_of_core.execute(update(User).where(User.id.in_(known)).values(password_hash=hashed))


def _moment(start: datetime, step: int) -> datetime:
    return start + timedelta(minutes=7 * step)
