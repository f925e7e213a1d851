"""Lists: pages by seeking, capped counts, search, sorting, all within what the reader may see.

`list_page(env, ListRequest(User, filters=("state:is:active",), sort="name"), ["name", "title"])`
"""

from core.orm.labels import Label, labels
from core.orm.listing.believing import Count
from core.orm.listing.counting import CAP, count
from core.orm.listing.cursor import BadCursor
from core.orm.listing.lookup import Hit, lookup, named
from core.orm.listing.page import Page, iterate, list_page, list_records
from core.orm.listing.request import ListRequest
from core.orm.listing.sorting import sortable
from core.orm.listing.sums import sums, totals

__all__ = [
    "CAP",
    "BadCursor",
    "Count",
    "Hit",
    "Label",
    "ListRequest",
    "Page",
    "count",
    "iterate",
    "labels",
    "list_page",
    "list_records",
    "lookup",
    "named",
    "sortable",
    "sums",
    "totals",
]
