"""The filter language of lists, the API and reports: `field:operator:value`, split at the first two colons.

`state:is:active`, `amount:between:1000|5000`, `due_on:le:today`, `owner_id:is:me`, `department.name:in:North|South`.
`AnyOf` stands for conditions of which one suffices.
"""

from core.orm.filters.alternatives import AnyOf, parse_any, parse_text
from core.orm.filters.condition import Condition
from core.orm.filters.operators import operators
from core.orm.filters.parse import parse, parse_all
from core.orm.filters.path import Path, resolve
from core.orm.filters.periods import Period
from core.orm.filters.where import where

Filter = Condition | AnyOf
"""What a list can be narrowed by."""

__all__ = [
    "AnyOf",
    "Condition",
    "Filter",
    "Path",
    "Period",
    "operators",
    "parse",
    "parse_all",
    "parse_any",
    "parse_text",
    "resolve",
    "where",
]
