"""Several records that mean the same become one, with everything that belonged to them; it can be undone."""

from core.merging.engine import MOST, impact, merge
from core.merging.undo import undo

__all__ = ["MOST", "impact", "merge", "undo"]
