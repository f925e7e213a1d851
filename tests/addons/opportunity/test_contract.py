from core.testing.contract import AddonContract


class TestContract(AddonContract):
    addon = "opportunity"
