"""Fares of the first generation: which fare serves which rides, and the cheapest way to pay.

Rides are parted into runs that one fare serves, at the least cost. A fare serves a run where,
for one pair (origin, destination) of its rules: the first and the last zone are the pair's (blank
is any), each ride is on a route of a rule (blank is any), and the zones passed are exactly those
of `contains_id` where it has some. A fare without rules serves any run. It allows `transfers`
changes, the last boarding within `transfer_duration` of the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .tickets import Bill, Cost, Ride, Ticket

NO_LIMIT = -1
ANY = -1


@dataclass(frozen=True)
class Fare:
    """A fare; `pairs` gives, by (origin, destination), the zones to pass by route (-1: any).

    No pair: no rule, it serves any run of its `agency` ("": of all).
    """

    price: Decimal
    currency: str
    transfers: int
    duration_s: int
    agency: str
    pairs: Mapping[tuple[str, str], Mapping[int, frozenset[str]]]

    def serves(self, rides: Sequence[Ride], zones: Mapping[int, str]) -> bool:
        """Return whether one such fare pays these rides, one after the other."""
        if self.transfers != NO_LIMIT and len(rides) - 1 > self.transfers:
            return False
        # transfer_duration runs from the first boarding to the last one, not to the arrival.
        waited_s = rides[-1].departure_s - rides[0].departure_s
        if len(rides) > 1 and self.duration_s != NO_LIMIT and waited_s > self.duration_s:
            return False
        if self.agency and any(ride.agency != self.agency for ride in rides):
            return False
        if not self.pairs:
            return True
        start, end = zones.get(rides[0].stops[0], ""), zones.get(rides[-1].stops[-1], "")
        return any(
            origin in ("", start) and destination in ("", end) and _by_route(routes, rides, zones)
            for (origin, destination), routes in self.pairs.items()
        )


def _by_route(
    routes: Mapping[int, frozenset[str]], rides: Sequence[Ride], zones: Mapping[int, str]
) -> bool:
    """Return whether the rules of one pair admit the routes ridden and the zones passed."""
    ridden = {route for ride in rides for route in ride.routes}
    rules = [route if route in routes else ANY for route in ridden]
    if any(route not in routes for route in rules):
        return False
    # Rules with contains_id ask for exactly these zones; without any, none is asked for.
    contained = frozenset().union(*(routes[route] for route in rules))
    passed = {zones.get(stop, "") for ride in rides for stop in ride.stops} - {""}
    return not contained or contained == passed


@dataclass(frozen=True)
class FirstTariff:
    """The fares of a feed, and the zone of its stops."""

    fares: Sequence[Fare]
    zones: Mapping[int, str]

    def bill(
        self,
        rides: Sequence[Ride],
        categories: frozenset[str] = frozenset(),
        held: frozenset[str] = frozenset(),
    ) -> Bill:
        """Return the cheapest way to pay the rides of a journey on this feed.

        Fares of the first generation know neither categories of riders nor passes.
        """
        # best[n] pays the first n rides: the last ticket covers some of the last of them.
        best: list[tuple[Cost, tuple[Ticket, ...], tuple[int, ...]]] = [
            (Cost(0, Decimal(0)), (), ())
        ]
        for end in range(1, len(rides) + 1):
            # A ride may always stay unpriced; `Cost` counts such rides before money: a last resort.
            before, tickets, unpriced = best[end - 1]
            ways = [
                (
                    Cost(before.unpriced + 1, before.amount),
                    tickets,
                    (*unpriced, end - 1),
                )
            ]
            for start in range(end):
                ticket = self._cheapest(rides[start:end])
                if ticket is not None:
                    before, tickets, unpriced = best[start]
                    cost = Cost(before.unpriced, before.amount + ticket.price)
                    ways.append((cost, (*tickets, ticket), unpriced))
            # At equal cost, fewer tickets.
            best.append(min(ways, key=lambda way: (way[0], len(way[1]))))
        return Bill(*best[-1])

    def _cheapest(self, rides: Sequence[Ride]) -> Ticket | None:
        serving = [fare for fare in self.fares if fare.serves(rides, self.zones)]
        if not serving:
            return None
        fare = min(serving, key=lambda way: way.price)
        agencies = tuple(dict.fromkeys(ride.agency for ride in rides))
        return Ticket("", fare.price, fare.currency, agencies=agencies)
