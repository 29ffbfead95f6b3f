"""Count the legal delays of an OFS and of its leases, to the day.

Each rule is dated data (`data/housing/delais.yaml`). A clock gives two dates: *strict*, the last
day as counted, which the OFS keeps to; *extended*, moved to the next working day where the text
leaves a doubt, before which the right of others is never held to be over.
"""

from .counting import Counted, Status, count, status
from .resale_chain import ResaleChain, resale_chain
from .rules import ClockRule, clock_rules

__all__ = [
    "ClockRule",
    "Counted",
    "ResaleChain",
    "Status",
    "clock_rules",
    "count",
    "resale_chain",
    "status",
]
