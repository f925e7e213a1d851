from core.testing.contract import AddonContract


class TestContract(AddonContract):
    addon = "customer"
    made_by_code = frozenset({"ownership_period"})
