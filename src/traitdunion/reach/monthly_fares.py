"""The price of a journey, and the least that a month of a worked week costs.

Fares are those the feeds give (`tariffs`); what they do not give stays unknown.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from .legs import Journey, Leg
from .shifts import DayVerdict, WeekVerdict
from .tariffs import DAY, MONTH, WEEK, Category, Cost, Ride, Tariff, Ticket
from .timetable import Timetable

WEEKS_A_MONTH = Decimal(52) / 12
MAX_PASSES = 10
"""Passes weighed together: each doubles the work, and no week is ridden with so many."""


@dataclass(frozen=True)
class Price:
    """The cheapest way to pay one journey: tickets bought, and rides of no known price."""

    tickets: tuple[Ticket, ...]
    unpriced: tuple[Leg, ...]

    def amount(self, currency: str) -> Decimal | None:
        """Return the whole in a currency; None where a ride has no known price, or in another."""
        if self.unpriced or any(ticket.currency != currency for ticket in self.tickets):
            return None
        return sum((ticket.each for ticket in self.tickets), Decimal(0))


@dataclass(frozen=True)
class Line:
    """A ticket, and how often it is bought: `times` a week, or a month for a pass of a month."""

    ticket: Ticket
    times: int

    @property
    def a_month(self) -> Decimal:
        """Return its share of a month, a month being 52 / 12 weeks."""
        if self.ticket.valid == MONTH:
            return self.ticket.each * self.times
        return self.ticket.each * self.times * WEEKS_A_MONTH


@dataclass(frozen=True)
class Month:
    """The cheapest way to ride a worked week all month; `unpriced` are rides without a price."""

    lines: tuple[Line, ...]
    unpriced: tuple[Leg, ...]

    def amount(self, currency: str) -> Decimal | None:
        """Return the whole in a currency, not rounded; None as for `Price.amount`."""
        if self.unpriced or any(line.ticket.currency != currency for line in self.lines):
            return None
        return sum((line.a_month for line in self.lines), Decimal(0))


def price(tt: Timetable, journey: Journey, *, categories: Iterable[str] = ()) -> Price:
    """Return the cheapest valid combination of tickets for a journey.

    `categories`: those of riders (GTFS `rider_category_id`, or their names) whose prices the
    person has a right to, besides those of everyone.
    """
    way = _Way.of(journey)
    paid = _Pricer(tt.tariffs, frozenset(categories)).pay(way, [])
    return Price(paid.tickets, paid.unpriced)


def month(
    tt: Timetable,
    week: WeekVerdict,
    *,
    categories: Iterable[str] = (),
    passes: Sequence[Ticket] = (),
    without: Collection[str] = (),
) -> Month:
    """Return the cheapest of single tickets, carnets and passes for the feasible days of a week.

    `passes`: others than the feeds', for a day, a week or a month, that pay every ride of their
    `agencies`. `without`: operators whose rides are left aside. A month is 52 / 12 such weeks.
    """
    days = [
        [_Way.of(way, without) for way in (day.out, day.back) if way is not None]
        for day in week.days
        if day.feasible
    ]
    pricer = _Pricer(tt.tariffs, frozenset(categories))
    return _Months(pricer, days, passes).cheapest()


def rides(day: DayVerdict) -> list[Leg]:
    """Return the rides of a day, there and back; none where it is not feasible."""
    ways = [way for way in (day.out, day.back) if way is not None and day.feasible]
    return [leg for way in ways for leg in way.legs if leg.kind == "ride"]


def categories(tt: Timetable) -> tuple[Category, ...]:
    """Return the categories of riders that the feeds price apart, those of everyone included."""
    return tuple(category for tariff in tt.tariffs for category in tariff.categories)


# -- one journey ------------------------------------------------------------------------------


class _Way(NamedTuple):
    """A journey's rides: as legs, and as fares see them."""

    legs: tuple[Leg, ...]
    rides: tuple[Ride, ...]

    @classmethod
    def of(cls, journey: Journey, without: Collection[str] = ()) -> "_Way":
        legs = tuple(
            leg for leg in journey.legs if leg.kind == "ride" and leg.agency not in without
        )
        rides = tuple(
            Ride(
                on=journey.on,
                routes=leg.routes,
                stops=leg.stops,
                departure_s=leg.departure_s,
                arrival_s=leg.arrival_s,
                agency=leg.agency,
            )
            for leg in legs
        )
        return cls(legs, rides)


