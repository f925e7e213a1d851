from itertools import count

from core.testing.contract import AddonContract

_numbers = count()


def _code(env: object) -> str:
    """A code that no currency has."""
    number = next(_numbers)
    return "X" + "".join(chr(65 + digit) for digit in divmod(number, 26))


class TestContract(AddonContract):
    addon = "sales"
    values = {"currency": {"code": _code, "rate": 1}}
