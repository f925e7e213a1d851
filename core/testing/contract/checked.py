"""The contract of the addon that `9kcrm addon check` names."""

from __future__ import annotations

import os

from core.testing.contract import AddonContract
from core.testing.report import VARIABLE


class TestContract(AddonContract):
    """What every addon owes."""

    addon = os.environ.get(VARIABLE, "base")
