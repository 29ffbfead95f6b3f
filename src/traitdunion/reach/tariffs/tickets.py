"""What is ridden, what is bought, and what it comes to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

RIDE, DAY, WEEK, MONTH = "ride", "day", "week", "month"


@dataclass(frozen=True)
class Ticket:
    """One thing on sale: a single ticket, a carnet of `rides`, a pass for a day, week or month.

    `price` is that of the whole carnet or pass, in `currency` (ISO 4217). `name` is the
    publisher's, "" where there is none; `media` what holds it. `agencies` are the operators whose
    rides it pays; `given` where the caller brought it and no feed has it.
    """

    name: str
    price: Decimal
    currency: str
    valid: str = RIDE
    rides: int = 1
    media: str = ""
    agencies: tuple[str, ...] = ()
    given: bool = False

    @property
    def each(self) -> Decimal:
        """Price of one use: a ride of a carnet, or the whole."""
        return self.price / self.rides


class Ride(NamedTuple):
    """One ride, as fares see it; `routes` are several where the rider stays seated.

    `stops` are all those called at, both ends included; times as in `Leg`, on the day `on`.
    """

    on: date
    routes: tuple[int, ...]
    stops: tuple[int, ...]
    departure_s: int
    arrival_s: int
    agency: str


class Cost(NamedTuple):
    """How many rides have no known price, then what the others cost: compared in that order."""

    unpriced: int
    amount: Decimal


FREE = Cost(0, Decimal(0))


class Bill(NamedTuple):
    """The cheapest way to pay rides: `tickets` bought, `unpriced` rides (by number)."""

    cost: Cost
    tickets: tuple[Ticket, ...]
    unpriced: tuple[int, ...]
