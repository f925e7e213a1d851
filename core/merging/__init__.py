"""Several records that mean the same become one, with everything that belonged to them; it can be undone."""

from core.merging.engine import ACT, MOST, impact, impact_of_each, merge
from core.merging.undo import undo

__all__ = ["ACT", "MOST", "impact", "impact_of_each", "merge", "undo"]