class _Held(NamedTuple):
    """A pass: a product of a feed (its number), or, where that is -1, the rides of operators.

    `pays` are the legs it pays, in any hashable form, equal for passes that do the same.
    """

    feed: int
    product_id: str
    ticket: Ticket
    pays: frozenset[tuple[int, int, str]]

    @property
    def a_month(self) -> Decimal:
        if self.ticket.valid == MONTH:
            return self.ticket.price
        return self.ticket.price * WEEKS_A_MONTH

    def spares(self, other: "_Held") -> bool:
        """Return whether this pass makes the other useless: as much, as long, for no more."""
        alike = self.ticket.valid == other.ticket.valid or (
            self.ticket.valid == MONTH and other.ticket.valid == WEEK
        )
        return (
            alike
            and self.feed == other.feed
            and self.ticket.currency == other.ticket.currency
            and self.pays >= other.pays
            and self.a_month <= other.a_month
        )


class _Paid(NamedTuple):
    cost: Cost
    tickets: tuple[Ticket, ...]
    unpriced: tuple[Leg, ...]

    def __add__(self, other: "_Paid") -> "_Paid":  # type: ignore[override]
        cost = Cost(self.cost.unpriced + other.cost.unpriced, self.cost.amount + other.cost.amount)
        return _Paid(cost, self.tickets + other.tickets, self.unpriced + other.unpriced)


_NOTHING = _Paid(Cost(0, Decimal(0)), (), ())


class _Pricer:
    """Prices journeys for one rider."""

    def __init__(self, tariffs: Sequence[Tariff], entitled: frozenset[str]) -> None:
        self.tariffs = tariffs
        self.entitled = entitled

    def pay(self, way: _Way, held: Sequence[_Held]) -> _Paid:
        """Return the cheapest way to pay a journey with passes held."""
        given = {agency for pass_ in held if pass_.feed < 0 for agency in pass_.ticket.agencies}
        kept = [i for i, ride in enumerate(way.rides) if ride.agency not in given]
        paid = _NOTHING
        priced: set[int] = set()
        for tariff in self.tariffs:
            products = frozenset(pass_.product_id for pass_ in held if pass_.feed == tariff.number)
            for run in self.runs(tariff, way, kept):
                bill = tariff.bill([way.rides[i] for i in run], self.entitled, products)
                unpriced = tuple(way.legs[run[i]] for i in bill.unpriced)
                paid += _Paid(bill.cost, bill.tickets, unpriced)
                priced.update(run)
        lost = tuple(way.legs[i] for i in kept if i not in priced)
        return paid + _Paid(Cost(len(lost), Decimal(0)), (), lost)

    def runs(self, tariff: Tariff, way: _Way, kept: Sequence[int]) -> list[list[int]]:
        """Return the rides of a feed, in the runs that its rules look at together."""
        own = [i for i in kept if tariff.covers(way.rides[i])]
        if not tariff.parted_by_others:
            return [own] if own else []
        return [
            [i for _, i in run]
            for _, run in groupby(enumerate(own), key=lambda pair: pair[1] - pair[0])
        ]


# -- a month ----------------------------------------------------------------------------------


