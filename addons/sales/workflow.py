"""What stands in the way of the transitions of documents, and what they do beside."""

from __future__ import annotations

from addons.sales.services.flow import SETTLING
from addons.sales.services.reviewing import REVIEWING

WORKFLOWS = [*REVIEWING, *SETTLING]
