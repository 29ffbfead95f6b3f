"""What rides cost by the fares of GTFS, feed by feed; `reach.fares` joins the feeds."""

from .compiled import Category, Tariff, tariffs
from .tickets import DAY, MONTH, RIDE, WEEK, Bill, Cost, Ride, Ticket

__all__ = [
    "DAY",
    "MONTH",
    "RIDE",
    "WEEK",
    "Bill",
    "Category",
    "Cost",
    "Ride",
    "Tariff",
    "Ticket",
    "tariffs",
]