class _Months:
    """The search for the passes to hold: all sets of them, dear ones cut early."""

    def __init__(
        self, pricer: _Pricer, days: Sequence[Sequence[_Way]], given: Sequence[Ticket]
    ) -> None:
        self.pricer = pricer
        self.days = days
        self.ways = [way for day in days for way in day]
        self.passes = _worth_weighing(self._offered(given))
        self.long = [pass_ for pass_ in self.passes if pass_.ticket.valid in (WEEK, MONTH)]
        self.known: dict[tuple[object, ...], _Paid] = {}
        self.best = self._total([], Decimal(0))

    def cheapest(self) -> Month:
        self._search(0, [], Decimal(0))
        _, held, days = self.best
        times = Counter(ticket for day in days for ticket in day.tickets)
        lines = [Line(pass_.ticket, 1) for pass_ in held]
        lines += [Line(ticket, number) for ticket, number in times.items()]
        return Month(tuple(lines), tuple(leg for day in days for leg in day.unpriced))

    def _search(self, number: int, held: list[_Held], spent: Decimal) -> None:
        """Try the passes from `number` on, held or not; `spent` is what those held cost."""
        if Cost(0, spent) >= self.best[0]:
            return
        if number < len(self.long):
            pass_ = self.long[number]
            self._search(number + 1, [*held, pass_], spent + pass_.a_month)
            self._search(number + 1, held, spent)
            return
        self.best = min(self.best, self._total(held, spent), key=lambda row: row[0])

    def _total(self, held: list[_Held], spent: Decimal) -> tuple[Cost, list[_Held], list[_Paid]]:
        """Return what the month costs with these passes held."""
        days = [self._cost_of_day(day, held) for day in self.days]
        total = Cost(
            sum(day.cost.unpriced for day in days),
            spent + sum((day.cost.amount for day in days), Decimal(0)) * WEEKS_A_MONTH,
        )
        return total, held, days

    def _cost_of_day(self, day: Sequence[_Way], held: Sequence[_Held]) -> _Paid:
        """Return the cheapest way to pay a day, passes of a day bought where they are worth it."""
        numbers = {number for number, way in enumerate(self.ways) if any(way is w for w in day)}
        short = [
            pass_
            for pass_ in self.passes
            if pass_.ticket.valid == DAY and any(number in numbers for number, _, _ in pass_.pays)
        ]
        tried = []
        for bought in _subsets(short):
            paid = _NOTHING
            for pass_ in bought:
                paid += _Paid(Cost(0, pass_.ticket.price), (pass_.ticket,), ())
            tried.append(sum((self._pay(way, [*held, *bought]) for way in day), start=paid))
        return min(tried, key=lambda paid: paid.cost)

    def _pay(self, way: _Way, held: Sequence[_Held]) -> _Paid:
        """Return the pricer's answer, asked once for equal journeys."""
        on = way.rides[0].on if way.rides and self._by_day else None
        key = (
            on,
            *map(id, way.legs),
            *((pass_.feed, pass_.product_id, pass_.ticket) for pass_ in held),
        )
        if key not in self.known:
            self.known[key] = self.pricer.pay(way, held)
        return self.known[key]

    @property
    def _by_day(self) -> bool:
        return any(tariff.depends_on_the_day for tariff in self.pricer.tariffs)

    def _offered(self, given: Sequence[Ticket]) -> list[_Held]:
        """Return every pass that pays some ride, with what it pays."""
        pays: dict[tuple[int, str, Ticket], set[tuple[int, int, str]]] = {}
        agencies: dict[tuple[int, str, Ticket], dict[str, None]] = {}
        for number, way in enumerate(self.ways):
            for ticket in given:
                for i, ride in enumerate(way.rides):
                    if ride.agency in ticket.agencies:
                        # Two operators may sell a pass of one name at one price: two passes.
                        key = (-1, "", ticket)
                        pays.setdefault(key, set()).add((number, i, ""))
                        agencies.setdefault(key, {}).update(dict.fromkeys(ticket.agencies))
            for tariff in self.pricer.tariffs:
                for run in self.pricer.runs(tariff, way, range(len(way.rides))):
                    offers = tariff.passes([way.rides[i] for i in run], self.pricer.entitled)
                    for offer in offers:
                        bare = replace(offer.ticket, agencies=())
                        key = (tariff.number, offer.product_id, bare)
                        pays.setdefault(key, set()).add((number, run[offer.ride], offer.group))
                        agencies.setdefault(key, {}).update(dict.fromkeys(offer.ticket.agencies))
        return [
            _Held(key[0], key[1], replace(key[2], agencies=tuple(agencies[key])), frozenset(legs))
            for key, legs in pays.items()
        ]


def _worth_weighing(passes: Sequence[_Held]) -> list[_Held]:
    """Return the passes that no other makes useless, the cheapest `MAX_PASSES` of them."""
    kept: list[_Held] = []
    order = sorted(passes, key=lambda row: (row.a_month, -len(row.pays)))
    for pass_ in order:
        if pass_.ticket.price >= 0 and not any(other.spares(pass_) for other in kept):
            kept.append(pass_)
    return kept[:MAX_PASSES]


def _subsets(passes: Sequence[_Held]) -> list[tuple[_Held, ...]]:
    sets: list[tuple[_Held, ...]] = [()]
    for pass_ in passes:
        sets += [(*chosen, pass_) for chosen in sets]
    return sets
