"""Compute what a lease asks each month: its versions, revised each year by its index."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from traitdunion.rules.legal_days import add_months

from ..ledger.accounts import euros_of
from ..models import VersionBail
from ..money import Segment, revise
from ..references.queries import MISSING, Found

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """Segments of monthly amounts, and the quarters of the index that are not usable yet."""

    segments: tuple[Segment, ...]
    waiting: tuple[str, ...] = ()


def quarter_after(key: str, years: int) -> str:
    """Return the same quarter some years later: "2024T1" and 2 give "2026T1"."""
    return f"{int(key[:4]) + years}{key[4:]}"


def usable(reference: Found) -> Decimal | None:
    """Return a figure that may decide: present and checked by an administrator."""
    return reference.figure if reference.verified else None


Series = Mapping[str, Found]


def terms_of(
    versions: Iterable[VersionBail], indices: Mapping[str, Series], *, until: date
) -> Terms:
    """Return what a lease asks month by month up to a day.

    Each year, at the anniversary of a version: R₀·I(t)/I(0), with the index of the base's quarter
    that many years later (`indices`: each index by its name). Where it is missing or not checked,
    the former amount stays.
    """
    rows = sorted(versions, key=lambda row: row.depuis)
    segments: list[Segment] = []
    waiting: list[str] = []
    for n, row in enumerate(rows):
        end = row.fin - ONE_DAY
        if n + 1 < len(rows):
            end = min(end, rows[n + 1].depuis - ONE_DAY)
        index = indices[row.indice]
        base, amount = usable(index.get(row.indice_base, MISSING)), euros_of(row.redevance_centimes)
        floor = None if row.plancher_centimes is None else euros_of(row.plancher_centimes)
        since, year = row.depuis, 0
        while since <= min(end, until):
            if year:
                key = quarter_after(row.indice_base, year)
                at = usable(index.get(key, MISSING))
                revised = revise(euros_of(row.redevance_centimes), base, at, floor)
                if revised is None:
                    waiting.append(key if base is not None else row.indice_base)
                else:
                    amount = revised
            year += 1
            following = add_months(row.depuis, 12 * year)
            segments.append(Segment(since, min(following - ONE_DAY, end), amount))
            since = following
    return Terms(tuple(segments), tuple(dict.fromkeys(waiting)))


def version_on(versions: Iterable[VersionBail], on: date) -> VersionBail | None:
    """Return the version in force on a day."""
    standing = [row for row in versions if row.depuis <= on]
    return max(standing, key=lambda row: row.depuis) if standing else None
