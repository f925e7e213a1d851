from core.testing.contract import AddonContract


class TestContract(AddonContract):
    addon = "approval"
    values = {
        "approval_flow": {
            "model": "quote",
            "transition": "approve",
            "steps": [{"who": "supervisor"}],
        }
    }
