"""Fares of the second generation: rules of legs and of transfers, and the cheapest way to pay.

Each leg takes a product of a rule that matches it; from one leg to the next, the transfer rule
between their groups (if there is one) gives what is paid. Source: GTFS Schedule reference,
fare_leg_rules.txt, fare_leg_join_rules.txt and fare_transfer_rules.txt, revision of April 2026.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..calendar_days import clock
from .tickets import DAY, MONTH, RIDE, WEEK, Bill, Cost, Ride, Ticket

NO_LIMIT = -1
ANY = -1
FROM_AND_TRANSFER, FROM_TRANSFER_AND_TO, TRANSFER_ALONE = 0, 1, 2


class LegRule(NamedTuple):
    """A row of fare_leg_rules.txt, without what it is looked up by."""

    group: str
    from_frame: str
    to_frame: str
    product_id: str
    priority: int


class TransferRule(NamedTuple):
    """A row of fare_transfer_rules.txt, good for `spans` transfers in a row.

    `spans` and `limit_s` are -1 where nothing bounds them.
    """

    from_group: str
    to_group: str
    spans: int
    limit_s: int
    limit_type: int
    kind: int
    product_id: str


class JoinRule(NamedTuple):
    """A row of fare_leg_join_rules.txt; stops are -1 where the rule names none."""

    network: str
    from_stop: int
    to_stop: int


class Frame(NamedTuple):
    """A row of timeframes.txt; `runs` by day from `Rules.first_day`."""

    start_s: int
    end_s: int
    runs: Sequence[bool]


class Product(NamedTuple):
    """A row of fare_products.txt: a category of riders ("": all), and what it buys."""

    category_id: str
    ticket: Ticket


class FareLeg(NamedTuple):
    """One or several rides that count as one; `products` by leg group."""

    rides: tuple[int, ...]
    departure_s: int
    arrival_s: int
    products: tuple[tuple[str, str], ...]


class Choice(NamedTuple):
    """What pays one leg: its group, the product, the ticket bought (None: held already)."""

    group: str
    ticket: Ticket | None

    @property
    def each(self) -> Decimal:
        return self.ticket.each if self.ticket else Decimal(0)


class PassOffer(NamedTuple):
    """A pass that pays the leg that begins with a ride (its number), as one of a group."""

    product_id: str
    ticket: Ticket
    ride: int
    group: str


class State(NamedTuple):
    """After a leg: all that what follows depends on.

    `first` is what the leg cost where no transfer led to it (a transfer of type 2 takes it back),
    None else. `pattern` is the transfer rule applied last, `times` how often in a row, and
    `since` the leg from which its duration counts.
    """

    group: str
    first: Ticket | None
    is_first: bool
    pattern: tuple[str, str] | None
    times: int
    since: int


class Paid(NamedTuple):
    """What has been paid so far."""

    cost: Cost
    tickets: tuple[Ticket, ...]
    unpriced: tuple[int, ...]


@dataclass(frozen=True)
class SecondTariff:
    """The rules of a feed; `stations` gives the station of each stop, or itself.

    `rules` by (network, from area, to area). `ranked` where they have priorities.
    """

    products: Mapping[str, Sequence[Product]]
    rules: Mapping[tuple[str, str, str], Sequence[LegRule]]
    ranked: bool
    joins: Sequence[JoinRule]
    transfers: Mapping[tuple[str, str], Sequence[TransferRule]]
    networks: Mapping[int, str]
    areas: Mapping[int, frozenset[str]]
    stations: Sequence[int]
    frames: Mapping[str, Sequence[Frame]]
    first_day: date
    timezone: str
    service_timezone: str

    def legs(self, rides: Sequence[Ride]) -> list[FareLeg]:
        """Return the fare legs of consecutive rides, each with what its rules offer."""
        runs: list[list[int]] = []
        for number, ride in enumerate(rides):
            if number and self._joins(rides[number - 1], ride):
                runs[-1].append(number)
            else:
                runs.append([number])
        return [
            FareLeg(
                rides=tuple(run),
                departure_s=rides[run[0]].departure_s,
                arrival_s=rides[run[-1]].arrival_s,
                products=self._products(rides[run[0]], rides[run[-1]]),
            )
            for run in runs
        ]

    def bill(self, rides: Sequence[Ride], categories: frozenset[str], held: frozenset[str]) -> Bill:
        """Return the cheapest way to pay consecutive rides, the products `held` (ids) free."""
        legs = self.legs(rides)
        agencies = [
            tuple(dict.fromkeys(rides[number].agency for number in leg.rides)) for leg in legs
        ]
        choices = [self._choices(leg, categories, held, agencies[i]) for i, leg in enumerate(legs)]
        # Dynamic programming over legs: of two ways to the same state, what follows costs the same,
        # so that the cheaper one alone is kept. The state holds all that transfer rules look at.
        states: dict[State | None, Paid] = {None: Paid(Cost(0, Decimal(0)), (), ())}
        for i, leg in enumerate(legs):
            reached: dict[State | None, Paid] = {}
            for state, paid in states.items():
                for after, then in self._next(
                    state, paid, i, legs, choices[i], agencies[i], categories
                ):
                    if after not in reached or _worth(then) < _worth(reached[after]):
                        reached[after] = then
            # No product pays this leg: it goes unpriced, and no transfer may count on it.
            if not reached:
                before = min(states.values(), key=_worth)
                cost = Cost(before.cost.unpriced + len(leg.rides), before.cost.amount)
                reached = {None: Paid(cost, before.tickets, (*before.unpriced, *leg.rides))}
            states = reached
        return Bill(*min(states.values(), key=_worth))

    def passes(self, rides: Sequence[Ride], categories: frozenset[str]) -> Iterator[PassOffer]:
        """Return the passes for a day, a week or a month that pay a leg of these."""
        for leg in self.legs(rides):
            agencies = tuple(dict.fromkeys(rides[number].agency for number in leg.rides))
            for group, product_id in leg.products:
                for valid in (DAY, WEEK, MONTH):
                    ticket = self._ticket(product_id, categories, agencies, valid)
                    if ticket is not None:
                        yield PassOffer(product_id, ticket, leg.rides[0], group)

    # -- legs and their rules -----------------------------------------------------------------

    def _joins(self, before: Ride, after: Ride) -> bool:
        network = self._network(before)
        if not network or network != self._network(after):
            return False
        off, on = before.stops[-1], after.stops[0]
        same_station = self.stations[off] == self.stations[on]
        return any(
            rule.network == network
            and (
                same_station
                if rule.from_stop == ANY
                else rule.from_stop in (off, self.stations[off])
                and rule.to_stop in (on, self.stations[on])
            )
            for rule in self.joins
        )

    def _network(self, ride: Ride) -> str:
        return self.networks.get(ride.routes[0], "")

    def _products(self, first: Ride, last: Ride) -> tuple[tuple[str, str], ...]:
        """(group, product id) of the rules that match from one ride's start to another's end."""
        rules_met = [
            rule
            for network in self._network_keys(self._network(first))
            for start in self._area_keys(first.stops[0], 1)
            for end in self._area_keys(last.stops[-1], 2)
            for rule in self.rules.get((network, start, end), ())
            if self._within(rule.from_frame, first.on, first.departure_s)
            and self._within(rule.to_frame, last.on, last.arrival_s)
        ]
        # Priorities exist only where one rule of the file has one; the highest hides the others.
        if self.ranked and rules_met:
            highest = max(rule.priority for rule in rules_met)
            rules_met = [rule for rule in rules_met if rule.priority == highest]
        return tuple(dict.fromkeys((rule.group, rule.product_id) for rule in rules_met))

    def _network_keys(self, network: str) -> tuple[str, ...]:
        """Return the networks of the rules to look at, "" for the rules that name none.

        Blank rules match any network where rules are ranked, else those that none names.
        """
        if self.ranked:
            return (network, "") if network else ("",)
        return (network,) if network in self._named[0] else ("",)

    def _area_keys(self, stop: int, part: int) -> tuple[str, ...]:
        areas = tuple(sorted(self.areas.get(stop, ())))
        if self.ranked:
            return (*areas, "")
        return tuple(area for area in areas if area in self._named[part]) or ("",)

    @cached_property
    def _named(self) -> tuple[frozenset[str], ...]:
        """Return the networks, areas of departure and of arrival that a rule names."""
        return tuple(frozenset(key[part] for key in self.rules) for part in range(3))

    @cached_property
    def _transferring(self) -> tuple[frozenset[str], ...]:
        """Return the groups that a transfer rule names, before and after."""
        return tuple(frozenset(key[part] for key in self.transfers) for part in range(2))

    def _within(self, frame: str, on: date, seconds: int) -> bool:
        """Return whether a moment lies in a timeframe, by the clock of the feed and its day."""
        if not frame:
            return True
        # The timetable may have been brought to another clock than the one prices are written in.
        moment = clock(seconds, on, self.service_timezone).astimezone(ZoneInfo(self.timezone))
        day = (moment.date() - self.first_day).days
        time_s = moment.hour * 3600 + moment.minute * 60 + moment.second
        return any(
            span.start_s <= time_s < span.end_s and 0 <= day < len(span.runs) and span.runs[day]
            for span in self.frames.get(frame, ())
        )

    # -- what is paid -------------------------------------------------------------------------

    def _ticket(
        self, product_id: str, categories: frozenset[str], agencies: tuple[str, ...], valid: str
    ) -> Ticket | None:
        """Return the cheapest of a product that the rider may buy."""
        rows = [
            row.ticket
            for row in self.products.get(product_id, ())
            if row.category_id in categories and row.ticket.valid == valid
        ]
        if not rows:
            return None
        # A carnet is compared by the price of one of its rides.
        best = min(rows, key=lambda ticket: ticket.each)
        return Ticket(
            best.name, best.price, best.currency, best.valid, best.rides, best.media, agencies
        )

    def _choices(
        self,
        leg: FareLeg,
        categories: frozenset[str],
        held: frozenset[str],
        agencies: tuple[str, ...],
    ) -> list[Choice]:
        """Return the cheapest product of each group that matches."""
        best: dict[str, Choice] = {}
        for group, product_id in leg.products:
            ticket = None
            if product_id not in held:
                ticket = self._ticket(product_id, categories, agencies, RIDE)
                if ticket is None:
                    continue
            choice = Choice(group, ticket)
            if group not in best or choice.each < best[group].each:
                best[group] = choice
        return list(best.values())

    def _next(
        self,
        state: State | None,
        paid: Paid,
        i: int,
        legs: Sequence[FareLeg],
        choices: Sequence[Choice],
        agencies: tuple[str, ...],
        categories: frozenset[str],
    ) -> Iterator[tuple[State, Paid]]:
        """Return where the next leg leads from a state, by each of its choices."""
        for choice in choices:
            rules = self._rules_between(state, choice.group, i, legs) if state else []
            applied = False
            for rule, times, since in rules:
                bought = None
                if rule.product_id:
                    bought = self._ticket(rule.product_id, categories, agencies, RIDE)
                    # The rider may not buy this transfer: the rule is as if it were absent.
                    if bought is None:
                        continue
                applied = True
                after = State(
                    choice.group, None, False, (rule.from_group, rule.to_group), times, since
                )
                yield after, _transferred(state, paid, rule.kind, bought, choice.ticket)
            # Without a transfer the leg is paid whole, and starts a new chain of transfers.
            if not applied:
                after = State(choice.group, choice.ticket, True, None, 0, i)
                yield after, _and(paid, choice.ticket)

    def _rules_between(
        self, state: State, group: str, i: int, legs: Sequence[FareLeg]
    ) -> list[tuple[TransferRule, int, int]]:
        """Return (rule, times in a row, leg its duration counts from) of the transfer to leg `i`.

        Among those that bear the number of transfers, the least bound is to be taken.
        """
        pattern = self._pattern(state.group, group)
        if pattern is None:
            return []
        repeats = pattern[0] == pattern[1] and state.pattern == pattern
        # Only transfers within one group are limited in number (transfer_count).
        times = state.times + 1 if repeats else 1
        # The duration counts from the leg before the first of the transfers in a row.
        since = state.since if repeats else i - 1
        rules_met = [
            rule
            for rule in self.transfers.get(pattern, ())
            if (rule.spans == NO_LIMIT or rule.spans >= times)
            and _in_time(rule, legs[since], legs[i])
        ]
        bounds = [rule.spans for rule in rules_met if rule.spans != NO_LIMIT]
        least = min(bounds) if bounds else NO_LIMIT
        return [(rule, times, since) for rule in rules_met if rule.spans == least]

    def _pattern(self, before: str, after: str) -> tuple[str, str] | None:
        """Return the groups of the rules to look at: a blank stands for groups none names."""
        # A leg without a group takes part in no transfer rule.
        if not before or not after:
            return None
        starts, ends = self._transferring
        return before if before in starts else "", after if after in ends else ""


def _worth(paid: Paid) -> tuple[Cost, int]:
    return paid.cost, len(paid.tickets)


def _and(paid: Paid, *bought: Ticket | None) -> Paid:
    """Return what was paid, and these tickets too."""
    tickets = [ticket for ticket in bought if ticket is not None]
    amount = sum((ticket.each for ticket in tickets), paid.cost.amount)
    return Paid(Cost(paid.cost.unpriced, amount), (*paid.tickets, *tickets), paid.unpriced)


def _transferred(
    state: State | None, paid: Paid, kind: int, transfer: Ticket | None, to: Ticket | None
) -> Paid:
    """Return what a transfer adds: itself, the next leg too (1), less the first leg (2)."""
    if kind == TRANSFER_ALONE and state is not None and state.is_first and state.first is not None:
        # The first leg was counted when it was taken: this transfer pays for both.
        amount = paid.cost.amount - state.first.each
        paid = Paid(Cost(paid.cost.unpriced, amount), paid.tickets[:-1], paid.unpriced)
    return _and(paid, transfer, to if kind == FROM_TRANSFER_AND_TO else None)


def _in_time(rule: TransferRule, first: FareLeg, last: FareLeg) -> bool:
    """Return whether the transfer is within the rule's duration, as its type counts it."""
    if rule.limit_s == NO_LIMIT:
        return True
    # duration_limit_type: 0 departure to arrival, 1 departure to departure, 2 arrival to
    # departure, 3 arrival to arrival.
    start_s = first.departure_s if rule.limit_type in (0, 1) else first.arrival_s
    end_s = last.arrival_s if rule.limit_type in (0, 3) else last.departure_s
    return end_s - start_s <= rule.limit_s
