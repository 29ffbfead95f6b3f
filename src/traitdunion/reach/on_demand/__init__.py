"""Services that come when they are asked for (GTFS-Flex), as ties of places to stops."""

from .notice import Booked, Booking, Calendar, OnDemand
from .services import Services
from .ties import DayServices, Near, Ride, Ties

__all__ = [
    "Booked",
    "Booking",
    "Calendar",
    "DayServices",
    "Near",
    "OnDemand",
    "Ride",
    "Services",
    "Ties",
]
