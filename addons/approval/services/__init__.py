"""Making flows, and running documents through them."""

from addons.approval.services.approvals import Approvals
from addons.approval.services.deputies import ApprovalDeputies
from addons.approval.services.entitlement import Seen
from addons.approval.services.flows import ApprovalFlows
from addons.approval.services.standing import Standing
from addons.approval.services.substitutes import Substitutes

__all__ = ["ApprovalDeputies", "ApprovalFlows", "Approvals", "Seen", "Standing", "Substitutes"]
