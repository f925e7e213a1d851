"""Two hundred users in twenty departments, and who of them reads in the measurements."""

from sqlalchemy import insert, select

from core import clock
from core.access.models import Department, Role, RoleMember, User
from core.env import Env
from core.orm.versions import bump

REGIONS, DEPARTMENTS, USERS = 4, 20, 200
HEAVY, TINY, TYPICAL, MANAGER, REGIONAL, CHIEF = 1, 2, 3, 4, 5, 6
READERS = {
    "own, 3 customers": TINY,
    "own, 4,000": TYPICAL,
    "own, 200,000": HEAVY,
    "department": MANAGER,
    "region and below": REGIONAL,
    "all": CHIEF,
}
"""What a reader sees, at full size → the user's id."""

ROLES = {MANAGER: "manager", REGIONAL: "manager", CHIEF: "general_manager"}


def department_of(user: int) -> int:
    """Regions are departments 1 to 4, the others lie below them in turn. The heavy one sits in region 2."""
    if user == REGIONAL:
        return 1
    if user in (TINY, TYPICAL, MANAGER):
        return 5
    if user == HEAVY:
        return 6
    return REGIONS + 1 + user % (DEPARTMENTS - REGIONS)


def hire(env: Env) -> None:
    """Adds them to a new site."""
    connection, now = env.connection_of_core, clock.now()
    base = {"version": 1, "created_at": now, "updated_at": now}
    departments = [
        {"id": id, "name": f"部門{id:02}", "parent_id": None if id <= REGIONS else (id - 1) % REGIONS + 1, **base}
        for id in range(1, DEPARTMENTS + 1)
    ]
    users = [
        {"id": id, "name": f"使用者{id:03}", "username": f"user{id}", "department_id": department_of(id), **base}
        for id in range(1, USERS + 1)
    ]
    roles = dict(connection.execute(select(Role.preset, Role.id)).tuples().all())
    members = [{"user_id": id, "role_id": roles[ROLES.get(id, "salesperson")]} for id in range(1, USERS + 1)]
    connection.execute(insert(Department), departments)
    connection.execute(insert(User), users)
    connection.execute(insert(RoleMember), members)
    bump(connection, "organisation")
