from itertools import count

from sqlalchemy import select

from addons.sales.models import DiscountLimit
from core.api import Env, Role
from core.testing.contract import AddonContract
from core.testing.queries import MANY

_numbers = count()


def _code(env: Env) -> str:
    """A code that no currency has."""
    number = next(_numbers)
    return "X" + "".join(chr(65 + digit) for digit in divmod(number, 26))


def _role(env: Env) -> int:
    """A role without a limit. Many are made at once: a new role has everybody's grants read anew."""
    with env.system("roles for a test") as session:
        wanted = select(Role.id).where(Role.id.not_in(select(DiscountLimit.role_id)), Role.preset.is_(None)).limit(1)
        found = session.scalar(wanted)
        if found is None:
            session.add_all(Role(name=f"角色{next(_numbers)}") for _ in range(MANY * 2))
            session.flush()
            found = session.scalars(wanted).one()
    return found


class TestContract(AddonContract):
    addon = "sales"
    values = {"currency": {"code": _code, "rate": 1}, "discount_limit": {"role_id": _role}}
