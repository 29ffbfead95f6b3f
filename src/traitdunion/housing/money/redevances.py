"""Revise and bill the redevance of a lease, and age what is not paid."""

from calendar import monthrange
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from .exact import ZERO, Given, decimal, exactly, rounded

BUCKETS = ("not_due", "0-30", "31-60", "61-90", "90+")


class Segment(NamedTuple):
    """A monthly amount owed from a day to another, both included; `until` None: no end."""

    since: date
    until: date | None
    amount: Decimal


class BillRow(NamedTuple):
    """The part of a month billed at one amount; `days` counts both ends."""

    since: date
    until: date
    days: int
    amount: Decimal


class Bill(NamedTuple):
    """A sum asked, due on a day; known from `issued_on`, which is the due day where absent."""

    due_on: date
    amount: Decimal
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is open on a day; `interest` is None where no rate is known."""

    as_of: date
    open: Decimal
    credit: Decimal
    buckets: dict[str, Decimal]
    interest: Decimal | None


@exactly
def revise(
    amount: Given, base: Given | None, at: Given | None, floor: Given | None = None
) -> Decimal | None:
    """Return a redevance at a new index: R₀·I(t)/I(0), to the cent; None where an index is missing.

    Always from the first amount, never from the last rounded one. It falls with the index unless
    the lease has a `floor`. With None the former amount stays billed, and the difference is
    billed later by its own entry.
    """
    if base is None or at is None:
        return None
    if decimal(base) <= 0 or decimal(at) <= 0:
        raise ValueError("an index is over zero")
    revised = rounded(decimal(amount) * decimal(at) / decimal(base))
    return revised if floor is None else max(revised, rounded(decimal(floor)))


@exactly
def bill(segments: Iterable[Segment], month: date) -> tuple[BillRow, ...]:
    """Return the rows of one month: days counted on the days of that month, each row in cents."""
    days = monthrange(month.year, month.month)[1]
    first, last = month.replace(day=1), month.replace(day=days)
    rows = []
    for segment in sorted(segments):
        since, until = max(segment.since, first), min(segment.until or last, last)
        if since <= until:
            n = (until - since).days + 1
            rows.append(BillRow(since, until, n, rounded(decimal(segment.amount) * n / days)))
    for before, after in pairwise(rows):
        if after.since <= before.until:
            raise ValueError(f"two amounts are owed on {after.since}")
    return tuple(rows)


@exactly
def arrears(
    bills: Iterable[Bill],
    payments: Iterable[tuple[date, Given]],
    *,
    as_of: date,
    rate: Given | None = None,
) -> Arrears:
    """Return what is open on a day, by age, with simple interest (days/365) from each due day.

    Payments settle the oldest bill first; one left over settles the next bill on its due day, and
    bears no interest. Bills issued after `as_of` and later payments do not count.
    """
    due = sorted(b for b in bills if (b.issued_on or b.due_on) <= as_of)
    paid = deque(sorted((on, decimal(amount)) for on, amount in payments if on <= as_of))
    buckets = dict.fromkeys(BUCKETS, ZERO)
    yearly = None if rate is None else decimal(rate)
    borne = ZERO
    for asked in due:
        left = decimal(asked.amount)
        while left > 0 and paid:
            on, amount = paid[0]
            part = min(left, amount)
            borne += part * max((on - asked.due_on).days, 0)
            left -= part
            if part == amount:
                paid.popleft()
            else:
                paid[0] = on, amount - part
        borne += left * max((as_of - asked.due_on).days, 0)
        buckets[_bucket(as_of - asked.due_on)] += left
    credit = sum((amount for _, amount in paid), ZERO)
    interest = None if yearly is None else rounded(borne * yearly / 365)
    return Arrears(as_of, sum(buckets.values(), ZERO), credit, buckets, interest)


def _bucket(late: timedelta) -> str:
    if late.days < 0:
        return "not_due"
    return (
        "0-30"
        if late.days <= 30
        else "31-60"
        if late.days <= 60
        else ("61-90" if late.days <= 90 else "90+")
    )
