"""What every addon owes."""

from core.testing.contract import AddonContract


class TestContract(AddonContract):
    addon = "equipment"
