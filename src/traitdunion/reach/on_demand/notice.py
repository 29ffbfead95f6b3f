"""Booking: when a ride must have been asked for (GTFS Schedule reference, booking_rules.txt)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ..calendar_days import clock, origin_s, service_s
from ..gtfs.on_demand.tables import DAYS_BEFORE, NO_RULE, NOT_TOLD, SAME_DAY
from ..places import UNREACHED, Array
from .services import Call, Rule


@dataclass(frozen=True)
class OnDemand:
    """How services on demand may be used.

    `asked_at`: the moment of asking, aware or on the timetable's clock; what can no longer be
    booked then is not offered. None: all is offered, each ride saying by when to book.
    `routes`: rows of the routes whose services the rider may use, None for all: the right to use
    them is the catalogue's matter, no feed has it. `chain`: one ride on demand may follow
    another where both serve one stop.
    """

    asked_at: datetime | None = None
    routes: frozenset[int] | None = None
    chain: bool = False


@dataclass(frozen=True)
class Booking:
    """How to book one ride: not before `opens_at`, not after `book_by` (None: until it leaves)."""

    opens_at: datetime | None
    book_by: datetime | None
    phone: str
    booking_url: str
    info_url: str
    message: str


UNKNOWN_NOTICE = Booking(None, None, "", "", "", "")
"""Booking of a call that must be booked and does not say how, nor until when."""


class Calendar:
    """The days on which services run, for the notices counted in days of service."""

    def __init__(self, start: date, services: Array, timezone: str) -> None:
        """Keep the days; `services` (n_services, days + 2): column 0 is the day before `start`."""
        self.start = start
        self.services = services
        self.timezone = timezone

    def days_before(self, on: date, number: int, service: int) -> date:
        """Return the day `number` days before, counting only days of the service if one is given.

        Days the timetable does not cover are taken as days of service.
        """
        if service == NO_RULE:
            return on - timedelta(number)
        day = on
        while number > 0:
            day -= timedelta(1)
            column = (day - self.start).days + 1
            known = 0 <= column < self.services.shape[1]
            number -= 1 if not known else int(self.services[service, column])
        return day

    def moment(self, rule: Rule, on: date, days: int, seconds: int) -> datetime:
        """Return so many days before the day `on`, at seconds of that day."""
        return clock(seconds, self.days_before(on, days, rule.service), self.timezone)


def earliest_pickup_s(
    rules: Sequence[Rule], asked_at: datetime, on: date, calendar: Calendar
) -> int:
    """Return the seconds of the service day of the earliest pickup; UNREACHED where never."""
    asked_s = service_s(asked_at, on, calendar.timezone)
    begins_s = origin_s(on, calendar.timezone)
    earliest = asked_s
    for rule in rules:
        if rule.type == SAME_DAY:
            earliest = max(earliest, asked_s + 60 * rule.notice_min)
        if rule.type == DAYS_BEFORE:
            last_day = calendar.days_before(on, rule.last_day, rule.service)
            if asked_s + begins_s > origin_s(last_day, calendar.timezone) + rule.last_time_s:
                return UNREACHED
    return earliest


def booking(rules: Sequence[Rule], pickup_s: int, on: date, calendar: Calendar) -> Booking | None:
    """Return how to book a ride that leaves at `pickup_s` of the service day; None if no rule."""
    if not rules:
        return None

    def ahead(minutes: int) -> datetime:
        """So long before, in time that passes: a night that changes the clocks is no exception."""
        return clock(pickup_s - 60 * minutes, on, calendar.timezone)

    last, first = [], []
    for rule in rules:
        if rule.type == SAME_DAY:
            last.append(ahead(rule.notice_min))
            if rule.notice_max != NOT_TOLD:
                first.append(ahead(rule.notice_max))
        if rule.type == DAYS_BEFORE:
            last.append(calendar.moment(rule, on, rule.last_day, rule.last_time_s))
        if rule.type != 0 and rule.start_day != NOT_TOLD:
            start_s = 0 if rule.start_time_s == NOT_TOLD else rule.start_time_s
            first.append(calendar.moment(rule, on, rule.start_day, start_s))
    return Booking(
        opens_at=max(first, default=None),
        book_by=min(last, default=None),
        phone=_first(rule.phone for rule in rules),
        booking_url=_first(rule.booking_url for rule in rules),
        info_url=_first(rule.info_url for rule in rules),
        message=_first(rule.message for rule in rules),
    )


class Booked(NamedTuple):
    """What books a ride, whatever its date.

    It leaves `pickup_s` after midnight of its service day, `days` after that of its journey.
    """

    rules: tuple[Rule, ...]
    pickup_s: int
    days: int

    def booking(self, on: date, calendar: Calendar) -> Booking:
        """Return how to book the ride of a journey of the day `on`."""
        day = on + timedelta(self.days)
        return booking(self.rules, self.pickup_s, day, calendar) or UNKNOWN_NOTICE


def rules_of(pickup: Call, drop_off: Call, rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules a ride must keep: of getting on, and of getting off."""
    named = dict.fromkeys((pickup.pickup_rule, drop_off.drop_off_rule))
    return [rules[row] for row in named if row != NO_RULE]


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
