"""Statistical confidentiality: which cells of a table of people may be shown.

`publish(table)` returns what to show; `protect(table)` returns the cells to hide; `intervals` and
`unprotected` replay the attack of a reader who subtracts what is published.
"""

from .attack import intervals, is_safe, unprotected
from .grouping import group_small, may_be_parts, partners
from .records import blank_rare, coarsened
from .suppression import protect, publish
from .tables import WIDTH, K, Table, is_small, of_parts, of_share, stepped, two_way

__all__ = [
    "WIDTH",
    "K",
    "Table",
    "blank_rare",
    "coarsened",
    "group_small",
    "intervals",
    "is_safe",
    "is_small",
    "may_be_parts",
    "of_parts",
    "of_share",
    "partners",
    "protect",
    "publish",
    "stepped",
    "two_way",
    "unprotected",
]
