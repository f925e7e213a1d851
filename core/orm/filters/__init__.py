"""The filter language of lists, the API and reports: `field:operator:value`, split at the first two colons.

`level:is:A`, `amount:between:1000|5000`, `next_contact:le:today`, `owner_id:is:me`, `customer.level:in:A|B`.
"""

from core.orm.filters.condition import Condition
from core.orm.filters.operators import operators
from core.orm.filters.parse import parse, parse_all
from core.orm.filters.path import Path, resolve
from core.orm.filters.periods import Period
from core.orm.filters.where import where

__all__ = ["Condition", "Path", "Period", "operators", "parse", "parse_all", "resolve", "where"]
