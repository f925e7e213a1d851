"""Making flows, and running documents through them."""

from addons.approval.services.approvals import Approvals
from addons.approval.services.deputies import ApprovalDeputies
from addons.approval.services.flows import ApprovalFlows

__all__ = ["ApprovalDeputies", "ApprovalFlows", "Approvals"]
